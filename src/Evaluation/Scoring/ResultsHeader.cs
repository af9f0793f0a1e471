namespace MPCache.Evaluation.Scoring;

/// <summary>The first line of a results file: what all its results have in common.</summary>
/// <param name="Format">The version of the file's format.</param>
/// <param name="Model">The model's fingerprint.</param>
/// <param name="Seed">What the samples are made from.</param>
internal sealed record ResultsHeader(int Format, string Model, ulong Seed)
{
    /// <summary>The version that this program writes.</summary>
    public const int Current = 1;
}
