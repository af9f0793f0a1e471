namespace MPCache.Models.Transformers;

/// <summary>
/// The server's weights of a GPT-2 model; the layers of one kind are stacked along the leading axis, and matrices are [out, in]: transposed
/// against the checkpoints, whose layers are Conv1D. Ranges are such that what GPT-2's published sizes hold fits; a weight outside is named
/// when the weights are shared.
/// </summary>
[Resident(Party.Server)]
public sealed record Gpt2Weights
{
    /// <summary>Heads.</summary>
    public required int Groups { get; init; }

    /// <summary>The token embedding, which is the classifier too.</summary>
    [Shape("vocabulary, dim"), Range(-4, 4)]
    public required Tensor Embedding { get; init; }

    /// <summary>The learned positions.</summary>
    [Shape("context, dim"), Range(-8, 8)]
    public required Tensor Positions { get; init; }

    /// <summary>Gains of the normalisation before attention.</summary>
    [Shape("layers, dim"), Range(-16, 16)]
    public required Tensor AttentionGain { get; init; }

    /// <summary>Biases of the normalisation before attention.</summary>
    [Shape("layers, dim"), Range(-16, 16)]
    public required Tensor AttentionBias { get; init; }

    /// <summary>Query projections.</summary>
    [Shape("layers, groups*size, dim"), Range(-8, 8)]
    public required Tensor Query { get; init; }

    /// <summary>Their biases.</summary>
    [Shape("layers, groups*size"), Range(-16, 16)]
    public required Tensor QueryBias { get; init; }

    /// <summary>Key projections.</summary>
    [Shape("layers, groups*size, dim"), Range(-8, 8)]
    public required Tensor Key { get; init; }

    /// <summary>Their biases.</summary>
    [Shape("layers, groups*size"), Range(-16, 16)]
    public required Tensor KeyBias { get; init; }

    /// <summary>Value projections.</summary>
    [Shape("layers, groups*size, dim"), Range(-8, 8)]
    public required Tensor Value { get; init; }

    /// <summary>Their biases.</summary>
    [Shape("layers, groups*size"), Range(-16, 16)]
    public required Tensor ValueBias { get; init; }

    /// <summary>Output projections of attention.</summary>
    [Shape("layers, dim, groups*size"), Range(-8, 8)]
    public required Tensor Output { get; init; }

    /// <summary>Their biases.</summary>
    [Shape("layers, dim"), Range(-16, 16)]
    public required Tensor OutputBias { get; init; }

    /// <summary>Gains of the normalisation before the feed-forward layer.</summary>
    [Shape("layers, dim"), Range(-16, 16)]
    public required Tensor FeedForwardGain { get; init; }

    /// <summary>Biases of the normalisation before the feed-forward layer.</summary>
    [Shape("layers, dim"), Range(-16, 16)]
    public required Tensor FeedForwardBias { get; init; }

    /// <summary>Up projections of the feed-forward layer.</summary>
    [Shape("layers, hidden, dim"), Range(-8, 8)]
    public required Tensor Up { get; init; }

    /// <summary>Their biases.</summary>
    [Shape("layers, hidden"), Range(-16, 16)]
    public required Tensor UpBias { get; init; }

    /// <summary>Down projections of the feed-forward layer.</summary>
    [Shape("layers, dim, hidden"), Range(-16, 16)]
    public required Tensor Down { get; init; }

    /// <summary>Their biases.</summary>
    [Shape("layers, dim"), Range(-16, 16)]
    public required Tensor DownBias { get; init; }

    /// <summary>Gains of the last normalisation.</summary>
    [Shape("dim"), Range(-32, 32)]
    public required Tensor FinalGain { get; init; }

    /// <summary>Biases of the last normalisation.</summary>
    [Shape("dim"), Range(-32, 32)]
    public required Tensor FinalBias { get; init; }
}
