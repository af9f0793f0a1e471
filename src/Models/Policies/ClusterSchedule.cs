using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Execution;
using MPCache.Models.Transformers;
using MPCache.Models.Weights;

namespace MPCache.Models.Policies;

/// <summary>
/// The calls of policies that select clusters: summaries of the clusters that have become complete, and the step itself, over the whole cache
/// where there is nothing to leave out.
/// </summary>
/// <param name="Cluster">Tokens a fine cluster; a coarse one has twice as many.</param>
/// <param name="Levels">1, or 2 with coarse clusters first; 0 where nothing is selected and the schedule is not used.</param>
/// <param name="Exact">The exact bound in the place of the linear similarity.</param>
/// <param name="Alpha">The weight of the maxima in the linear similarity.</param>
/// <param name="Keep">How many of a number of clusters take part, the first and the newest among them.</param>
/// <param name="KeepCoarse">How many of a number of coarse clusters are kept.</param>
/// <param name="Share">How many layers use one selection: 1 or 2.</param>
/// <param name="Skip">Layers at the beginning that use the whole cache.</param>
/// <param name="Lag">0, or 1 where a step selects for the next one.</param>
internal sealed record ClusterSchedule(
    int Cluster, int Levels, bool Exact, double Alpha, Func<int, int> Keep, Func<int, int> KeepCoarse, int Share, int Skip, int Lag = 0)
{
    private const int Fine = 1;
    private const int Coarse = 2;
    private const int Chosen = 2;

    /// <summary>The cache, fine summaries, and coarse ones where there are two levels.</summary>
    public IReadOnlyList<StateSchema> States =>
    [
        KeyValueCacheSchema.Instance,
        Exact ? ClusterBoundsSchema.Instance : ClusterAnchorsSchema.Instance,
        .. Lag == 1 ? [ChosenClustersSchema.Instance] : Array.Empty<StateSchema>(),
        .. Levels == 2 ? [Exact ? CoarseBoundsSchema.Instance : (StateSchema)CoarseAnchorsSchema.Instance] : Array.Empty<StateSchema>(),
    ];

    /// <exception cref="MPCacheException">No layer is left that selects.</exception>
    public void Check(LlamaConfig config)
    {
        if (Skip >= config.Layers)
        {
            throw new MPCacheException(
                $"skip={Skip} leaves none of {config.Layers} layers that selects", "Skip fewer layers, or use the policy full");
        }
    }

    /// <summary>The calls of a step.</summary>
    /// <param name="config">The model.</param>
    /// <param name="cached">Tokens in the cache before.</param>
    /// <param name="position">Tokens read before.</param>
    /// <param name="first">Whether it is the first step, before which nothing has been summarised.</param>
    public IEnumerable<PolicyCall> Step(LlamaConfig config, int cached, int position, bool first)
    {
        int before = first ? 0 : (cached - 1) / Cluster;
        if (cached / Cluster > before)
        {
            yield return Summaries(
                Exact ? Llama.SummarizeExactProgram : Llama.SummarizeLinearProgram, Fine, config, cached, "clusters", Cluster, before);
        }

        int beforeCoarse = first ? 0 : (cached - 1) / (2 * Cluster);
        if (Levels == 2 && cached / (2 * Cluster) > beforeCoarse)
        {
            yield return Summaries(
                Exact ? Llama.SummarizeCoarseExactProgram : Llama.SummarizeCoarseLinearProgram, Coarse, config, cached, "coarse",
                2 * Cluster, beforeCoarse);
        }

        yield return Lag == 1 ? DecodeLagged(config, cached, position, first) : Decode(config, cached, position);
    }

    /// <summary>How many clusters a step that selects keeps; 0 where there is nothing to leave out.</summary>
    private int Selects(int cached)
    {
        int clusters = cached / Cluster;
        int kept = Math.Max(2, Keep(clusters + 1));
        return clusters >= 2 && kept <= clusters ? kept : 0;
    }

    private PolicyCall DecodeLagged(LlamaConfig config, int cached, int position, bool first)
    {
        int kept = Selects(cached);
        int before = first ? 0 : Selects(cached - 1);
        if (kept == 0)
        {
            return Decode(config, cached, position);
        }

        Dictionary<string, long> sizes = new()
        {
            ["tokens"] = cached,
            ["position"] = position,
            ["cluster"] = Cluster,
            ["clusters"] = cached / Cluster,
            ["between"] = before == 0 ? 0 : ((cached - 1) / Cluster) - 1,
            ["slots"] = before - 2,
            ["kept"] = kept,
            ["skipped"] = Skip,
            ["selecting"] = config.Layers - Skip,
        };
        return before == 0
            ? new PolicyCall(Llama.DecodeSelectingAheadProgram, [0, Fine, Chosen], sizes)
            {
                Reads = 1,
                GivesToken = true,
                Attended = [.. Enumerable.Repeat(cached + 1, config.Layers)],
            }
            : new PolicyCall(Llama.DecodeLaggedProgram, [0, Fine, Chosen], sizes)
            {
                Reads = 1,
                GivesToken = true,
                Attended = Attended(config, cached, (cached - 1) / Cluster, before),
            };
    }

    private PolicyCall Summaries(
        CompiledProgram program, int state, LlamaConfig config, int cached, string grows, int cluster, int before)
    {
        Dictionary<string, long> sizes = new()
        {
            ["tokens"] = cached,
            ["layers"] = config.Layers,
            ["cluster"] = cluster,
            ["added"] = (cached / cluster) - before,
            [grows] = before,
        };
        return new PolicyCall(program, [0, state], sizes) { Reals = new Dictionary<string, double> { ["alpha"] = Alpha } };
    }

    private PolicyCall Decode(LlamaConfig config, int cached, int position)
    {
        int clusters = cached / Cluster;
        int coarse = cached / (2 * Cluster);
        int kept = Math.Max(2, Keep(clusters + 1));
        int keptCoarse = Math.Max(2, KeepCoarse(coarse + 1));
        Dictionary<string, long> sizes = new()
        {
            ["tokens"] = cached,
            ["position"] = position,
            ["cluster"] = Cluster,
            ["clusters"] = clusters,
            ["skipped"] = Skip,
            ["pairs"] = Share == 2 ? (config.Layers - Skip) / 2 : 0,
            ["singles"] = Share == 2 ? (config.Layers - Skip) % 2 : config.Layers - Skip,
        };
        if (Levels == 2 && coarse >= 2 && keptCoarse <= coarse)
        {
            int candidates = 1 + (2 * (keptCoarse - 2)) + (clusters - (2 * coarse));
            sizes["coarse"] = coarse;
            sizes["keptCoarse"] = keptCoarse;
            sizes["kept"] = kept = Math.Min(kept, candidates + 2);
            return new PolicyCall(
                Exact ? Llama.DecodeHierarchicalExactProgram : Llama.DecodeHierarchicalProgram, [0, Coarse, Fine], sizes)
            {
                Reads = 1,
                GivesToken = true,
                Attended = Attended(config, cached, clusters, kept),
            };
        }

        if (clusters >= 2 && kept <= clusters)
        {
            sizes["kept"] = kept;
            return new PolicyCall(Exact ? Llama.DecodeClustersExactProgram : Llama.DecodeClustersProgram, [0, Fine], sizes)
            {
                Reads = 1,
                GivesToken = true,
                Attended = Attended(config, cached, clusters, kept),
            };
        }

        return new PolicyCall(
            Llama.DecodeProgram, [0], new Dictionary<string, long> { ["tokens"] = cached, ["position"] = position })
        {
            Reads = 1,
            GivesToken = true,
            Attended = [.. Enumerable.Repeat(cached + 1, config.Layers)],
        };
    }

    private int[] Attended(LlamaConfig config, int cached, int clusters, int kept) =>
    [
        .. Enumerable.Range(0, config.Layers)
            .Select(layer => layer < Skip ? cached + 1 : ((kept - 1) * Cluster) + cached + 1 - (clusters * Cluster)),
    ];
}
