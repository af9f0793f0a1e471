using System.Collections.Generic;
using System.Linq;
using MPCache.Execution;
using MPCache.Models.Generation;
using MPCache.Models.Policies;
using MPCache.Models.Transformers;
using MPCache.Models.Weights;

namespace MPCache.Bench.Decoding.Models;

/// <summary>A Llama with embedding, layers and classifier.</summary>
/// <param name="Name">What the command line calls it.</param>
/// <param name="Config">Its dimensions.</param>
internal record LlamaShape(string Name, LlamaConfig Config) : ModelShape(Name, Config)
{
    /// <inheritdoc/>
    public override ResidentSchema Schema => LlamaWeightsSchema.Instance;

    /// <inheritdoc/>
    public override IReadOnlyList<(int Rows, int Columns)> Matrices =>
    [
        .. Enumerable.Range(0, Config.Layers).SelectMany(_ => new[]
        {
            (Config.Dim + (2 * Config.KeyValueDim), Config.Dim), (Config.Dim, Config.Dim), (2 * Config.HiddenDim, Config.Dim),
            (Config.Dim, Config.HiddenDim),
        }),
        .. Config.Vocabulary == 1 ? [] : new[] { (Config.Vocabulary, Config.Dim) },
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<CompiledProgram> Programs => LlamaPrograms.All;

    /// <inheritdoc/>
    public override CompiledProgram? Decoding(PolicyCall step) => step.Program;

    /// <inheritdoc/>
    public override CompiledProgram Prefill(bool last) => last ? Llama.PrefillProgram : Llama.PrefillPartProgram;

    /// <inheritdoc/>
    public override object Weights()
    {
        RandomWeights random = new();
        (int layers, int dim, int hidden) = (Config.Layers, Config.Dim, Config.HiddenDim);
        return new LlamaWeights
        {
            Groups = Config.KeyValueHeads,
            Repeat = Config.Heads / Config.KeyValueHeads,
            Embedding = random.Table(Config.Vocabulary, dim),
            AttentionNorm = random.Gain(layers, dim),
            Query = random.Matrix(layers, dim, dim),
            Key = random.Matrix(layers, Config.KeyValueDim, dim),
            Value = random.Matrix(layers, Config.KeyValueDim, dim),
            Output = random.Matrix(layers, dim, dim),
            FeedForwardNorm = random.Gain(layers, dim),
            Gate = random.Matrix(layers, hidden, dim),
            Up = random.Matrix(layers, hidden, dim),
            Down = random.Matrix(layers, dim, hidden),
            FinalNorm = random.Gain(dim),
            Classifier = random.Table(Config.Vocabulary, dim),
        };
    }
}
