namespace MPCache.Evaluation.Tasks;

/// <summary>A prompt, and what a model that has understood it goes on with.</summary>
/// <param name="Task">The task's name.</param>
/// <param name="Prompt">The document, a question, and <c>Answer:</c>; of the task <c>text</c> the document alone.</param>
/// <param name="Answer">The answer with the space before it, 1 to 6 tokens; a newline ends it. Empty where nothing is asked.</param>
/// <param name="Depth">Where in the document that stands which must be remembered, in [0, 1], by tokens; the first of several
/// sentences. Null where no place is special.</param>
/// <param name="Tokens">Length of prompt and answer by the measure they were made with, the token that begins a text included.</param>
public sealed record TaskSample(string Task, string Prompt, string Answer, double? Depth, int Tokens);
