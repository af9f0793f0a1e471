using System;
using System.Globalization;
using System.Linq;
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
        LlamaPrograms.Check(checkpoint.Config);
        LlamaWeights weights = Shape(checkpoint);
        foreach (ResidentField field in LlamaWeightsSchema.Instance.Fields)
        {
            CheckRange(field, field.Value(weights));
        }

        return weights;
    }

    /// <summary>Names the weight that is furthest outside, so that one change of the declaration is enough.</summary>
    private static void CheckRange(ResidentField field, Tensor tensor)
    {
        ReadOnlySpan<float> values = tensor.Values;
        int worst = -1;
        double excess = 0;
        for (int i = 0; i < values.Length; i++)
        {
            double outside = float.IsNaN(values[i]) ? double.PositiveInfinity : Math.Max(field.Low - values[i], values[i] - field.High);
            if (outside > excess)
            {
                (worst, excess) = (i, outside);
            }
        }

        if (worst >= 0)
        {
            int[] sizes = [.. Enumerable.Range(0, tensor.Rank).Select(axis => tensor.Size(axis))];
            string place = new LlamaTensorShape(field.Name, [.. sizes]).Element(worst);
            int whole = (int)Math.Min(int.MaxValue, Math.Ceiling(Math.Abs((double)values[worst])));
            throw new MPCacheException(
                Invariant($"the model has the weight {place} = {values[worst]}, where the programs take [{field.Low}, {field.High}]"),
                Invariant($"Use a model with smaller weights, or declare [Range(-{whole}, {whole})] for LlamaWeights.{field.Name} ")
                    + "and build again");
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

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
