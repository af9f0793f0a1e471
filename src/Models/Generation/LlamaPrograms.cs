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
    /// <summary>The compiled programs of all cache policies.</summary>
    public static IReadOnlyList<CompiledProgram> All { get; } =
    [
        Llama.PrefillPartProgram, Llama.PrefillProgram, Llama.DecodeProgram,
        Llama.PrefillEvictingProgram, Llama.DecodeClustersProgram, Llama.DecodeClustersExactProgram, Llama.DecodeHierarchicalProgram,
        Llama.DecodeHierarchicalExactProgram, Llama.DecodeSelectingAheadProgram, Llama.DecodeLaggedProgram,
        Llama.SummarizeLinearProgram, Llama.SummarizeCoarseLinearProgram, Llama.SummarizeExactProgram, Llama.SummarizeCoarseExactProgram,
        Llama.DecodeStreamingProgram, Llama.DecodeTopTokensProgram, Llama.PrefillSnapKvProgram, Llama.PrefillPartHeavyHittersProgram,
        Llama.PrefillHeavyHittersProgram, Llama.DecodeHeavyHittersProgram, Llama.PrefillTovaProgram, Llama.DecodeTovaProgram,
    ];

    /// <summary>On what both parties must agree before the server tells its model's dimensions.</summary>
    public static IReadOnlyDictionary<string, string> Options { get; } = new Dictionary<string, string>
    {
        ["model"] = "llama",
    };

    /// <summary>Checks a model against the largest dimensions that the programs' intervals hold for.</summary>
    /// <exception cref="MPCacheException">A dimension is larger.</exception>
    internal static void CheckDimensions(LlamaConfig config)
    {
        IReadOnlyDictionary<string, long> sizes = ModelDimensions(config);
        foreach (CompiledProgram program in All)
        {
            foreach ((string name, long max) in program.Interface.Dimensions)
            {
                if (sizes.TryGetValue(name, out long size) && size > max)
                {
                    throw new MPCacheException(
                        string.Create(CultureInfo.InvariantCulture,
                            $"the model's {name} is {size}, the programs take at most {max}"),
                        "Use a smaller model, or declare [Dim] larger in Llama and build again");
                }
            }
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
}
