using System;
using System.Linq;
using Xunit;
using static MPCache.Functions;
using static MPCache.Runtime.Tests.Dsl.Reference;

namespace MPCache.Runtime.Tests.Dsl;

/// <summary>A small program with every annotation in place: it reads as the language promises, and runs as it stands.</summary>
public class ProgramTests
{
    [Fact]
    public void A_decoding_step_over_a_growing_cache()
    {
        LayerWeights weights = new(
            Query: Reference.Random(1, 8, 6),
            Key: Reference.Random(2, 4, 6),
            Value: Reference.Random(3, 4, 6),
            Output: Reference.Random(4, 6, 8));
        LayerCache cache = new(Tensor.Zeros(0, 1, 4), Tensor.Zeros(0, 1, 4));
        Tensor tokens = Reference.Random(5, 7, 6);

        // Prefill of four tokens and three steps of one token agree with one prefill of seven.
        LayerCache whole = new(Tensor.Zeros(0, 1, 4), Tensor.Zeros(0, 1, 4));
        Tensor expected = Layer.Forward(tokens, weights, whole);
        Tensor actual = Layer.Forward(tokens.Slice(0, 0, 4), weights, cache);
        for (int token = 4; token < 7; token++)
        {
            actual = actual.Append(Layer.Forward(tokens.Slice(0, token, 1), weights, cache));
        }

        Equal([7, 6], i => At(expected, i), actual, relative: 1e-5);

        // The last token, written out.
        Tensor keys = whole.Keys.Reshape(7, 4);
        Tensor values = whole.Values.Reshape(7, 4);
        Tensor queries = RotaryEmbedding(Linear(tokens, weights.Query).Reshape(7, 2, 4), 0, 10000);
        double[] mixed = new double[8];
        for (int head = 0; head < 2; head++)
        {
            double[] scores = [.. Enumerable.Range(0, 7).Select(t =>
                Math.Exp(Enumerable.Range(0, 4).Sum(d => At(queries, 6, head, d) * At(keys, t, d)) / 2))];
            for (int d = 0; d < 4; d++)
            {
                mixed[head * 4 + d] = Enumerable.Range(0, 7).Sum(t => scores[t] * At(values, t, d)) / scores.Sum();
            }
        }

        Equal([6], i => Enumerable.Range(0, 8).Sum(d => At(weights.Output, i[0], d) * mixed[d]), actual[6], relative: 1e-4);
    }

    [Fact]
    public void Annotations_default_to_sixteen_bits_on_a_local_network()
    {
        EntryPointAttribute entry = new();
        Assert.Equal((16, Network.Lan), (entry.FractionBits, entry.Networks));
        DimAttribute dim = new("tokens") { Max = 4096, Typical = 512 };
        Assert.Equal(("tokens", 4096, 512), (dim.Name, dim.Max, dim.Typical));
        RangeAttribute range = new(-8, 8);
        Assert.Equal((-8.0, 8.0), (range.Low, range.High));
    }

    [Resident(Party.Server)]
    private sealed record LayerWeights(
        [Shape("2*size, dim"), Range(-2, 2)] Tensor Query,
        [Shape("size, dim"), Range(-2, 2)] Tensor Key,
        [Shape("size, dim"), Range(-2, 2)] Tensor Value,
        [Shape("dim, 2*size"), Range(-2, 2)] Tensor Output);

    [State]
    private sealed class LayerCache(Tensor keys, Tensor values)
    {
        [Shape("tokens, 1, size"), Range(-32, 32)]
        public Tensor Keys { get; set; } = keys;

        [Shape("tokens, 1, size"), Range(-32, 32)]
        public Tensor Values { get; set; } = values;
    }

    [Dim("tokens", Max = 64, Typical = 16), Dim("rows", Max = 16)]
    private static class Layer
    {
        [EntryPoint(FractionBits = 16, Networks = Network.Lan | Network.Wan)]
        public static Tensor Forward(
            [Shape("rows, dim"), Range(-2, 2), Owned(Party.Client)] Tensor x, LayerWeights weights, LayerCache cache)
        {
            int rows = x.Size(0);
            int size = weights.Key.Size(0);
            int position = cache.Keys.Size(0);
            Tensor query = RotaryEmbedding(Linear(x, weights.Query).Reshape(rows, 2, size), position, 10000);
            cache.Keys = cache.Keys.Append(RotaryEmbedding(Linear(x, weights.Key).Reshape(rows, 1, size), position, 10000));
            cache.Values = cache.Values.Append(Linear(x, weights.Value).Reshape(rows, 1, size));
            Tensor mixed = Attend(query.Permute(1, 0, 2), cache.Keys, cache.Values);
            return Linear(mixed.Permute(1, 0, 2).Reshape(rows, 2 * size), weights.Output).Within(-1000, 1000).Reveal(Party.Client);
        }

        [Protocol]
        private static Tensor Attend(Tensor query, Tensor keys, Tensor values)
        {
            // One key/value head serves all query heads, so heads and rows are one axis.
            (int heads, int rows, int size, int tokens) = (query.Size(0), query.Size(1), query.Size(2), keys.Size(0));
            Tensor flat = query.Reshape(heads * rows, size);
            Tensor scores = MatMul(flat, keys.Reshape(tokens, size).Transpose()) * InverseSqrt(size);
            Tensor weights = Softmax(scores.Reshape(heads, rows, tokens), CausalMask(rows, tokens));
            return MatMul(weights.Reshape(heads * rows, tokens), values.Reshape(tokens, size)).Reshape(heads, rows, size);
        }
    }
}
