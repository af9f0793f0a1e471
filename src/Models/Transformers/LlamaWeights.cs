namespace MPCache.Models.Transformers;

/// <summary>The server's weights of a Llama model; the layers of one kind are stacked along the leading axis.</summary>
[Resident(Party.Server)]
public sealed record LlamaWeights
{
    /// <summary>Key-value heads.</summary>
    public required int Groups { get; init; }

    /// <summary>Query heads that share a key-value head.</summary>
    public required int Repeat { get; init; }

    /// <summary>The token embedding.</summary>
    [Shape("vocabulary, dim"), Range(-4, 4)]
    public required Tensor Embedding { get; init; }

    /// <summary>Gains of the normalisation before attention.</summary>
    [Shape("layers, dim"), Range(-8, 8)]
    public required Tensor AttentionNorm { get; init; }

    /// <summary>Query projections.</summary>
    [Shape("layers, groups*repeat*size, dim"), Range(-4, 4)]
    public required Tensor Query { get; init; }

    /// <summary>Key projections.</summary>
    [Shape("layers, groups*size, dim"), Range(-4, 4)]
    public required Tensor Key { get; init; }

    /// <summary>Value projections.</summary>
    [Shape("layers, groups*size, dim"), Range(-4, 4)]
    public required Tensor Value { get; init; }

    /// <summary>Output projections of attention.</summary>
    [Shape("layers, dim, groups*repeat*size"), Range(-4, 4)]
    public required Tensor Output { get; init; }

    /// <summary>Gains of the normalisation before the feed-forward layer.</summary>
    [Shape("layers, dim"), Range(-8, 8)]
    public required Tensor FeedForwardNorm { get; init; }

    /// <summary>Gate projections of the feed-forward layer.</summary>
    [Shape("layers, hidden, dim"), Range(-4, 4)]
    public required Tensor Gate { get; init; }

    /// <summary>Up projections of the feed-forward layer.</summary>
    [Shape("layers, hidden, dim"), Range(-4, 4)]
    public required Tensor Up { get; init; }

    /// <summary>Down projections of the feed-forward layer.</summary>
    [Shape("layers, dim, hidden"), Range(-4, 4)]
    public required Tensor Down { get; init; }

    /// <summary>Gains of the last normalisation.</summary>
    [Shape("dim"), Range(-8, 8)]
    public required Tensor FinalNorm { get; init; }

    /// <summary>The classifier over the vocabulary.</summary>
    [Shape("vocabulary, dim"), Range(-4, 4)]
    public required Tensor Classifier { get; init; }
}
