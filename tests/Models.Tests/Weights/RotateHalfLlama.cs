using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.TestSupport;

namespace MPCache.Models.Tests.Weights;

/// <summary>
/// A Llama over the tensors of a Hugging Face checkpoint by their names, with the rotary embedding that they are made for ("rotate half"):
/// written from transformers' modeling_llama.py, over whole prompts and without a cache, so that it shares nothing with what it checks.
/// </summary>
internal sealed class RotateHalfLlama(HuggingFaceFolder model)
{
    private readonly int _heads = Setting(model, "num_attention_heads");
    private readonly int _groups = Setting(model, "num_key_value_heads");
    private readonly int _layers = Setting(model, "num_hidden_layers");
    private readonly double _theta = model.Settings["rope_theta"]!.GetValue<double>();
    private readonly double _epsilon = model.Settings["rms_norm_eps"]!.GetValue<double>();

    /// <summary>The logits after a prompt.</summary>
    public double[] Logits(IReadOnlyList<int> prompt)
    {
        double[][] x = [.. prompt.Select(token => Row("model.embed_tokens.weight", token))];
        for (int layer = 0; layer < _layers; layer++)
        {
            string prefix = $"model.layers.{layer}.";
            double[][] h = [.. x.Select(row => Norm(row, prefix + "input_layernorm.weight"))];
            double[][] attended = Attend(
                [.. h.Select((row, t) => Rotate(Times(prefix + "self_attn.q_proj.weight", row), _heads, t))],
                [.. h.Select((row, t) => Rotate(Times(prefix + "self_attn.k_proj.weight", row), _groups, t))],
                [.. h.Select(row => Times(prefix + "self_attn.v_proj.weight", row))]);
            for (int t = 0; t < x.Length; t++)
            {
                x[t] = Sum(x[t], Times(prefix + "self_attn.o_proj.weight", attended[t]));
                double[] g = Norm(x[t], prefix + "post_attention_layernorm.weight");
                double[] gate = Times(prefix + "mlp.gate_proj.weight", g);
                double[] up = Times(prefix + "mlp.up_proj.weight", g);
                x[t] = Sum(x[t], Times(prefix + "mlp.down_proj.weight", [.. gate.Select((v, i) => v / (1 + Math.Exp(-v)) * up[i])]));
            }
        }

        bool tied = model.Settings["tie_word_embeddings"]!.GetValue<bool>();
        return Times(tied ? "model.embed_tokens.weight" : "lm_head.weight", Norm(x[^1], "model.norm.weight"));
    }

    private static int Setting(HuggingFaceFolder model, string name) => model.Settings[name]!.GetValue<int>();

    private static double[] Sum(double[] a, double[] b) => [.. a.Zip(b, (u, v) => u + v)];

    private double[][] Attend(double[][] queries, double[][] keys, double[][] values)
    {
        int size = queries[0].Length / _heads;
        double[][] mixed = [.. queries.Select(q => new double[q.Length])];
        for (int head = 0; head < _heads; head++)
        {
            // repeat_kv: consecutive query heads share a key-value head.
            int group = head / (_heads / _groups);
            for (int t = 0; t < queries.Length; t++)
            {
                double[] scores = [.. Enumerable.Range(0, t + 1).Select(s =>
                    Enumerable.Range(0, size).Sum(i => queries[t][(head * size) + i] * keys[s][(group * size) + i]) / Math.Sqrt(size))];
                double[] weights = [.. scores.Select(score => Math.Exp(score - scores.Max()))];
                for (int i = 0; i < size; i++)
                {
                    mixed[t][(head * size) + i] = weights.Select((w, s) => w * values[s][(group * size) + i]).Sum() / weights.Sum();
                }
            }
        }

        return mixed;
    }

    /// <summary>x · cos + rotate_half(x) · sin, for each head.</summary>
    private double[] Rotate(double[] x, int heads, int position)
    {
        int size = x.Length / heads;
        int half = size / 2;
        return [.. x.Select((value, i) =>
        {
            int inHead = i % size;
            double angle = position / Math.Pow(_theta, 2.0 * (inHead % half) / size);
            double rotated = inHead < half ? -x[i + half] : x[i - half];
            return (value * Math.Cos(angle)) + (rotated * Math.Sin(angle));
        })];
    }

    private double[] Norm(double[] x, string gain)
    {
        double scale = 1 / Math.Sqrt(x.Average(v => v * v) + _epsilon);
        return [.. x.Zip(model.Tensors[gain].Values, (v, g) => v * scale * g)];
    }

    private double[] Row(string matrix, int row)
    {
        (long[] shape, float[] values) = model.Tensors[matrix];
        return [.. values.Skip(row * (int)shape[1]).Take((int)shape[1]).Select(v => (double)v)];
    }

    private double[] Times(string matrix, double[] x) =>
        [.. Enumerable.Range(0, (int)model.Tensors[matrix].Shape[0]).Select(row => Row(matrix, row).Zip(x, (w, v) => w * v).Sum())];
}
