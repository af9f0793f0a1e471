namespace MPCache.Evaluation.Documents;

/// <summary>One sentence of a document, or one line where it is a line by itself.</summary>
/// <param name="Text">Its text, without the whitespace before it.</param>
/// <param name="Start">Where it begins.</param>
internal readonly record struct Sentence(string Text, SentenceStart Start)
{
    /// <summary>The sentence with the whitespace before it. It begins with whitespace and ends without any, so that a document's
    /// tokens are those of its sentences.</summary>
    public string Spaced => Start switch
    {
        SentenceStart.Line => "\n" + Text,

        // An indented paragraph: its first word is the same token as anywhere else.
        SentenceStart.Paragraph => "\n " + Text,
        _ => " " + Text,
    };
}
