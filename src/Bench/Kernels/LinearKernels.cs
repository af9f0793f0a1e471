using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Execution;
using MPCache.Gates;
using MPCache.Ring;

namespace MPCache.Bench.Kernels;

/// <summary>
/// One token through all weights of GPT-2's linear layers, 16 bits each: in plain floating point, as products with ring words, and as the
/// server's gate with its masks and corrections. They are read from memory, because together they are larger than caches.
/// </summary>
internal static class LinearKernels
{
    private const int Layers = 12;
    private const int Batch = 64;
    private const int Ring = 48;

    /// <summary>Outputs and inputs of a layer's matrices: attention, its output, and the two of the feed-forward network.</summary>
    private static readonly (int Outputs, int Inputs)[] Shapes = [(2304, 768), (768, 768), (3072, 768), (768, 3072)];

    /// <summary>All of them.</summary>
    public static IEnumerable<Kernel> All()
    {
        short[][] weights = [.. Enumerable.Range(0, Layers).SelectMany(_ => Shapes).Select(s => Operands.Weights(s.Outputs * s.Inputs))];
        double products = weights.Sum(w => (double)w.Length);
        string size = FormattableString.Invariant($"{products / 1e6:0} M weights of 16 bits");
        int largest = Shapes.Max(s => Math.Max(s.Outputs, s.Inputs));
        float[] x = [.. Operands.Weights(largest).Select(w => (float)w)];
        float[] y = new float[largest];
        ulong[] words = Operands.Words(Batch * largest);
        ulong[] results = new ulong[Batch * largest];
        yield return OfMemory("plain linear layers", size, products, () => Each(weights, (w, s) =>
            PlainLinear.Multiply(w, x.AsSpan(0, s.Inputs), y.AsSpan(0, s.Outputs))));
        yield return OfMemory("linear layers on ring words", size, products, () => Each(weights, (w, s) =>
            RingMatMul.LinearInt16(w, words.AsSpan(0, s.Inputs), results.AsSpan(0, s.Outputs), s.Outputs, s.Inputs, 1)));

        GateStage stage = new();
        ResidentTensor[] residents = [.. weights.Select((w, i) => new ResidentTensor
        {
            Name = "W", Shape = [Shapes[i % Shapes.Length].Outputs, Shapes[i % Shapes.Length].Inputs], Scale = 0, Weights = w,
        })];
        yield return OfMemory("server's linear layers", size, products, () =>
        {
            Run run = stage.Server();
            for (int i = 0; i < residents.Length; i++)
            {
                (int outputs, int inputs) = Shapes[i % Shapes.Length];
                RingValue input = new(words, results, inputs);
                run.Free(ServerLinear.Linear<ServerRole>(run, run.At(i), input, residents[i], -1, outputs, inputs, 1, Ring));
            }
        });
        yield return new Kernel(
            "linear layers, 64 rows", size, products * Batch, "products", () => Each(weights, (w, s) =>
                RingMatMul.LinearInt16(
                    w, words.AsSpan(0, Batch * s.Inputs), results.AsSpan(0, Batch * s.Outputs), s.Outputs, s.Inputs, Batch)))
        {
            Least = KernelGroups.Least(Roofs.Products, products * Batch),
        };
    }

    private static Kernel OfMemory(string name, string size, double products, Action run) => new(name, size, products, "products", run)
    {
        Least = KernelGroups.Least(Roofs.Memory, products * sizeof(short)),
    };

    private static void Each(short[][] weights, Action<short[], (int Outputs, int Inputs)> multiply)
    {
        for (int i = 0; i < weights.Length; i++)
        {
            multiply(weights[i], Shapes[i % Shapes.Length]);
        }
    }
}
