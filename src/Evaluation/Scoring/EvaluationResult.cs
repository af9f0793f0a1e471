using System.Collections.Generic;

namespace MPCache.Evaluation.Scoring;

/// <summary>What came out of a case, and what it cost.</summary>
/// <param name="Case">The case.</param>
/// <param name="PromptTokens">Tokens of the prompt, the one that begins a text included.</param>
/// <param name="Depth">Where in the document that stands which must be remembered, in [0, 1]; null where no place is special.</param>
/// <param name="Expected">The right answer; empty where nothing is asked.</param>
/// <param name="Answer">What was generated, up to the end of its line; empty where nothing is asked.</param>
/// <param name="Tokens">The generated tokens, without the one that ends a text; none where nothing is asked.</param>
/// <param name="IsRight">Whether the answer is the right one; never where nothing is asked.</param>
/// <param name="Kept">Tokens of the prompt that stay in the cache, a layer and key-value head.</param>
/// <param name="Attended">Tokens to which a layer attends in a step, on average over layers and the steps of an answer of
/// <see cref="Answers.MostTokens"/> tokens, or those that read a text's continuation.</param>
/// <param name="PromptBytes">Bytes between the parties for reading the prompt, by the plans.</param>
/// <param name="PromptTape">Bytes from the dealer for it, by the plans.</param>
/// <param name="StepBytes">Bytes between the parties for a further token, on average over such steps, by the plans.</param>
/// <param name="StepTape">Bytes from the dealer for it, by the plans.</param>
/// <param name="OutOfRange">In plain, an expression that left the range which the programs declare; null for none.</param>
/// <param name="FirstDifference">Between two parties, the first token, from 0, that is not that of the plain run; null for none.</param>
/// <param name="IsAsInTheClear">Where there is a difference, whether the same programs in the clear, with the rings and truncations
/// of a private run and no masks, give the private tokens: then it is the error of fixed point and nothing else.</param>
/// <param name="Seconds">How long it took; what several policies share counts for the first of them.</param>
/// <param name="Loss">How likely a text is in which nothing is asked; null where something is.</param>
public sealed record EvaluationResult(
    EvaluationCase Case, int PromptTokens, double? Depth, string Expected, string Answer, IReadOnlyList<int> Tokens, bool IsRight, int Kept,
    double Attended, double PromptBytes, double PromptTape, double StepBytes, double StepTape, string? OutOfRange, int? FirstDifference,
    bool? IsAsInTheClear, double Seconds, TextLoss? Loss = null);
