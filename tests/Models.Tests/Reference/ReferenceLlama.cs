using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Models.Tests.Reference.Policies;
using MPCache.Models.Weights;

namespace MPCache.Models.Tests.Reference;

/// <summary>
/// The Llama forward pass in plain loops over doubles, one token at a time with a key/value cache, written from the architecture alone:
/// the oracle that compiled programs and constructed models are held against. Under a policy it decides what happens to the cache once the
/// prompt has ended, and what each later token attends to.
/// </summary>
public sealed class ReferenceLlama
{
    private readonly LlamaCheckpoint _weights;
    private readonly LlamaConfig _config;
    private readonly IReferencePolicy? _policy;
    private readonly ReferenceCache[] _caches;
    private readonly List<double[]>[] _promptQueries;
    private readonly List<ReferenceRecord> _records = [];
    private bool _promptEnded;

    public ReferenceLlama(LlamaCheckpoint weights, IReferencePolicy? policy = null)
    {
        _weights = weights;
        _config = weights.Config;
        _policy = policy;
        ReferenceHeads heads = ReferenceHeads.Of(_config);
        _caches = [.. Enumerable.Range(0, _config.Layers).Select(_ => new ReferenceCache(heads))];
        _promptQueries = [.. Enumerable.Range(0, _config.Layers).Select(_ => new List<double[]>())];
    }

    /// <summary>How many tokens it has read.</summary>
    public int Position { get; private set; }

    /// <summary>What the policy did since the prompt ended, step after step, in each of them layer after layer.</summary>
    public IReadOnlyList<ReferenceRecord> Records => _records;

    /// <summary>The extremes of every activation so far.</summary>
    public ActivationExtremes Extremes { get; } = new();

    /// <summary>Appends a token and returns the logits of the next one: [Vocabulary].</summary>
    public double[] Forward(int token)
    {
        int position = Position++;
        double[] x = new double[_config.Dim];
        for (int i = 0; i < _config.Dim; i++)
        {
            x[i] = _weights.TokenEmbedding[(token * _config.Dim) + i];
        }

        Extremes.Residual.Add(x);
        for (int layer = 0; layer < _config.Layers; layer++)
        {
            Attention(x, layer, position);
            FeedForward(x, layer);
        }

        double[] logits = Apply(_weights.Classifier, 0, _config.Vocabulary, Norm(x, _weights.FinalNorm, 0));
        Extremes.Logit.Add(logits);
        return logits;
    }

    /// <summary>Runs a prompt and continues it by the most likely token each time; returns the continuation.</summary>
    public int[] Greedy(IReadOnlyList<int> prompt, int count)
    {
        double[] logits = [];
        foreach (int token in prompt)
        {
            logits = Forward(token);
        }

        int[] continuation = new int[count];
        for (int i = 0; i < count; i++)
        {
            continuation[i] = ArgMax(logits);
            if (i + 1 < count)
            {
                logits = Forward(continuation[i]);
            }
        }

        return continuation;
    }

    /// <summary>Lets the policy evict what it does not keep of the prompt; from now on it attends for every token.</summary>
    public void EndPrompt()
    {
        IReferencePolicy policy = _policy ?? throw new InvalidOperationException("No policy was given.");
        for (int layer = 0; layer < _config.Layers; layer++)
        {
            ReferenceCache cache = _caches[layer];
            cache.Keep(policy.Prefill(layer, _promptQueries[layer], cache.Keys, cache.Values));
        }

        _promptEnded = true;
    }

    /// <summary>The cache of a layer.</summary>
    public ReferenceCache Cache(int layer) => _caches[layer];

    public static int ArgMax(double[] values)
    {
        int best = 0;
        for (int i = 1; i < values.Length; i++)
        {
            if (values[i] > values[best])
            {
                best = i;
            }
        }

        return best;
    }

    private void Attention(double[] x, int layer, int position)
    {
        double[] input = Norm(x, _weights.AttentionNorm, layer);
        double[] query = Apply(_weights.Query, layer, _config.Dim, input);
        double[] key = Apply(_weights.Key, layer, _config.KeyValueDim, input);
        double[] value = Apply(_weights.Value, layer, _config.KeyValueDim, input);
        Rotate(query, position);
        Rotate(key, position);
        _caches[layer].Add(key, value, position);
        Extremes.Query.Add(query);
        Extremes.Key.Add(key);
        Extremes.Value.Add(value);

        double[] mixed = _promptEnded ? Selected(query, layer, position) : Mixed(query, layer);
        Extremes.Mixed.Add(mixed);
        double[] output = Apply(_weights.Output, layer, _config.Dim, mixed);
        Extremes.AttentionOutput.Add(output);
        Accumulate(x, output);
    }

