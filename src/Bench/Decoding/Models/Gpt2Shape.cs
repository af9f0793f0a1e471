using System.Collections.Generic;
using System.Linq;
using MPCache.Execution;
using MPCache.Models.Policies;
using MPCache.Models.Transformers;
using MPCache.Models.Weights;

namespace MPCache.Bench.Decoding.Models;

/// <summary>A GPT-2 with embedding, layers and classifier.</summary>
/// <param name="Name">What the command line calls it.</param>
/// <param name="Config">Its dimensions.</param>
internal sealed record Gpt2Shape(string Name, LlamaConfig Config) : ModelShape(Name, Config)
{
    /// <inheritdoc/>
    public override ResidentSchema Schema => Gpt2WeightsSchema.Instance;

    /// <inheritdoc/>
    public override IReadOnlyList<(int Rows, int Columns)> Matrices =>
    [
        .. Enumerable.Range(0, Config.Layers).SelectMany(_ => new[]
        {
            (3 * Config.Dim, Config.Dim), (Config.Dim, Config.Dim), (Config.HiddenDim, Config.Dim), (Config.Dim, Config.HiddenDim),
        }),
        (Config.Vocabulary, Config.Dim),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<CompiledProgram> Programs =>
        [Gpt2.PrefillPartProgram, Gpt2.PrefillProgram, Gpt2.DecodeProgram, Gpt2.DecodeHierarchicalProgram];

    /// <inheritdoc/>
    public override CompiledProgram? Decoding(PolicyCall step) =>
        step.Program == Llama.DecodeProgram ? Gpt2.DecodeProgram
        : step.Program == Llama.DecodeHierarchicalProgram ? Gpt2.DecodeHierarchicalProgram
        : null;

    /// <inheritdoc/>
    public override CompiledProgram Prefill(bool last) => last ? Gpt2.PrefillProgram : Gpt2.PrefillPartProgram;

    /// <inheritdoc/>
    public override object Weights()
    {
        RandomWeights random = new();
        (int layers, int dim, int hidden) = (Config.Layers, Config.Dim, Config.HiddenDim);
        return new Gpt2Weights
        {
            Groups = Config.Heads,
            Embedding = random.Table(Config.Vocabulary, dim),
            Positions = random.Table(Config.ContextLength, dim),
            AttentionGain = random.Gain(layers, dim),
            AttentionBias = random.Bias(layers, dim),
            Query = random.Matrix(layers, dim, dim),
            QueryBias = random.Bias(layers, dim),
            Key = random.Matrix(layers, dim, dim),
            KeyBias = random.Bias(layers, dim),
            Value = random.Matrix(layers, dim, dim),
            ValueBias = random.Bias(layers, dim),
            Output = random.Matrix(layers, dim, dim),
            OutputBias = random.Bias(layers, dim),
            FeedForwardGain = random.Gain(layers, dim),
            FeedForwardBias = random.Bias(layers, dim),
            Up = random.Matrix(layers, hidden, dim),
            UpBias = random.Bias(layers, hidden),
            Down = random.Matrix(layers, dim, hidden),
            DownBias = random.Bias(layers, dim),
            FinalGain = random.Gain(dim),
            FinalBias = random.Bias(dim),
        };
    }
}
