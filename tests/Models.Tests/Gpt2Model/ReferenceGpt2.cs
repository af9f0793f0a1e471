using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Models.Tests.Reference.Policies;
using MPCache.Models.Transformers;

namespace MPCache.Models.Tests.Gpt2Model;

/// <summary>
/// The GPT-2 forward pass in plain loops over doubles, one token at a time with a key-value cache, written from the architecture alone.
/// Under a policy each token after the prompt attends to what the policy selects.
/// </summary>
internal sealed class ReferenceGpt2
{
    private const double Epsilon = 1e-5;
    private const int IntegrationSteps = 400;

    private readonly Gpt2Weights _weights;
    private readonly IReferencePolicy? _policy;
    private readonly int _heads;
    private readonly int _layers;
    private int _position;

    public ReferenceGpt2(Gpt2Weights weights, IReferencePolicy? policy = null)
    {
        _weights = weights;
        _policy = policy;
        _heads = weights.Groups;
        _layers = weights.AttentionGain.Size(0);
        Keys = [.. Enumerable.Range(0, _layers).Select(_ => new List<double[]>())];
        Values = [.. Enumerable.Range(0, _layers).Select(_ => new List<double[]>())];
    }

    /// <summary>For each layer the keys, one row a token.</summary>
    public List<double[]>[] Keys { get; }

    /// <summary>For each layer the values, one row a token.</summary>
    public List<double[]>[] Values { get; }

    /// <summary>Reads a token and returns the logits of the next one.</summary>
    /// <param name="token">The token.</param>
    /// <param name="selects">Whether it attends to what the policy selects.</param>
    public double[] Forward(int token, bool selects = false)
    {
        int dim = _weights.Embedding.Size(1);
        double[] x = new double[dim];
        for (int i = 0; i < dim; i++)
        {
            x[i] = _weights.Embedding.Values[(token * dim) + i] + _weights.Positions.Values[(_position * dim) + i];
        }

        _position++;
        for (int layer = 0; layer < _layers; layer++)
        {
            double[] h = Norm(x, _weights.AttentionGain, _weights.AttentionBias, layer);
            double[] query = Linear(h, _weights.Query, _weights.QueryBias, layer);
            Keys[layer].Add(Linear(h, _weights.Key, _weights.KeyBias, layer));
            Values[layer].Add(Linear(h, _weights.Value, _weights.ValueBias, layer));
            double[] mixed = selects ? Selected(query, layer) : Mixed(query, layer);
            Add(x, Linear(mixed, _weights.Output, _weights.OutputBias, layer));

            double[] g = Norm(x, _weights.FeedForwardGain, _weights.FeedForwardBias, layer);
            double[] hidden = Linear(g, _weights.Up, _weights.UpBias, layer);
            for (int i = 0; i < hidden.Length; i++)
            {
                hidden[i] = hidden[i] / 2 * (1 + Erf(hidden[i] / Math.Sqrt(2)));
            }

            Add(x, Linear(hidden, _weights.Down, _weights.DownBias, layer));
        }

        return Linear(Norm(x, _weights.FinalGain, _weights.FinalBias, 0), _weights.Embedding, null, 0);
    }

    private double[] Selected(double[] query, int layer)
    {
        int size = query.Length / _heads;
        return _policy!.Step(layer, [.. query.Select(q => q / Math.Sqrt(size))], Keys[layer], Values[layer]).Output;
    }

    private double[] Mixed(double[] query, int layer)
    {
        int size = query.Length / _heads;
        double[] mixed = new double[query.Length];
        for (int head = 0; head < _heads; head++)
        {
            int from = head * size;
            double[] weights = new double[Keys[layer].Count];
            for (int t = 0; t < weights.Length; t++)
            {
                double dot = 0;
                for (int i = from; i < from + size; i++)
                {
                    dot += query[i] * Keys[layer][t][i];
                }

                weights[t] = Math.Exp(dot / Math.Sqrt(size));
            }

            double sum = weights.Sum();
            for (int t = 0; t < weights.Length; t++)
            {
                for (int i = from; i < from + size; i++)
                {
                    mixed[i] += weights[t] / sum * Values[layer][t][i];
                }
            }
        }

        return mixed;
    }

    private static double[] Norm(double[] x, Tensor gain, Tensor bias, int layer)
    {
        double mean = x.Average();
        double deviation = Math.Sqrt(x.Sum(v => (v - mean) * (v - mean)) / x.Length + Epsilon);
        double[] y = new double[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            int at = (layer * x.Length) + i;
            y[i] = (x[i] - mean) / deviation * gain.Values[at] + bias.Values[at];
        }

        return y;
    }

    private static double[] Linear(double[] x, Tensor weights, Tensor? bias, int layer)
    {
        int rows = weights.Size(^2);
        double[] y = new double[rows];
        for (int row = 0; row < rows; row++)
        {
            double sum = bias?.Values[(layer * rows) + row] ?? 0;
            for (int i = 0; i < x.Length; i++)
            {
                sum += weights.Values[(((layer * rows) + row) * x.Length) + i] * x[i];
            }

            y[row] = sum;
        }

        return y;
    }

    private static void Add(double[] x, double[] y)
    {
        for (int i = 0; i < x.Length; i++)
        {
            x[i] += y[i];
        }
    }

    /// <summary>2/√π · ∫₀ˣ exp(−t²) dt, by Simpson's rule.</summary>
    private static double Erf(double x)
    {
        double step = x / IntegrationSteps;
        double sum = 1 + Math.Exp(-x * x);
        for (int i = 1; i < IntegrationSteps; i++)
        {
            double t = i * step;
            sum += (i % 2 == 1 ? 4 : 2) * Math.Exp(-t * t);
        }

        return 2 / Math.Sqrt(Math.PI) * sum * step / 3;
    }
}
