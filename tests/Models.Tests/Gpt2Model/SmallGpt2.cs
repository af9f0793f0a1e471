using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Models.Transformers;
using MPCache.Models.Weights;

namespace MPCache.Models.Tests.Gpt2Model;

/// <summary>A GPT-2 of random weights whose attention is far from uniform and whose residual stream has a few large channels.</summary>
internal static class SmallGpt2
{
    public const int Context = 128;

    /// <summary>The dimensions as cache policies take them.</summary>
    public static LlamaConfig Config { get; } = new(16, 24, 3, 2, 2, 40, Context);

    public static IReadOnlyDictionary<string, long> CacheDimensions { get; } = new Dictionary<string, long>
    {
        ["layers"] = Config.Layers, ["groups"] = Config.Heads, ["size"] = Config.HeadSize,
    };

    public static Gpt2Weights Weights(int seed)
    {
        Random random = new(seed);
        (int layers, int dim, int hidden) = (Config.Layers, Config.Dim, Config.HiddenDim);
        Tensor outlying = Draw(0, 0.5, layers, dim);
        float[] downBias = [.. outlying.Values];
        downBias[3] = 12;
        downBias[dim + 3] = -14;
        return new Gpt2Weights
        {
            Groups = Config.Heads,
            Embedding = Draw(0, 1, Config.Vocabulary, dim),
            Positions = Draw(0, 0.5, Context, dim),
            AttentionGain = Draw(1, 0.5, layers, dim),
            AttentionBias = Draw(0, 0.5, layers, dim),
            Query = Draw(0, 0.6, layers, dim, dim),
            QueryBias = Draw(0, 0.5, layers, dim),
            Key = Draw(0, 0.6, layers, dim, dim),
            KeyBias = Draw(0, 0.5, layers, dim),
            Value = Draw(0, 0.4, layers, dim, dim),
            ValueBias = Draw(0, 0.5, layers, dim),
            Output = Draw(0, 0.4, layers, dim, dim),
            OutputBias = Draw(0, 0.5, layers, dim),
            FeedForwardGain = Draw(1, 0.5, layers, dim),
            FeedForwardBias = Draw(0, 0.5, layers, dim),
            Up = Draw(0, 0.5, layers, hidden, dim),
            UpBias = Draw(0, 0.5, layers, hidden),
            Down = Draw(0, 0.5, layers, dim, hidden),
            DownBias = Tensor.From(downBias, layers, dim),
            FinalGain = Draw(1, 0.5, dim),
            FinalBias = Draw(0, 0.5, dim),
        };

        Tensor Draw(double middle, double reach, params int[] shape) => Tensor.From(
            [.. Enumerable.Range(0, shape.Aggregate((a, b) => a * b)).Select(
                _ => (float)(middle + (reach * ((2 * random.NextDouble()) - 1))))],
            shape);
    }

    public static int[] Prompt(int tokens) => [.. Enumerable.Range(0, tokens).Select(i => (7 * i * i + 3 * i + 1) % Config.Vocabulary)];

    public static Tensor Tokens(params int[] tokens) => Tensor.From([.. tokens.Select(t => (float)t)], tokens.Length);

    public static KeyValueCache EmptyCache() => new()
    {
        Keys = [.. Enumerable.Range(0, Config.Layers).Select(_ => Tensor.Zeros(0, Config.Heads, Config.HeadSize))],
        Values = [.. Enumerable.Range(0, Config.Layers).Select(_ => Tensor.Zeros(0, Config.Heads, Config.HeadSize))],
    };
}
