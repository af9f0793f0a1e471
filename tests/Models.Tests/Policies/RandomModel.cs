using System;
using System.Linq;
using MPCache.Models.Weights;

namespace MPCache.Models.Tests.Policies;

/// <summary>Models of random weights whose attention is far from uniform.</summary>
internal static class RandomModel
{
    public static LlamaCheckpoint Create(LlamaConfig config, int seed)
    {
        LlamaCheckpoint model = new(config, sharedClassifier: false);
        Random random = new(seed);
        foreach ((LlamaTensorShape shape, float[] values) in model.Tensors)
        {
            float scale = shape.Name is nameof(model.Query) or nameof(model.Key) ? 5 : 1.6f;
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = (random.NextSingle() - 0.5f) * scale;
            }
        }

        return model;
    }

    public static int[] Prompt(LlamaConfig config, int tokens)
    {
        Random random = new(tokens);
        return [.. Enumerable.Range(0, tokens).Select(_ => random.Next(config.Vocabulary))];
    }
}
