using System;
using System.Linq;

namespace MPCache.Models.Tests.Transformers;

/// <summary>Rows of doubles: the arithmetic of reference models, apart from the language's own.</summary>
internal static class Rows
{
    /// <summary>The rows of a matrix, or of one matrix of several.</summary>
    public static double[][] Of(Tensor matrix, int index = 0)
    {
        (int rows, int columns) = (matrix.Size(^2), matrix.Size(^1));
        float[] values = matrix.Values.Slice(index * rows * columns, rows * columns).ToArray();
        return [.. Enumerable.Range(0, rows).Select(r => values.Skip(r * columns).Take(columns).Select(v => (double)v).ToArray())];
    }

    /// <summary>A vector, or one row of a matrix.</summary>
    public static double[] Vector(Tensor vectors, int index = 0) =>
        [.. vectors.Values.Slice(index * vectors.Size(^1), vectors.Size(^1)).ToArray().Select(v => (double)v)];

    /// <summary>x·Wᵀ, and a bias where there is one.</summary>
    public static double[][] Linear(double[][] x, double[][] weight, double[]? bias = null) =>
        [.. x.Select(row => weight.Select((w, o) => Dot(row, w) + (bias?[o] ?? 0)).ToArray())];

    public static double[][] Add(double[][] a, double[][] b) => [.. a.Zip(b, (x, y) => x.Zip(y, (p, q) => p + q).ToArray())];

    public static double[][] LayerNorm(double[][] x, double[] gain, double[] bias) => [.. x.Select(row =>
    {
        double mean = row.Average();
        double deviation = Math.Sqrt(row.Average(v => (v - mean) * (v - mean)) + 1e-5);
        return row.Select((v, i) => (gain[i] * (v - mean) / deviation) + bias[i]).ToArray();
    })];

    public static double[] Softmax(double[] scores)
    {
        double[] weights = [.. scores.Select(s => Math.Exp(s - scores.Max()))];
        return [.. weights.Select(w => w / weights.Sum())];
    }

    /// <summary>x·Φ(x) by the series of the error function, which converges for whatever a small model computes.</summary>
    public static double Gelu(double x)
    {
        double term = x / Math.Sqrt(2 * Math.PI);
        double half = 0;
        for (int n = 0; n < 400; n++)
        {
            half += term / ((2 * n) + 1);
            term *= -x * x / (2 * (n + 1));
        }

        return x * (0.5 + half);
    }

    public static double Silu(double x) => x / (1 + Math.Exp(-x));

    public static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    public static Tensor ToTensor(double[][] rows) =>
        Tensor.From([.. rows.SelectMany(r => r).Select(v => (float)v)], rows.Length, rows[0].Length);
}
