namespace MPCache.Evaluation.Tasks;

/// <summary>A question about a challenge's statements.</summary>
/// <param name="Text">The question.</param>
/// <param name="Answer">Its answer, with the space before it.</param>
/// <param name="First">The first statement that the answer depends on; −1 where it is not one of them.</param>
/// <param name="Last">The last of them: asked after it, the question can be answered.</param>
internal readonly record struct ChallengeQuestion(string Text, string Answer, int First, int Last);
