using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Bench.Decoding.Models;
using MPCache.Contract;
using MPCache.Execution;
using MPCache.Models.Policies;
using MPCache.Models.Transformers;

namespace MPCache.Bench.Decoding.Running;

/// <summary>A decoding step under a policy, after a number of tokens has been read.</summary>
/// <param name="Shape">The model.</param>
/// <param name="Cached">Tokens read before, those that the policy has evicted included.</param>
/// <param name="Policy">The policy.</param>
internal sealed record StepCase(ModelShape Shape, int Cached, CachePolicy Policy)
{
    private static readonly string[] Filled =
    [
        KeyValueCacheSchema.Instance.Name, ClusterAnchorsSchema.Instance.Name, CoarseAnchorsSchema.Instance.Name,
        ClusterBoundsSchema.Instance.Name, CoarseBoundsSchema.Instance.Name, HiddenRowsSchema.Instance.Name,
    ];

    /// <summary>Tokens in the cache when the step begins.</summary>
    public int Held => Policy.Kept(Cached);

    /// <summary>Tokens to which a layer attends, on average over layers.</summary>
    public double Attended => Step.Attended.Average();

    /// <summary>The program of the step.</summary>
    /// <exception cref="MPCacheException">The shape has no program for this policy, or its state cannot be made up.</exception>
    public CompiledProgram Program
    {
        get
        {
            CompiledProgram? program = Shape.Decoding(Step)?.For(Network);
            return program is not null && program.Interface.States.All(s => Filled.Contains(s.Class))
                ? program
                : throw new MPCacheException(
                    $"{Shape} has no step of '{Policy}' that can be measured",
                    Shape is LlamaLayerShape or Gpt2Shape
                        ? "Use full, or mpcache with two levels, the linear bound and no lag"
                        : "Use a policy that keeps keys, values and their summaries alone: full, streaming, toptokens, quest, mpcache");
        }
    }

    /// <summary>The network whose programs are called.</summary>
    public Network Network { get; init; } = Network.Lan;

    /// <summary>The step's dimensions.</summary>
    public IReadOnlyDictionary<string, long> Dimensions => StepDimensions.Of(Shape, Program, Step.Sizes);

    /// <summary>The dimensions when further tokens have joined the cache, none of which makes a cluster complete.</summary>
    /// <param name="further">How many.</param>
    public IReadOnlyDictionary<string, long> DimensionsAfter(int further) =>
        Dimensions.ToDictionary(d => d.Key, d => d.Key is "tokens" or "position" ? d.Value + further : d.Value);

    /// <summary>The tokens of a fine cluster, where it selects clusters.</summary>
    public int Cluster => (int)Step.Sizes.GetValueOrDefault("cluster", 1);

    /// <summary>The weight of the maxima in anchors.</summary>
    public double Alpha => Policy.Schedule(Shape.Config, new GenerationLengths(Cached, 2))
        .Select(call => call.Reals.GetValueOrDefault("alpha")).Max();

    /// <summary>The step's public real numbers.</summary>
    public IReadOnlyDictionary<string, double> Reals => StepDimensions.Reals(Shape, Program, Step.Reals);

    /// <summary>What the plan says.</summary>
    public PlanTotals Planned
    {
        get
        {
            IReadOnlyDictionary<string, long> sizes = Dimensions;
            return Program.Interface.Plan.Evaluate(name => sizes[name]);
        }
    }

    private PolicyCall Step => Policy.Schedule(Shape.Config, new GenerationLengths(Cached, 2))[^1];
}
