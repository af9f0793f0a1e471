using System.Globalization;

namespace MPCache;

/// <summary>A value outside the interval that <see cref="RangeAssertion.Within"/> asserts.</summary>
public sealed class RangeException : MPCacheException
{
    /// <summary>Creates the error.</summary>
    /// <param name="expression">The asserted expression as the author wrote it, on one line.</param>
    /// <param name="value">The first value outside.</param>
    /// <param name="index">Where it stands, for example <c>[3, 12]</c>.</param>
    /// <param name="low">The smallest value allowed.</param>
    /// <param name="high">The largest value allowed.</param>
    public RangeException(string expression, float value, string index, double low, double high)
        : base(
            string.Create(CultureInfo.InvariantCulture, $"{expression} is {value} at {index}, outside Within({low}, {high})"),
            "Widen the bounds if the value is legitimate, or find what made it grow")
    {
        Expression = expression;
        Value = value;
        Index = index;
        Low = low;
        High = high;
    }

    /// <summary>The asserted expression as the author wrote it, on one line.</summary>
    public string Expression { get; }

    /// <summary>The first value outside, in row-major order; a NaN is outside every interval.</summary>
    public float Value { get; }

    /// <summary>Where it stands, for example <c>[3, 12]</c>.</summary>
    public string Index { get; }

    /// <summary>The smallest value allowed.</summary>
    public double Low { get; }

    /// <summary>The largest value allowed.</summary>
    public double High { get; }
}
