namespace MPCache.Evaluation.Tasks;

/// <summary>A part of a document, whose tokens are those it has by itself.</summary>
/// <param name="Text">Its text.</param>
/// <param name="IsAnswer">Whether it is the answer to a question.</param>
internal readonly record struct Segment(string Text, bool IsAnswer);
