using MPCache.Models.Attention;
using MPCache.Models.Transformers;

namespace MPCache.Bench.Programs;

// Two layers, of which the first selects and the second uses the same selection. The second's query is what the first has computed, four
// times as large, so that it cannot begin earlier; it attends to the first one's cache, because what a cache holds costs nothing.
public static partial class AttentionLayer
{
    /// <summary>A layer that selects clusters and one that uses them too.</summary>
    /// <inheritdoc cref="Clusters"/>
    [EntryPoint(FractionBits = 16)]
    public static void ClustersPair(
        KeyValueCache cache, ClusterAnchors fine, NewestToken newest, LayerOutput output, int cluster, int kept)
    {
        int clusters = fine.Anchors[0].Size(0);
        Remember(cache, newest);
        Selection chosen = ClusterSelection.Choose(ClusterSelection.Linear(newest.Query, fine.Anchors[0]), kept);
        Tensor mixed = ClusterSelection.Attend(newest.Query, cache.Keys[0], cache.Values[0], chosen, clusters, cluster, kept);
        Tensor again = Again(mixed, newest.Query);
        HandOn(output, mixed, newest.Query);
        HandOn(output, ClusterSelection.Attend(again, cache.Keys[0], cache.Values[0], chosen, clusters, cluster, kept), newest.Query);
    }

    /// <summary>A layer that selects clusters in two levels and one that uses them too.</summary>
    /// <inheritdoc cref="Hierarchy"/>
    [EntryPoint(FractionBits = 16, Networks = Network.Lan | Network.Wan)]
    public static void HierarchyPair(
        KeyValueCache cache, CoarseAnchors coarsely, ClusterAnchors fine, NewestToken newest, LayerOutput output, int cluster,
        int keptCoarse, int kept)
    {
        int coarse = coarsely.Anchors[0].Size(0);
        int clusters = fine.Anchors[0].Size(0);
        Remember(cache, newest);
        Selection outer = HierarchicalSelection.ChooseCoarse(
            ClusterSelection.Linear(newest.Query, coarsely.Anchors[0]), keptCoarse);
        Selection inner = HierarchicalSelection.ChooseFine(
            ClusterSelection.Linear(newest.Query, fine.Anchors[0]), outer, coarse, keptCoarse, kept);
        Tensor mixed = HierarchicalSelection.Attend(
            newest.Query, cache.Keys[0], cache.Values[0], outer, inner, coarse, clusters, cluster, keptCoarse, kept);
        Tensor again = Again(mixed, newest.Query);
        HandOn(output, mixed, newest.Query);
        HandOn(output, HierarchicalSelection.Attend(
            again, cache.Keys[0], cache.Values[0], outer, inner, coarse, clusters, cluster, keptCoarse, kept), newest.Query);
    }

    [Protocol]
    internal static Tensor Again(Tensor mixed, Tensor query) =>
        (mixed * 4f).Reshape(1, query.Size(1), query.Size(2), query.Size(3));
}
