using System;
using System.Text.RegularExpressions;

namespace MPCache.Cli.Reports.Ranges;

/// <summary>What sample runs say of a declared range.</summary>
internal enum RangeVerdict
{
    /// <summary>Every value was inside, and the range is no wider than it should be.</summary>
    Fits,

    /// <summary>A value was outside, or was none.</summary>
    Left,

    /// <summary>The range allows values so much larger than those seen that it wastes bits of the ring.</summary>
    Wide,
}

/// <summary>A declared range and what sample runs saw of it.</summary>
/// <param name="Seen">Declaration and values.</param>
internal sealed partial record CalibratedRange(RangeObservation Seen)
{
    /// <summary>From this factor on a range is wide: three bits of the ring hold nothing.</summary>
    public const double WideFrom = 8;

    /// <summary>The expression whose range is declared, without the declaration itself.</summary>
    public string Expression => Declaration().Replace(Seen.Expression, "");

    /// <summary>How many times larger than the largest value seen the declared range allows values to be; infinite where all are 0.</summary>
    public double Headroom => Magnitude(Seen.Low, Seen.High) / Magnitude(Seen.Minimum, Seen.Maximum);

    /// <summary>Whether the range fits.</summary>
    public RangeVerdict Verdict =>
        Seen.IsViolated ? RangeVerdict.Left : Headroom > WideFrom ? RangeVerdict.Wide : RangeVerdict.Fits;

    [GeneratedRegex(@"\.Within\([^()]*\)$")]
    private static partial Regex Declaration();

    private static double Magnitude(double low, double high) => Math.Max(Math.Abs(low), Math.Abs(high));
}
