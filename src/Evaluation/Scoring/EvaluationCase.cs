namespace MPCache.Evaluation.Scoring;

/// <summary>One generation of an evaluation. With the seed and the model it decides everything that comes out.</summary>
/// <param name="Policy">The cache policy with all its options.</param>
/// <param name="Task">The task's name, or that of a source of texts.</param>
/// <param name="Length">How many tokens prompt and answer may have together, or a text.</param>
/// <param name="Sample">Which of the task's samples of this length, from 0.</param>
/// <param name="Private">Whether it runs between two parties, or in plain floating point.</param>
public sealed record EvaluationCase(string Policy, string Task, int Length, int Sample, bool Private);
