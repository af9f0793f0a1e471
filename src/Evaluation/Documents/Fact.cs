namespace MPCache.Evaluation.Documents;

/// <summary>Something a document states once, and what can be asked about it.</summary>
/// <param name="Statement">The sentence that states it.</param>
/// <param name="Question">A question whose only answer in the document follows from the sentence.</param>
/// <param name="Answer">The answer, as it stands after the question.</param>
internal readonly record struct Fact(string Statement, string Question, string Answer);
