namespace MPCache.Evaluation.Scoring;

/// <summary>How surprised a model was by a text.</summary>
/// <param name="Tokens">Tokens that it predicted, at least one.</param>
/// <param name="Nats">The sum of their −ln p.</param>
public sealed record TextLoss(int Tokens, double Nats)
{
    /// <summary>
    /// How many tokens at the end of a text are predicted. They are few, because what is read behind the prompt joins the cache: the tokens
    /// attended to remain about those that a policy's share of the prompt stands for.
    /// </summary>
    public const int Predicted = 32;

    /// <summary>Nats a token.</summary>
    public double Mean => Nats / Tokens;
}
