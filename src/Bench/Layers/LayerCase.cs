using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Execution;

namespace MPCache.Bench.Layers;

/// <summary>
/// A step of a layer whose cache held a number of tokens before static eviction. How many clusters take part is counted as the language
/// does, exactly, the first and the newest cluster included.
/// </summary>
/// <param name="Shape">The layer's shape.</param>
/// <param name="Cached">Tokens before static eviction.</param>
/// <param name="Kept">The share that static eviction leaves.</param>
/// <param name="Policy">How the step attends.</param>
internal sealed record LayerCase(LayerShape Shape, int Cached, Ratio Kept, LayerPolicy Policy)
{
    /// <summary>Tokens a fine cluster.</summary>
    public const int Cluster = 16;

    /// <summary>The weight of a cluster's maxima in its anchor.</summary>
    public const double Alpha = 0.6;

    /// <summary>Below so many complete clusters of the first level nothing is selected, as in a generation.</summary>
    private const int FewestClusters = 2;

    private const int Sinks = 4;

    /// <summary>The share of the coarse clusters that the first of two levels keeps.</summary>
    public static Ratio CoarseShare { get; } = Ratio.Parse("0.5");

    /// <summary>The share of all fine clusters that take part.</summary>
    public static Ratio FineShare { get; } = Ratio.Parse("0.2");

    /// <summary>The share that leaves everything in the cache.</summary>
    public static Ratio Everything { get; } = Ratio.Parse("1");

    /// <summary>Tokens in the cache when the step begins.</summary>
    public int Held => Kept.CeilOf(Cached);

    /// <summary>Complete fine clusters.</summary>
    public int Clusters => Held / Cluster;

    /// <summary>Complete coarse clusters.</summary>
    public int CoarseClusters => Held / (2 * Cluster);

    /// <summary>Coarse clusters that the first of two levels keeps.</summary>
    public int CoarseTaking => Math.Max(2, CoarseShare.CeilOf(CoarseClusters + 1));

    /// <summary>Fine clusters that take part.</summary>
    public int Taking
    {
        get
        {
            int taking = Math.Max(2, FineShare.CeilOf(Clusters + 1));
            int candidates = 1 + (2 * (CoarseTaking - 2)) + Clusters - (2 * CoarseClusters);
            return Policy.Levels == ClusterLevels.Two ? Math.Min(taking, 2 + candidates) : taking;
        }
    }

    /// <summary>Whether there are too few clusters to select among, so that the step attends to all tokens: a public decision.</summary>
    public bool FallsBack => Policy.Levels switch
    {
        ClusterLevels.None => false,
        ClusterLevels.One => Clusters < FewestClusters || Taking > Clusters,
        _ => CoarseClusters < FewestClusters || CoarseTaking > CoarseClusters,
    };

    /// <summary>Tokens that take part, the newest among them.</summary>
    public int Attended => Policy.Levels != ClusterLevels.None && !FallsBack ? ((Taking - 1) * Cluster) + Held + 1 - (Clusters * Cluster)
        : Policy.IsBudgeted ? Budget
        : Held + 1;

    /// <summary>The program that the step calls.</summary>
    public CompiledProgram Program => (FallsBack ? LayerPolicy.Full.Program : Policy.Program).For(Network);

    /// <summary>The network whose programs are called.</summary>
    public Network Network { get; init; } = Network.Lan;

    /// <summary>How many layers the costs are of: a pair of layers that both attend to everything is two steps.</summary>
    public int Layers => Policy.Layers;

    /// <summary>The same step over all tokens that were ever cached: what costs are compared with.</summary>
    public LayerCase Baseline => this with { Kept = Everything, Policy = LayerPolicy.Full };

    /// <summary>Full attention to as many tokens as take part: what the policy would cost if it knew them.</summary>
    public LayerCase Ideal => this with { Cached = Attended - 1, Kept = Everything, Policy = LayerPolicy.Full };

    /// <summary>Tokens that a policy takes which selects tokens, not clusters.</summary>
    private int Budget => Math.Min(Held + 1, Math.Max(Sinks + 1, FineShare.CeilOf(Held + 1)));

    /// <summary>The program's dimensions.</summary>
    /// <exception cref="MPCacheException">There are more tokens than the programs take.</exception>
    public IReadOnlyDictionary<string, long> Dimensions => DimensionsOf(Program);

    private Dictionary<string, long> DimensionsOf(CompiledProgram program)
    {
        Dictionary<string, long> all = new()
        {
            ["layers"] = 1,
            ["groups"] = Shape.Groups,
            ["repeat"] = Shape.Repeat,
            ["size"] = Shape.Size,
            ["tokens"] = Held,
            ["newest"] = 1,
            ["answers"] = 0,
            ["cluster"] = Cluster,
            ["clusters"] = Clusters,
            ["coarse"] = CoarseClusters,
            ["kept"] = Taking,
            ["keptCoarse"] = CoarseTaking,
            ["best"] = Budget,
            ["sinks"] = Math.Min(Sinks, Budget - 1),
            ["window"] = Budget - Math.Min(Sinks, Budget - 1),
        };
        foreach ((string name, long max) in program.Interface.Dimensions)
        {
            if (all[name] > max)
            {
                throw new MPCacheException(
                    FormattableString.Invariant($"{name} is {all[name]} for {Cached} cached tokens, {Policy.Name} takes at most {max}"),
                    "Give a smaller --cached, or declare [Dim] larger in AttentionLayer and build again");
            }
        }

        return program.Interface.Dimensions.ToDictionary(d => d.Name, d => all[d.Name]);
    }
}
