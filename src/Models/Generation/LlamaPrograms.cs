using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using MPCache.Execution;
using MPCache.Models.Transformers;
using MPCache.Models.Weights;

namespace MPCache.Models.Generation;

/// <summary>The programs of a generation and what is public of them; dealer, server and client take them from here.</summary>
public static class LlamaPrograms
{
    /// <summary>Which cached tokens a step attends to: all of them.</summary>
    public const string Policy = "full";

    /// <summary>The compiled programs.</summary>
    public static IReadOnlyList<CompiledProgram> All { get; } = [Llama.PrefillProgram, Llama.DecodeProgram];

    /// <summary>On what both parties must agree before the server tells its model's dimensions.</summary>
    public static IReadOnlyDictionary<string, string> Options { get; } = new Dictionary<string, string>
    {
        ["model"] = "llama",
        ["policy"] = Policy,
    };

    /// <summary>Checks a model against the largest dimensions that the programs' intervals hold for.</summary>
    /// <exception cref="MPCacheException">A dimension is larger.</exception>
    internal static void CheckDimensions(LlamaConfig config)
    {
        foreach (CompiledProgram program in All)
        {
            IReadOnlyDictionary<string, long> sizes = CallDimensions(program, config, 1, 0);
            foreach ((string name, long max) in program.Interface.Dimensions)
            {
                if (sizes[name] > max)
                {
                    throw new MPCacheException(
                        string.Create(CultureInfo.InvariantCulture,
                            $"the model's {name} is {sizes[name]}, the programs take at most {max}"),
                        "Use a smaller model, or declare [Dim] larger in Llama and build again");
                }
            }
        }
    }

    /// <summary>The dimensions of a new cache.</summary>
    internal static IReadOnlyDictionary<string, long> CacheDimensions(LlamaConfig config) => new Dictionary<string, long>
    {
        ["layers"] = config.Layers,
        ["groups"] = config.KeyValueHeads,
        ["size"] = config.HeadSize,
    };

    /// <summary>The dimensions of a call.</summary>
    /// <param name="program">The program, which takes those that it names.</param>
    /// <param name="config">The model.</param>
    /// <param name="rows">Tokens that the call reads.</param>
    /// <param name="tokens">Tokens that the cache holds before.</param>
    internal static IReadOnlyDictionary<string, long> CallDimensions(CompiledProgram program, LlamaConfig config, int rows, int tokens)
    {
        Dictionary<string, long> all = new()
        {
            ["dim"] = config.Dim,
            ["hidden"] = config.HiddenDim,
            ["layers"] = config.Layers,
            ["groups"] = config.KeyValueHeads,
            ["repeat"] = config.Heads / config.KeyValueHeads,
            ["size"] = config.HeadSize,
            ["vocabulary"] = config.Vocabulary,
            ["rows"] = rows,
            ["tokens"] = tokens,
            ["position"] = tokens,
        };
        return program.Interface.Dimensions.ToDictionary(d => d.Name, d => all[d.Name]);
    }
}
