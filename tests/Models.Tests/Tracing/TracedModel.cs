using System.Collections.Generic;
using System.Linq;
using MPCache.Execution;
using MPCache.Models.Generation;
using MPCache.Models.Transformers;
using MPCache.Models.Weights;

namespace MPCache.Models.Tests.Tracing;

/// <summary>A checkpoint as the compiled programs take it, and the arguments of a plain run of them.</summary>
public sealed class TracedModel
{
    private readonly LlamaConfig _config;

    public TracedModel(LlamaCheckpoint checkpoint)
    {
        _config = checkpoint.Config;
        Weights = CheckpointWeights.From(checkpoint);
    }

    public LlamaWeights Weights { get; }

    public double Theta => _config.RopeTheta;

    public IReadOnlyDictionary<string, long> CacheDimensions => new Dictionary<string, long>
    {
        ["layers"] = _config.Layers,
        ["groups"] = _config.KeyValueHeads,
        ["size"] = _config.HeadSize,
    };

    public KeyValueCache EmptyCache() => new()
    {
        Keys = [.. Enumerable.Range(0, _config.Layers).Select(_ => Tensor.Zeros(0, _config.KeyValueHeads, _config.HeadSize))],
        Values = [.. Enumerable.Range(0, _config.Layers).Select(_ => Tensor.Zeros(0, _config.KeyValueHeads, _config.HeadSize))],
    };

    public PlainState EmptyState() => new(
    [
        ("Keys", _config.Layers, [_config.KeyValueHeads, _config.HeadSize]),
        ("Values", _config.Layers, [_config.KeyValueHeads, _config.HeadSize]),
    ]);

    public static Tensor Tokens(params int[] tokens) => Tensor.From([.. tokens.Select(t => (float)t)], tokens.Length);

    public PlainFrame Frame(CompiledProgram program, PlainState cache, Tensor input, int before)
    {
        Dictionary<string, long> sizes = new(CacheDimensions)
        {
            ["dim"] = _config.Dim,
            ["hidden"] = _config.HiddenDim,
            ["repeat"] = _config.Heads / _config.KeyValueHeads,
            ["vocabulary"] = _config.Vocabulary,
            ["rows"] = input.Size(0),
            ["tokens"] = before,
            ["position"] = before,
        };
        return new PlainFrame
        {
            Dimensions = [.. program.Interface.Dimensions.Select(d => sizes[d.Name])],
            Inputs = [input],
            Reals = [Theta],
            Residents = [new PlainResident(LlamaWeightsSchema.Instance, Weights)],
            States = [cache],
            Outputs = new Tensor[1],
        };
    }
}
