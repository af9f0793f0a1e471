using System.Collections.Generic;
using MPCache.Models.Weights;

namespace MPCache.Cli.Roles;

/// <summary>The dimensions of the Llama programs that a model determines; how many tokens there are, each call says.</summary>
internal static class ModelDimensions
{
    /// <summary>The dimensions by their names in the programs.</summary>
    public static IReadOnlyDictionary<string, long> Of(LlamaConfig config) => new Dictionary<string, long>
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
