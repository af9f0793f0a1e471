namespace MPCache.Models.Transformers;

/// <summary>The server's weights of a layer of experts, whose matrices are stacked.</summary>
[Resident(Party.Server)]
public sealed record ExpertWeights
{
    /// <summary>Gain of the normalisation before the layer.</summary>
    [Shape("dim"), Range(-8, 8)]
    public required Tensor Gain { get; init; }

    /// <summary>Scores the experts.</summary>
    [Shape("experts, dim"), Range(-4, 4)]
    public required Tensor Router { get; init; }

    /// <summary>Gate projections, expert by expert.</summary>
    [Shape("experts*hidden, dim"), Range(-4, 4)]
    public required Tensor Gate { get; init; }

    /// <summary>Up projections, expert by expert.</summary>
    [Shape("experts*hidden, dim"), Range(-4, 4)]
    public required Tensor Up { get; init; }

    /// <summary>Down projections, expert behind expert in each row.</summary>
    [Shape("dim, experts*hidden"), Range(-4, 4)]
    public required Tensor Down { get; init; }
}
