using System;
using System.Globalization;
using MPCache.Execution;
using MPCache.Models.Transformers;
using MPCache.Models.Weights;

namespace MPCache.Models.Generation;

/// <summary>The weights of a checkpoint as the compiled programs take them.</summary>
public static class CheckpointWeights
{
    /// <summary>Gives a checkpoint's tensors their declared shapes, and checks that the compiled programs can take them.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <exception cref="MPCacheException">A weight or a dimension is larger than the programs declare.</exception>
    public static LlamaWeights From(LlamaCheckpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        LlamaPrograms.CheckDimensions(checkpoint.Config);
        LlamaWeights weights = Shape(checkpoint);
        foreach (ResidentField field in LlamaWeightsSchema.Instance.Fields)
        {
            CheckRange(field, field.Value(weights));
        }

        return weights;
    }

    private static void CheckRange(ResidentField field, Tensor tensor)
    {
        foreach (float weight in tensor.Values)
        {
            if (!(weight >= field.Low && weight <= field.High))
            {
                throw new MPCacheException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"the model has a weight {weight} in {field.Name}, where the programs take [{field.Low}, {field.High}]"),
                    "Use a model with smaller weights, or declare a wider range in LlamaWeights and build again");
            }
        }
    }

    private static LlamaWeights Shape(LlamaCheckpoint checkpoint)
    {
        LlamaConfig config = checkpoint.Config;
        (int layers, int dim, int hidden) = (config.Layers, config.Dim, config.HiddenDim);
        Tensor embedding = Tensor.From(checkpoint.TokenEmbedding, config.Vocabulary, dim);
        return new LlamaWeights
        {
            Groups = config.KeyValueHeads,
            Repeat = config.Heads / config.KeyValueHeads,
            Embedding = embedding,
            AttentionNorm = Tensor.From(checkpoint.AttentionNorm, layers, dim),
            Query = Tensor.From(checkpoint.Query, layers, dim, dim),
            Key = Tensor.From(checkpoint.Key, layers, config.KeyValueDim, dim),
            Value = Tensor.From(checkpoint.Value, layers, config.KeyValueDim, dim),
            Output = Tensor.From(checkpoint.Output, layers, dim, dim),
            FeedForwardNorm = Tensor.From(checkpoint.FeedForwardNorm, layers, dim),
            Gate = Tensor.From(checkpoint.Gate, layers, hidden, dim),
            Up = Tensor.From(checkpoint.Up, layers, hidden, dim),
            Down = Tensor.From(checkpoint.Down, layers, dim, hidden),
            FinalNorm = Tensor.From(checkpoint.FinalNorm, dim),
            Classifier = checkpoint.SharesClassifier ? embedding : Tensor.From(checkpoint.Classifier, config.Vocabulary, dim),
        };
    }
}
