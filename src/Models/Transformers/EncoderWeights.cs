namespace MPCache.Models.Transformers;

/// <summary>The server's weights of an encoder; the layers of one kind are stacked along the leading axis.</summary>
[Resident(Party.Server)]
public sealed record EncoderWeights
{
    /// <summary>Attention heads; a divisor of the model's size.</summary>
    public required int Heads { get; init; }

    /// <summary>The embedding of tokens.</summary>
    [Shape("vocabulary, dim"), Range(-4, 4)]
    public required Tensor Tokens { get; init; }

    /// <summary>The embedding of positions, learned.</summary>
    [Shape("positions, dim"), Range(-4, 4)]
    public required Tensor Positions { get; init; }

    /// <summary>Gain of the normalisation of embeddings.</summary>
    [Shape("dim"), Range(-8, 8)]
    public required Tensor EmbeddingGain { get; init; }

    /// <summary>Bias of the normalisation of embeddings.</summary>
    [Shape("dim"), Range(-8, 8)]
    public required Tensor EmbeddingBias { get; init; }

    /// <summary>Query projections.</summary>
    [Shape("layers, dim, dim"), Range(-4, 4)]
    public required Tensor Query { get; init; }

    /// <summary>Biases of queries.</summary>
    [Shape("layers, dim"), Range(-4, 4)]
    public required Tensor QueryBias { get; init; }

    /// <summary>Key projections. A bias would add the same to a row's scores, which softmax does not see.</summary>
    [Shape("layers, dim, dim"), Range(-4, 4)]
    public required Tensor Key { get; init; }

    /// <summary>Value projections.</summary>
    [Shape("layers, dim, dim"), Range(-4, 4)]
    public required Tensor Value { get; init; }

    /// <summary>Biases of values.</summary>
    [Shape("layers, dim"), Range(-4, 4)]
    public required Tensor ValueBias { get; init; }

    /// <summary>Output projections of attention.</summary>
    [Shape("layers, dim, dim"), Range(-4, 4)]
    public required Tensor Output { get; init; }

    /// <summary>Biases of the output projections.</summary>
    [Shape("layers, dim"), Range(-4, 4)]
    public required Tensor OutputBias { get; init; }

    /// <summary>Gains of the normalisation behind attention.</summary>
    [Shape("layers, dim"), Range(-8, 8)]
    public required Tensor AttentionGain { get; init; }

    /// <summary>Biases of the normalisation behind attention.</summary>
    [Shape("layers, dim"), Range(-8, 8)]
    public required Tensor AttentionBias { get; init; }

    /// <summary>Up projections of the feed-forward layer.</summary>
    [Shape("layers, hidden, dim"), Range(-4, 4)]
    public required Tensor Up { get; init; }

    /// <summary>Biases of the up projections.</summary>
    [Shape("layers, hidden"), Range(-4, 4)]
    public required Tensor UpBias { get; init; }

    /// <summary>Down projections of the feed-forward layer.</summary>
    [Shape("layers, dim, hidden"), Range(-4, 4)]
    public required Tensor Down { get; init; }

    /// <summary>Biases of the down projections.</summary>
    [Shape("layers, dim"), Range(-4, 4)]
    public required Tensor DownBias { get; init; }

    /// <summary>Gains of the normalisation behind the feed-forward layer.</summary>
    [Shape("layers, dim"), Range(-8, 8)]
    public required Tensor FeedForwardGain { get; init; }

    /// <summary>Biases of the normalisation behind the feed-forward layer.</summary>
    [Shape("layers, dim"), Range(-8, 8)]
    public required Tensor FeedForwardBias { get; init; }

    /// <summary>The classifier.</summary>
    [Shape("classes, dim"), Range(-4, 4)]
    public required Tensor Classifier { get; init; }

    /// <summary>Biases of the classifier.</summary>
    [Shape("classes"), Range(-4, 4)]
    public required Tensor ClassifierBias { get; init; }
}
