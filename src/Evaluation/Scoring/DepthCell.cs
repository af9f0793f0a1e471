namespace MPCache.Evaluation.Scoring;

/// <summary>Samples of one policy and length whose needle stands in one part of the document.</summary>
/// <param name="Policy">The cache policy with all its options.</param>
/// <param name="Length">Tokens of prompt and answer, at most.</param>
/// <param name="Part">Which part of <see cref="Parts"/> equal ones, from 0, the beginning.</param>
/// <param name="Samples">Samples.</param>
/// <param name="Right">Right answers among them.</param>
public sealed record DepthCell(string Policy, int Length, int Part, int Samples, int Right)
{
    /// <summary>How many parts a document has.</summary>
    public const int Parts = 5;

    /// <summary>The part in which a depth lies.</summary>
    /// <param name="depth">In [0, 1].</param>
    public static int Of(double depth) => int.Clamp((int)(depth * Parts), 0, Parts - 1);
}
