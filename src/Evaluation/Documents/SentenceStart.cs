namespace MPCache.Evaluation.Documents;

/// <summary>Where a sentence begins.</summary>
internal enum SentenceStart
{
    /// <summary>After the one before it.</summary>
    Inline,

    /// <summary>With a new paragraph.</summary>
    Paragraph,

    /// <summary>It is an entry of a list, on a line of its own.</summary>
    Line,
}
