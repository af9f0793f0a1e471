using System;
using System.Collections.Generic;
using System.Globalization;
using MPCache.Execution;
using MPCache.Models.Attention;
using MPCache.Models.Transformers;
using MPCache.Models.Weights;

namespace MPCache.Models.Policies;

/// <summary>
/// MPCache: static eviction of the prompt, then query-aware selection of clusters in two levels at every step, with a linear similarity and
/// selections shared by layers; each part can be switched off. Source: Zeng et al., MPCache (arXiv 2501.06807).
/// </summary>
public sealed class MPCachePolicy : CachePolicy
{
    private readonly Ratio statically;
    private readonly Ratio observed;
    private readonly int pool;
    private readonly int window;
    private readonly Ratio keep;
    private readonly Ratio keepCoarse;
    private readonly Ratio alpha;
    private readonly int lag;
    private readonly ClusterSchedule clusters;

    internal MPCachePolicy(PolicyText text)
    {
        statically = text.Share("static", "0.5");
        observed = text.Share("observed", "0.2");
        pool = text.Count("pool", 1, 1);
        if (pool % 2 == 0 || pool > WidestPool)
        {
            throw new MPCacheException(
                $"pool of the policy {Name} is {pool}, not an odd number up to {WidestPool}",
                "Give pool=7 for a token and three neighbours on each side, or pool=1 for the token alone");
        }

        window = text.Count("window", 0, 0);
        int levels = text.Count("levels", 0, 2);
        if (levels > 2)
        {
            throw new MPCacheException(
                $"levels of the policy {Name} is {levels}, not 0, 1 or 2", "Give levels=2, or levels=0 for static eviction alone");
        }

        keepCoarse = text.Share("keep-coarse", "0.5");
        keep = text.Share("keep", "0.2");
        int cluster = text.Count("cluster", 1, 16);
        alpha = text.Share("alpha", "0.6");
        bool exact = text.Choice("bound", "linear", "exact") == "exact";
        int share = text.Choice("share", "2", "1") == "2" ? 2 : 1;
        int skip = text.Count("skip", 0, 0);
        lag = text.Count("lag", 0, 0);
        if (lag > 1 || (lag == 1 && (levels != 1 || exact || share != 1)))
        {
            throw new MPCacheException(
                $"lag of the policy {Name} is {lag}, not 0, or 1 with levels=1, share=1 and bound=linear",
                "Give lag=1 levels=1 share=1 bound=linear, or leave lag out");
        }

        double weight = double.Parse(alpha.ToString(), CultureInfo.InvariantCulture);
        clusters = new ClusterSchedule(cluster, levels, exact, weight, keep.CeilOf, keepCoarse.CeilOf, share, skip, lag);
        if (cluster > Largest)
        {
            throw new MPCacheException(
                $"cluster of the policy {Name} is {cluster}, more than {Largest}", $"Give a cluster of at most {Largest} tokens");
        }
    }

    /// <inheritdoc/>
    public override string Name => "mpcache";

    /// <inheritdoc/>
    public override IReadOnlyList<StateSchema> States => Selects ? clusters.States : base.States;

    /// <inheritdoc/>
    protected override IReadOnlyList<(string Key, string Value)> Options =>
    [
        ("static", statically.ToString()),
        ("observed", observed.ToString()),
        ("pool", PolicyText.Text(pool)),
        ("window", PolicyText.Text(window)),
        ("levels", PolicyText.Text(clusters.Levels)),
        ("keep-coarse", keepCoarse.ToString()),
        ("keep", keep.ToString()),
        ("cluster", PolicyText.Text(clusters.Cluster)),
        ("alpha", alpha.ToString()),
        ("bound", clusters.Exact ? "exact" : "linear"),
        ("share", PolicyText.Text(clusters.Share)),
        ("skip", PolicyText.Text(clusters.Skip)),
        ("lag", PolicyText.Text(lag)),
    ];

    /// <summary>The widest pool that the program declares.</summary>
    private const int WidestPool = 63;

    /// <summary>Whether steps select at all; with levels=0 the prompt is evicted and no more.</summary>
    private bool Selects => clusters.Levels > 0;

    /// <summary>The largest cluster that the decoding programs declare.</summary>
    internal static int Largest => 64;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, long> StateSizes(LlamaConfig config) =>
        new Dictionary<string, long> { ["selecting"] = config.Layers - clusters.Skip };

    /// <inheritdoc/>
    public override int Kept(int prompt) => statically.CeilOf(prompt);

    /// <inheritdoc/>
    protected override void Check(LlamaConfig config, int prompt)
    {
        // A token may receive all the attention of every query that counts.
        int queries = observed.CeilOf(prompt);
        if (Kept(prompt) < prompt && queries > StaticEviction.MostObserved)
        {
            throw new MPCacheException(
                $"observed={observed} of {prompt} tokens are {queries} queries, more than {StaticEviction.MostObserved}",
                "Give a smaller share of the prompt to observed");
        }

        if (Kept(prompt) < Math.Min(window, prompt))
        {
            throw new MPCacheException(
                $"static={statically} of {prompt} tokens are {Kept(prompt)}, fewer than the window of {window}",
                "Give a larger share to static, or a shorter window");
        }

        if (Selects)
        {
            clusters.Check(config);
        }
    }

    /// <inheritdoc/>
    protected override IEnumerable<PolicyCall> Prompt(GenerationLengths lengths)
    {
        int prompt = lengths.Prompt;
        int queries = observed.CeilOf(prompt);
        return Kept(prompt) == prompt
            ? base.Prompt(lengths)
            : Reading(
                Llama.PrefillEvictingProgram, lengths, queries, ("observed", queries), ("reach", pool / 2),
                ("window", window), ("kept", Kept(prompt) - window));
    }

    /// <inheritdoc/>
    protected override IEnumerable<PolicyCall> Step(LlamaConfig config, int prompt, int step)
    {
        int cached = Kept(prompt) + step;
        return Selects
            ? clusters.Step(config, cached, prompt + step, first: step == 0)
            : [Decoding(Llama.DecodeProgram, cached, prompt + step, Everywhere(config, cached + 1))];
    }
}
