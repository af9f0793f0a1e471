using System;
using System.Collections.Generic;
using System.Linq;

namespace MPCache.Evaluation.Scoring;

/// <summary>The samples of one policy, task and length together.</summary>
/// <param name="Policy">The cache policy with all its options.</param>
/// <param name="Task">The task's name.</param>
/// <param name="Length">Tokens of prompt and answer, at most.</param>
/// <param name="Samples">Samples in plain.</param>
/// <param name="Right">Right answers among them.</param>
/// <param name="Accuracy">Their share.</param>
/// <param name="Low">Lower end of its 95 % interval; see <see cref="WilsonInterval"/>.</param>
/// <param name="High">Upper end.</param>
/// <param name="PromptTokens">Tokens of a prompt, on average, as everything that follows.</param>
/// <param name="Kept">Tokens of the prompt that stay in the cache.</param>
/// <param name="Attended">Tokens to which a layer attends in a step.</param>
/// <param name="PromptBytes">Bytes between the parties for reading the prompt.</param>
/// <param name="PromptTape">Bytes from the dealer for it.</param>
/// <param name="StepBytes">Bytes between the parties for a further token.</param>
/// <param name="StepTape">Bytes from the dealer for it.</param>
/// <param name="OutOfRange">Samples in which a value left the range that the programs declare.</param>
/// <param name="PrivateSamples">Samples that ran between two parties as well.</param>
/// <param name="PrivateRight">Right answers among them.</param>
/// <param name="PrivateAsPlain">Those with the tokens of the plain run.</param>
/// <param name="PrivateAsClear">Of the others, those with the tokens of the run in the clear.</param>
public sealed record SummaryLine(
    string Policy, string Task, int Length, int Samples, int Right, double Accuracy, double Low, double High, double PromptTokens,
    double Kept, double Attended, double PromptBytes, double PromptTape, double StepBytes, double StepTape, int OutOfRange,
    int PrivateSamples, int PrivateRight, int PrivateAsPlain, int PrivateAsClear)
{
    /// <summary>Bytes between the parties and from the dealer for a further token.</summary>
    public double TotalStepBytes => StepBytes + StepTape;

    /// <summary>Sums results up.</summary>
    /// <param name="plain">Those in plain, at least one, all of one policy, task and length.</param>
    /// <param name="between">Those between two parties.</param>
    public static SummaryLine Of(IReadOnlyList<EvaluationResult> plain, IReadOnlyList<EvaluationResult> between)
    {
        ArgumentNullException.ThrowIfNull(plain);
        ArgumentNullException.ThrowIfNull(between);
        EvaluationCase first = plain[0].Case;
        int right = plain.Count(r => r.IsRight);
        WilsonInterval interval = WilsonInterval.Of(right, plain.Count);
        return new SummaryLine(
            first.Policy, first.Task, first.Length, plain.Count, right, (double)right / plain.Count, interval.Low, interval.High,
            plain.Average(r => r.PromptTokens), plain.Average(r => r.Kept), plain.Average(r => r.Attended),
            plain.Average(r => r.PromptBytes), plain.Average(r => r.PromptTape), plain.Average(r => r.StepBytes),
            plain.Average(r => r.StepTape), plain.Count(r => r.OutOfRange is not null), between.Count, between.Count(r => r.IsRight),
            between.Count(r => r.FirstDifference is null), between.Count(r => r.IsAsInTheClear == true));
    }
}
