using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using MPCache.Execution;
using MPCache.Models.Policies;
using MPCache.Models.Transformers;
using MPCache.Models.Weights;

namespace MPCache.Models.Generation;

/// <summary>The programs of a generation and what is public of them; dealer, server and client take them from here.</summary>
public static class LlamaPrograms
{
    /// <summary>The compiled programs of all cache policies, for every network.</summary>
    public static IReadOnlyList<CompiledProgram> All { get; } =
    [
        .. new[]
        {
            Llama.PrefillPartProgram, Llama.PrefillProgram, Llama.DecodeProgram,
            Llama.PrefillEvictingProgram, Llama.DecodeClustersProgram, Llama.DecodeClustersExactProgram, Llama.DecodeHierarchicalProgram,
            Llama.DecodeHierarchicalExactProgram, Llama.DecodeSelectingAheadProgram, Llama.DecodeLaggedProgram,
            Llama.SummarizeLinearProgram, Llama.SummarizeCoarseLinearProgram, Llama.SummarizeExactProgram,
            Llama.SummarizeCoarseExactProgram, Llama.DecodeStreamingProgram, Llama.DecodeTopTokensProgram, Llama.PrefillSnapKvProgram,
            Llama.PrefillPartHeavyHittersProgram, Llama.PrefillHeavyHittersProgram, Llama.DecodeHeavyHittersProgram,
            Llama.PrefillTovaProgram, Llama.DecodeTovaProgram,
        }.SelectMany(p => p.Variants),
    ];

    /// <summary>On what both parties must agree before the server tells its model's dimensions.</summary>
    public static IReadOnlyDictionary<string, string> Options { get; } = new Dictionary<string, string>
    {
        ["model"] = "llama",
    };

    /// <summary>What the programs' normalisation adds to the mean square.</summary>
    internal const double NormEpsilon = 1e-5;

    /// <summary>The longest prompt that the programs take, and the most tokens that a cache may hold.</summary>
    private static readonly int LargestContext = (int)All.SelectMany(program => program.Interface.Dimensions)
        .Where(dimension => dimension.Name is "rows" or "tokens").Min(dimension => dimension.Max);

    /// <summary>The positions that a generation may have: those of the model's context that the programs take.</summary>
    /// <param name="config">The model.</param>
    public static int Context(LlamaConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return Math.Min(config.ContextLength, LargestContext);
    }

    /// <summary>Checks that the programs can run a model, by what is public of it: its dimensions against the largest that their intervals
    /// hold for, and the constants of its computation.</summary>
    /// <param name="config">The model.</param>
    /// <exception cref="MPCacheException">A number is beyond what the programs declare; the message names it and the
    /// declaration.</exception>
    public static void Check(LlamaConfig config)
    {
        IReadOnlyDictionary<string, long> sizes = ModelDimensions(config);
        foreach ((string name, long max) in All.SelectMany(program => program.Interface.Dimensions))
        {
            if (sizes.TryGetValue(name, out long size) && size > max)
            {
                throw new MPCacheException(
                    Invariant($"the model's {name} is {size}, the programs take at most {max}"),
                    Invariant($"Use a smaller model, or declare [Dim(\"{name}\", Max = {size})] in Llama and build again"));
            }
        }

        foreach ((string name, double low, double high) in All.SelectMany(program => program.Interface.Reals).Where(r => r.Name == "theta"))
        {
            if (!(config.RopeTheta >= low && config.RopeTheta <= high))
            {
                throw new MPCacheException(
                    Invariant($"the model's rotary base {name} is {config.RopeTheta}, the programs take [{low}, {high}]"),
                    "Use another model, or declare a wider range of theta in Llama and build again");
            }
        }

        if (config.NormEpsilon != NormEpsilon)
        {
            throw new MPCacheException(
                Invariant($"the model's norm epsilon (rms_norm_eps) is {config.NormEpsilon}, the programs' is {NormEpsilon}"),
                "Use a model with this norm epsilon, or change it in Normalization.RmsNorm and LlamaPrograms, and build again");
        }
    }

    /// <summary>The dimensions of new states.</summary>
    internal static IReadOnlyDictionary<string, long> CacheDimensions(LlamaConfig config, CachePolicy policy) =>
        ModelDimensions(config).Concat(policy.StateSizes(config)).ToDictionary(d => d.Key, d => d.Value);

    /// <summary>The dimensions that a model determines, by their names in the programs.</summary>
    /// <param name="config">The model.</param>
    public static IReadOnlyDictionary<string, long> ModelDimensions(LlamaConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return new Dictionary<string, long>
        {
            ["dim"] = config.Dim,
            ["hidden"] = config.HiddenDim,
            ["layers"] = config.Layers,
            ["groups"] = config.KeyValueHeads,
            ["repeat"] = config.Heads / config.KeyValueHeads,
            ["size"] = config.HeadSize,
            ["vocabulary"] = config.Vocabulary,
        };
    }

    /// <summary>The dimensions of a call, of which its program takes those that it names.</summary>
    /// <param name="call">The call.</param>
    /// <param name="config">The model.</param>
    internal static IReadOnlyDictionary<string, long> CallDimensions(PolicyCall call, LlamaConfig config)
    {
        IReadOnlyDictionary<string, long> model = ModelDimensions(config);
        return call.Program.Interface.Dimensions.ToDictionary(
            d => d.Name, d => call.Sizes.TryGetValue(d.Name, out long size) ? size : model[d.Name]);
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
