using System;
using System.Collections.Generic;
using System.Linq;

namespace MPCache.Evaluation.Scoring;

/// <summary>The texts of one policy, source and length together. Intervals are those of 95 %; see <see cref="MeanInterval"/>.</summary>
/// <param name="Policy">The cache policy with all its options.</param>
/// <param name="Text">The source's name.</param>
/// <param name="Length">Tokens of a text, at most.</param>
/// <param name="Samples">Texts.</param>
/// <param name="Tokens">Tokens predicted in all of them.</param>
/// <param name="Nll">−ln p of a token in nats, on average.</param>
/// <param name="NllLow">Lower end of its interval; null for one text.</param>
/// <param name="NllHigh">Upper end.</param>
/// <param name="Perplexity">e to <paramref name="Nll"/>: among how many equally likely tokens the model might as well have chosen.</param>
/// <param name="PerplexityLow">Lower end of its interval.</param>
/// <param name="PerplexityHigh">Upper end.</param>
/// <param name="Ratio">Perplexity in units of that of the first policy. All policies read the same texts, so that this has a narrower
/// interval than what it is the ratio of.</param>
/// <param name="RatioLow">Lower end of its interval.</param>
/// <param name="RatioHigh">Upper end.</param>
/// <param name="PromptTokens">Tokens of a prompt, on average, as everything that follows.</param>
/// <param name="Kept">Tokens of the prompt that stay in the cache.</param>
/// <param name="Attended">Tokens to which a layer attends in a step.</param>
/// <param name="PromptBytes">Bytes between the parties for reading the prompt.</param>
/// <param name="PromptTape">Bytes from the dealer for it.</param>
/// <param name="StepBytes">Bytes between the parties for a further token.</param>
/// <param name="StepTape">Bytes from the dealer for it.</param>
/// <param name="OutOfRange">Texts in which a value left the range that the programs declare.</param>
public sealed record PerplexityLine(
    string Policy, string Text, int Length, int Samples, int Tokens, double Nll, double? NllLow, double? NllHigh, double Perplexity,
    double? PerplexityLow, double? PerplexityHigh, double Ratio, double? RatioLow, double? RatioHigh, double PromptTokens, double Kept,
    double Attended, double PromptBytes, double PromptTape, double StepBytes, double StepTape, int OutOfRange)
{
    /// <summary>Bytes between the parties and from the dealer for a further token.</summary>
    public double TotalStepBytes => StepBytes + StepTape;

    /// <summary>Sums results up.</summary>
    /// <param name="results">At least one, all of one policy, source and length.</param>
    /// <param name="first">Those of the first policy for the same texts.</param>
    public static PerplexityLine Of(IReadOnlyList<EvaluationResult> results, IReadOnlyList<EvaluationResult> first)
    {
        ArgumentNullException.ThrowIfNull(results);
        ArgumentNullException.ThrowIfNull(first);
        EvaluationCase place = results[0].Case;
        double[] losses = [.. results.Select(r => r.Loss!.Mean)];
        MeanInterval nll = MeanInterval.Of(losses);
        MeanInterval perplexity = nll.Exp();
        MeanInterval ratio = MeanInterval.Of([.. losses.Zip(first, (loss, other) => loss - other.Loss!.Mean)]).Exp();
        return new PerplexityLine(
            place.Policy, place.Task, place.Length, results.Count, results.Sum(r => r.Loss!.Tokens), nll.Mean, nll.Low, nll.High,
            perplexity.Mean, perplexity.Low, perplexity.High, ratio.Mean, ratio.Low, ratio.High, results.Average(r => r.PromptTokens),
            results.Average(r => r.Kept), results.Average(r => r.Attended), results.Average(r => r.PromptBytes),
            results.Average(r => r.PromptTape), results.Average(r => r.StepBytes), results.Average(r => r.StepTape),
            results.Count(r => r.OutOfRange is not null));
    }
}
