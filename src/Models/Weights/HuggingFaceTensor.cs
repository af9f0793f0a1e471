using System;
using System.Collections.Generic;
using System.Globalization;

namespace MPCache.Models.Weights;

/// <summary>A tensor that a Hugging Face Llama checkpoint must have, and where its numbers go.</summary>
/// <param name="Name">Its name in the checkpoint.</param>
/// <param name="Target">Which tensor of a <see cref="LlamaCheckpoint"/> it is, or is one layer of: its index in
/// <see cref="LlamaCheckpoint.Shapes"/>.</param>
/// <param name="Layer">Which layer; 0 where the tensor belongs to none.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="TurnsHalves">Whether its rows come in the order of "rotate half" (see <see cref="RotaryRows"/>).</param>
internal sealed record HuggingFaceTensor(string Name, int Target, int Layer, long[] Shape, bool TurnsHalves)
{
    /// <summary>The index of the classifier in <see cref="LlamaCheckpoint.Shapes"/>.</summary>
    private const int Classifier = 11;

    private static readonly (string Name, int Target)[] OfEachLayer =
    [
        ("input_layernorm", 1), ("self_attn.q_proj", 2), ("self_attn.k_proj", 3), ("self_attn.v_proj", 4), ("self_attn.o_proj", 5),
        ("post_attention_layernorm", 6), ("mlp.gate_proj", 7), ("mlp.down_proj", 8), ("mlp.up_proj", 9),
    ];

    /// <summary>The classifier's name, which a checkpoint that shares it with the embedding may have as well.</summary>
    public const string ClassifierName = "lm_head.weight";

    /// <summary>How many numbers it holds.</summary>
    public long Count => Shape.Length == 1 ? Shape[0] : Shape[0] * Shape[1];

    /// <summary>All tensors of a model, layer after layer; as many as the configuration says, so not to be collected unchecked.</summary>
    /// <param name="config">The configuration.</param>
    public static IEnumerable<HuggingFaceTensor> Of(HuggingFaceConfig config)
    {
        IReadOnlyList<LlamaTensorShape> shapes = LlamaCheckpoint.Shapes(config.Model);
        yield return Whole("model.embed_tokens.weight", 0);
        yield return Whole("model.norm.weight", 10);
        if (!config.SharesClassifier)
        {
            yield return Whole(ClassifierName, Classifier);
        }

        for (int layer = 0; layer < config.Model.Layers; layer++)
        {
            foreach ((string name, int target) in OfEachLayer)
            {
                long[] shape = Array.ConvertAll([.. shapes[target].Dimensions[1..]], size => (long)size);
                bool turns = shapes[target].Name is nameof(LlamaCheckpoint.Query) or nameof(LlamaCheckpoint.Key);
                yield return new HuggingFaceTensor(
                    string.Create(CultureInfo.InvariantCulture, $"model.layers.{layer}.{name}.weight"), target, layer, shape, turns);
            }
        }

        HuggingFaceTensor Whole(string name, int target) =>
            new(name, target, 0, Array.ConvertAll([.. shapes[target].Dimensions], size => (long)size), false);
    }
}
