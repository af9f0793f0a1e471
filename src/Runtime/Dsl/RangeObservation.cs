using System.Globalization;

namespace MPCache;

/// <summary>What a <see cref="RangeRecorder"/> saw of one assertion.</summary>
/// <param name="Expression">The asserted expression as the author wrote it, on one line.</param>
/// <param name="Low">The declared lower bound.</param>
/// <param name="High">The declared upper bound.</param>
/// <param name="Minimum">The smallest value seen; NaN if a NaN was seen.</param>
/// <param name="Maximum">The largest value seen; NaN if a NaN was seen.</param>
public sealed record RangeObservation(string Expression, double Low, double High, float Minimum, float Maximum)
{
    /// <summary>Whether a value left the declared bounds.</summary>
    public bool IsViolated => !(Minimum >= Low && Maximum <= High);

    /// <summary>One line: the expression, the declared bounds and what was seen.</summary>
    /// <returns>The line.</returns>
    public override string ToString()
    {
        string verdict = IsViolated ? ", violated" : "";
        return string.Create(
            CultureInfo.InvariantCulture, $"{Expression}: declared [{Low}, {High}], seen [{Minimum}, {Maximum}]{verdict}");
    }
}
