using System.Collections.Generic;
using System.Linq;
using MPCache.Bench.Programs;
using MPCache.Execution;

namespace MPCache.Bench.Layers;

/// <summary>What of the cached tokens' clusters a policy needs.</summary>
internal enum ClusterLevels
{
    /// <summary>Nothing: it selects no clusters.</summary>
    None,

    /// <summary>One level.</summary>
    One,

    /// <summary>Coarse clusters and their halves.</summary>
    Two,
}

/// <summary>A way to attend, and the program of its step.</summary>
/// <param name="Name">What the command line calls it.</param>
/// <param name="Program">The step.</param>
/// <param name="Levels">Which clusters it needs.</param>
/// <param name="Layers">How many layers the program computes.</param>
/// <param name="Less">Where the costs are those of the program less those of another policy's: that policy.</param>
internal sealed record LayerPolicy(
    string Name, CompiledProgram Program, ClusterLevels Levels, int Layers = 1, LayerPolicy? Less = null)
{
    /// <summary>The baseline: all cached tokens.</summary>
    public static LayerPolicy Full { get; } = new("full", AttentionLayer.FullProgram, ClusterLevels.None);

    /// <summary>Two levels of clusters, linear similarity: what a layer costs that selects.</summary>
    public static LayerPolicy MpCache { get; } = new("mpcache", AttentionLayer.HierarchyProgram, ClusterLevels.Two);

    /// <summary>One level of clusters, linear similarity.</summary>
    public static LayerPolicy Clusters { get; } = new("clusters", AttentionLayer.ClustersProgram, ClusterLevels.One);

    /// <summary>A layer that selects in two levels and one that uses the same selection.</summary>
    public static LayerPolicy MpCachePair { get; } = new("mpcache-pair", AttentionLayer.HierarchyPairProgram, ClusterLevels.Two, 2);

    /// <summary>A layer that selects in one level and one that uses the same selection.</summary>
    public static LayerPolicy ClustersPair { get; } = new("clusters-pair", AttentionLayer.ClustersPairProgram, ClusterLevels.One, 2);

    /// <summary>
    /// The policies that the command line knows; beside those above a window with the 4 first tokens, the tokens with the largest scores, as many
    /// of both as mpcache attends to, exact bounds in the place of linear similarity, and layers that share a selection: a pair less the layer
    /// that selects.
    /// </summary>
    public static IReadOnlyList<LayerPolicy> All { get; } =
    [
        Full,
        new("streaming", AttentionLayer.StreamingProgram, ClusterLevels.None),
        new("top-tokens", AttentionLayer.BestProgram, ClusterLevels.None),
        Clusters,
        new("clusters-exact", AttentionLayer.ClustersExactProgram, ClusterLevels.One),
        ClustersPair,
        ClustersPair with { Name = "clusters-sharing", Layers = 1, Less = Clusters },
        MpCache,
        new("mpcache-exact", AttentionLayer.HierarchyExactProgram, ClusterLevels.Two),
        MpCachePair,
        MpCachePair with { Name = "mpcache-sharing", Layers = 1, Less = MpCache },
    ];

    /// <summary>Whether the exact bound is used.</summary>
    public bool IsExact => Program == AttentionLayer.ClustersExactProgram || Program == AttentionLayer.HierarchyExactProgram;

    /// <summary>Whether it takes as many tokens as the share of clusters would give.</summary>
    public bool IsBudgeted => Program == AttentionLayer.StreamingProgram || Program == AttentionLayer.BestProgram;

    /// <summary>Finds a policy.</summary>
    /// <exception cref="MPCacheException">There is none of this name.</exception>
    public static LayerPolicy Parse(string name) => All.FirstOrDefault(p => p.Name == name)
        ?? throw new MPCacheException($"'{name}' is no policy", $"Choose among {string.Join(", ", All.Select(p => p.Name))}");

    /// <inheritdoc/>
    public override string ToString() => Name;
}
