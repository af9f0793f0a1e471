namespace MPCache.Models.Tests.Reference.Policies;

/// <summary>The parameters of <see cref="ReferenceMPCache"/>, with the defaults of the paper; static eviction is one a model.</summary>
public sealed record ReferenceMPCacheOptions
{
    /// <summary>γ: which share of the prompt's queries, the last ones, judge its tokens.</summary>
    public Ratio Observed { get; init; } = Ratio.Parse("0.2");

    public int Pool { get; init; } = 1;

    /// <summary>Tokens at the end of the prompt that remain whatever their importance; they count among those that remain.</summary>
    public int Window { get; init; }

    /// <summary>ρ_s: which share of the prompt's tokens remain.</summary>
    public required Ratio Static { get; init; }

    /// <summary>How many slots the clusters have that are selected.</summary>
    public int ClusterSize { get; init; } = 16;

    /// <summary>κ_2, or κ where there is one level: which share of those clusters is kept, the first and the last included.</summary>
    public Ratio Keep { get; init; } = Ratio.Parse("0.2");

    /// <summary>How many slots the clusters of the level before have, a multiple of the other size; 0: there is one level.</summary>
    public int CoarseSize { get; init; } = 32;

    /// <summary>κ_1: which share of the coarse clusters is kept, the first and the last included.</summary>
    public Ratio CoarseKeep { get; init; } = Ratio.Parse("0.5");

    /// <summary>α: the weight of the maximum in the similarity.</summary>
    public double Alpha { get; init; } = 0.6;

    /// <summary>Whether clusters are ranked by the bound Σ_i max(q_i·max_i, q_i·min_i) instead of the linear similarity.</summary>
    public bool ExactBound { get; init; }

    /// <summary>How many layers in a row use one selection, made in the first of them.</summary>
    public int Share { get; init; } = 2;

    /// <summary>How many of the first layers attend to all that their cache holds.</summary>
    public int Skip { get; init; }

    /// <summary>
    /// Whether the query of the step before selects, from one level of clusters; the first step, which has none before it, attends to all.
    /// </summary>
    public bool Lagged { get; init; }
}
