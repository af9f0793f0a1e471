using System;
using System.Collections.Generic;

namespace MPCache.Models.Tests.Reference.Policies;

/// <summary>Every policy by name, with room for everything.</summary>
public static class ReferencePolicies
{
    private const int Plenty = 4096;

    /// <summary>Makes policies that never have to choose: they must not differ from <see cref="ReferenceFull"/>.</summary>
    public static IReadOnlyDictionary<string, Func<ReferenceHeads, IReferencePolicy>> Generous { get; } =
        new Dictionary<string, Func<ReferenceHeads, IReferencePolicy>>
        {
            ["Full"] = heads => new ReferenceFull(heads),
            ["StreamingLLM, long window"] = heads => new ReferenceStreamingLlm(heads, 4, Plenty),
            ["StreamingLLM, many sinks"] = heads => new ReferenceStreamingLlm(heads, Plenty, 4),
            ["H2O, many heavy"] = heads => new ReferenceH2O(heads, Plenty, 4),
            ["H2O, many recent"] = heads => new ReferenceH2O(heads, 4, Plenty),
            ["TOVA"] = heads => new ReferenceTova(heads, Plenty),
            ["SnapKV"] = heads => new ReferenceSnapKv(heads, Plenty, 4),
            ["Quest"] = heads => new ReferenceQuest(heads, 4, Plenty, 0),
            ["Top tokens"] = heads => new ReferenceTopTokens(heads, Plenty),
            ["MPCache"] = heads => new ReferenceMPCache(heads, All with { CoarseSize = 0 }),
            ["MPCache, two levels"] = heads => new ReferenceMPCache(heads, All),
            ["MPCache, lagged"] = heads => new ReferenceMPCache(heads, All with { Lagged = true, ExactBound = true, Skip = 1 }),
            ["MPCache, one cluster"] = heads => new ReferenceMPCache(
                heads, All with { ClusterSize = Plenty, CoarseSize = 2 * Plenty, Keep = Ratio.Parse("0"), CoarseKeep = Ratio.Parse("0") }),
        };

    private static ReferenceMPCacheOptions All => new()
    {
        Static = Ratio.Parse("1"),
        ClusterSize = 2,
        Keep = Ratio.Parse("1"),
        CoarseSize = 4,
        CoarseKeep = Ratio.Parse("1"),
    };
}