    /// <summary>What the policy attends to: [Dim].</summary>
    private double[] Selected(double[] query, int layer, int position)
    {
        ReferenceCache cache = _caches[layer];
        int[][] tokens = cache.Tokens;
        ReferenceStep step = _policy!.Step(layer, Scaled(query), cache.Keys, cache.Values);
        ReferenceHeads heads = ReferenceHeads.Of(_config);
        int[][] attended = [.. step.Attended.Select((slots, head) => slots.Select(slot => tokens[heads.Group(head)][slot]).ToArray())];
        cache.Keep(step.Remaining);
        _records.Add(new ReferenceRecord(position, layer, attended, cache.Count));
        return step.Output;
    }

    /// <summary>Attention over the whole cache: [Dim].</summary>
    private double[] Mixed(double[] query, int layer)
    {
        if (_policy is not null)
        {
            _promptQueries[layer].Add(Scaled(query));
        }

        int size = _config.HeadSize;
        IReadOnlyList<double[]> keys = _caches[layer].Keys;
        IReadOnlyList<double[]> values = _caches[layer].Values;
        double[] mixed = new double[_config.Dim];
        for (int head = 0; head < _config.Heads; head++)
        {
            int from = head * size;
            int shared = head * _config.KeyValueHeads / _config.Heads * size;
            double[] scores = new double[keys.Count];
            for (int t = 0; t < keys.Count; t++)
            {
                double dot = 0;
                for (int i = 0; i < size; i++)
                {
                    dot += query[from + i] * keys[t][shared + i];
                }

                scores[t] = dot / Math.Sqrt(size);
            }

            Extremes.Score.Add(scores);
            double max = double.NegativeInfinity;
            double min = double.PositiveInfinity;
            foreach (double score in scores)
            {
                max = Math.Max(max, score);
                min = Math.Min(min, score);
            }

            Extremes.ScoreSpread.Add(max - min);
            double sum = 0;
            for (int t = 0; t < keys.Count; t++)
            {
                scores[t] = Math.Exp(scores[t] - max);
                sum += scores[t];
            }

            Extremes.SoftmaxSum.Add(sum);
            for (int t = 0; t < keys.Count; t++)
            {
                for (int i = 0; i < size; i++)
                {
                    mixed[from + i] += scores[t] / sum * values[t][shared + i];
                }
            }
        }

        return mixed;
    }

    private double[] Scaled(double[] query) => [.. query.Select(q => q / Math.Sqrt(_config.HeadSize))];

    private void FeedForward(double[] x, int layer)
    {
        double[] input = Norm(x, _weights.FeedForwardNorm, layer);
        double[] gate = Apply(_weights.Gate, layer, _config.HiddenDim, input);
        double[] up = Apply(_weights.Up, layer, _config.HiddenDim, input);
        Extremes.Gate.Add(gate);
        Extremes.Up.Add(up);
        for (int i = 0; i < gate.Length; i++)
        {
            gate[i] = gate[i] / (1 + Math.Exp(-gate[i])) * up[i];
        }

        Extremes.Product.Add(gate);
        double[] output = Apply(_weights.Down, layer, _config.Dim, gate);
        Extremes.FeedForwardOutput.Add(output);
        Accumulate(x, output);
    }

    private void Accumulate(double[] x, double[] output)
    {
        for (int i = 0; i < x.Length; i++)
        {
            x[i] += output[i];
        }

        Extremes.Residual.Add(x);
    }

    private double[] Norm(double[] x, float[] gains, int layer)
    {
        double square = 0;
        foreach (double value in x)
        {
            square += value * value;
        }

        Extremes.MeanSquare.Add(square / x.Length);
        double scale = 1 / Math.Sqrt((square / x.Length) + _config.NormEpsilon);
        double[] y = new double[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            y[i] = x[i] * scale * gains[(layer * x.Length) + i];
        }

        Extremes.Normed.Add(y);
        return y;
    }

    private void Rotate(double[] vector, int position)
    {
        for (int i = 0; i < vector.Length; i += 2)
        {
            double angle = position * Math.Pow(_config.RopeTheta, -(double)(i % _config.HeadSize) / _config.HeadSize);
            (double sin, double cos) = Math.SinCos(angle);
            (vector[i], vector[i + 1]) = ((vector[i] * cos) - (vector[i + 1] * sin), (vector[i] * sin) + (vector[i + 1] * cos));
        }
    }

    /// <summary>y = W·x for the matrix of a layer in a stack of [layers, rows, x.Length].</summary>
    private static double[] Apply(float[] weights, int layer, int rows, double[] x)
    {
        double[] y = new double[rows];
        int start = layer * rows * x.Length;
        for (int row = 0; row < rows; row++)
        {
            double sum = 0;
            for (int i = 0; i < x.Length; i++)
            {
                sum += weights[start + (row * x.Length) + i] * x[i];
            }

            y[row] = sum;
        }

        return y;
    }
}
