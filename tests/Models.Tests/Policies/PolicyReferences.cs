using System;
using System.Globalization;
using System.Linq;
using MPCache.Models.Policies;
using MPCache.Models.Tests.Reference;
using MPCache.Models.Tests.Reference.Policies;
using MPCache.Models.Weights;
using Xunit;

namespace MPCache.Models.Tests.Policies;

/// <summary>The reference that belongs to a policy's text, for a prompt of so many tokens.</summary>
internal static class PolicyReferences
{
    /// <summary>
    /// Where a plain run's best two logits are closer, a run that rounds may choose either: logits of the trained model reach 22, and
    /// another selection between near ties moves them by as much.
    /// </summary>
    public const double NearTie = 0.25;

    /// <summary>Every policy with its defaults, and what MPCache can leave out.</summary>
    public static readonly string[] Standard =
    [
        .. CachePolicy.Names, "mpcache levels=1", "mpcache levels=0", "mpcache bound=exact", "mpcache share=1", "mpcache skip=1",
        "mpcache static=1", "mpcache levels=1 share=1 lag=1",
    ];

    /// <summary>Other sizes, among them those with which nothing is left out.</summary>
    public static readonly string[] Varied =
    [
        "mpcache cluster=4 keep=0.5 keep-coarse=0.7", "mpcache cluster=2 keep=0.3 bound=exact skip=1", "mpcache cluster=1 keep=0.3 share=1",
        "mpcache static=0.66 observed=1 cluster=3 levels=1 alpha=0.5 share=1 skip=2", "mpcache cluster=2 levels=1 bound=exact keep=0.1",
        "mpcache static=1 cluster=2 keep=0.9 keep-coarse=0.2", "mpcache static=0.3 observed=0.05 levels=0", "mpcache static=0.3 pool=7 levels=0", "mpcache pool=3 window=5 cluster=4 share=1",
        "mpcache static=1 keep=1 keep-coarse=1 cluster=4", "streaming sinks=0", "streaming budget=0.1 sinks=2", "streaming budget=1",
        "h2o budget=0.5 recent=0.2", "h2o recent=1", "h2o budget=1", "tova budget=0.1", "tova budget=0.01", "tova budget=1",
        "snapkv budget=0.5 window=4", "snapkv budget=1", "snapkv budget=0.3 window=1", "quest budget=0.5 page=4 skip=0",
        "quest budget=0.1 page=2 skip=3", "quest budget=1 page=4", "toptokens budget=0.05", "toptokens budget=1",
        "mpcache levels=1 share=1 lag=1 cluster=2 keep=0.4", "mpcache levels=1 share=1 lag=1 cluster=3 keep=0.5 skip=2 static=1",
    ];

    public static IReferencePolicy Of(string text, ReferenceHeads heads, int prompt)
    {
        string[] words = text.Split(' ');
        int kept = Share("budget", "0.3").CeilOf(prompt);
        int page = Count("page", 16);
        int sinks = Count("sinks", 4);
        int recent = Share("recent", "0.5").CeilOf(kept);
        return words[0] switch
        {
            "full" => new ReferenceFull(heads),
            "mpcache" => new ReferenceMPCache(heads, MPCache()),
            "streaming" => new ReferenceStreamingLlm(heads, sinks, kept - sinks),
            "h2o" => new ReferenceH2O(heads, kept - recent, recent),
            "tova" => new ReferenceTova(heads, kept),
            "snapkv" => new ReferenceSnapKv(heads, kept, Count("window", 16)),
            "quest" => new ReferenceQuest(heads, page, (kept + page - 1) / page, Count("skip", 2)),
            "toptokens" => new ReferenceTopTokens(heads, kept),
            _ => throw new ArgumentException($"The policy of '{text}' has no reference.", nameof(text)),
        };

        ReferenceMPCacheOptions MPCache()
        {
            int levels = Count("levels", 2);
            int cluster = Count("cluster", 16);
            return new ReferenceMPCacheOptions
            {
                Static = Share("static", "0.5"),
                Observed = Share("observed", "0.2"),
                Pool = Count("pool", 1),
                Window = Count("window", 0),
                ClusterSize = cluster,
                CoarseSize = levels == 2 ? 2 * cluster : 0,
                Keep = levels == 0 ? Ratio.Parse("1") : Share("keep", "0.2"),
                CoarseKeep = Share("keep-coarse", "0.5"),
                Alpha = double.Parse(Option("alpha", "0.6"), CultureInfo.InvariantCulture),
                ExactBound = Option("bound", "linear") == "exact",
                Share = Count("share", 2),
                Skip = Count("skip", 0),
                Lagged = Count("lag", 0) == 1,
            };
        }

        string Option(string key, string otherwise) =>
            words.Skip(1).Select(word => word.Split('=')).FirstOrDefault(pair => pair[0] == key)?[1] ?? otherwise;

        Ratio Share(string key, string otherwise) => Ratio.Parse(Option(key, otherwise));

        int Count(string key, int otherwise) =>
            Option(key, "") is { Length: > 0 } given ? int.Parse(given, CultureInfo.InvariantCulture) : otherwise;
    }

    /// <summary>
    /// The public counts of a policy are those of the reference: what is attended to in each layer at each step, and what the cache
    /// keeps of the prompt. StreamingLLM's programs leave rows in the cache that no step reads again, where the reference forgets them.
    /// </summary>
    public static void AssertCounts(CachePolicy policy, LlamaConfig config, int prompt, int tokens, ReferenceGeneration expected)
    {
        PolicyCall[] steps = [.. policy.Schedule(config, new GenerationLengths(prompt, tokens)).Where(call => call.Attended.Count > 0)];
        Assert.Equal(tokens - 1, steps.Length);
        Assert.Equal(steps.Length * config.Layers, expected.Records.Length);
        for (int i = 0; i < expected.Records.Length; i++)
        {
            ReferenceRecord record = expected.Records[i];
            Assert.All(record.Attended, a => Assert.Equal(a.Length, steps[i / config.Layers].Attended[record.Layer]));
        }

        if (policy.Name != "streaming")
        {
            Assert.All(expected.Prompt, layer => Assert.All(layer, group => Assert.Equal(group.Length, policy.Kept(prompt))));
        }
    }

    /// <summary>How far the two largest logits are apart.</summary>
    public static double Gap(double[] logits)
    {
        double[] order = [.. logits.OrderDescending().Take(2)];
        return order[0] - order[1];
    }
}
