using static MPCache.Functions;

namespace MPCache.Programs.Tests.Programs;

/// <summary>A state with a single tensor and with one a layer, at scales and rings of its own.</summary>
[State(Grows = "tokens", FractionBits = 14, RingBits = 40)]
public sealed class Memory
{
    [Shape("tokens, dim"), Range(-8, 8)]
    public required Tensor Rows { get; set; }

    [Shape("layers, tokens, 2, dim"), Range(-64, 64)]
    public required Tensor[] Squares { get; set; }
}

[Dim("layers", Max = 4)]
[Dim("tokens", Max = 64)]
[Dim("new", Max = 8)]
[Dim("dim", Max = 16)]
public static partial class Remembering
{
    /// <summary>Appends to both fields, to one of them twice, and computes over what is held before, in between and after.</summary>
    [EntryPoint]
    public static (Tensor Product, Tensor Sums, Tensor Before, Tensor Between) Step(
        Memory memory, [Owned(Party.Client), Shape("new, dim"), Range(-8, 8)] Tensor rows, int layers)
    {
        int added = rows.Size(0);
        int dim = rows.Size(1);
        Tensor before = memory.Rows.Sum(0);
        memory.Rows = memory.Rows.Append(rows);
        Tensor between = memory.Rows.Sum(0);
        memory.Rows = memory.Rows.Append(-rows);
        Tensor squares = (rows * rows).Within(0, 64).Reshape(added, 1, dim);
        Tensor sums = Tensor.Zeros(1, 2, dim);
        for (int layer = 0; layer < layers; layer++)
        {
            Tensor both = Concat(1, squares, -squares);
            memory.Squares[layer] = memory.Squares[layer].Append(Concat(0, both, both));
            sums = (sums + memory.Squares[layer].Sum(0)).Within(-16384, 16384);
        }

        return (
            MatMul(rows, memory.Rows.Transpose()).Reveal(Party.Client),
            sums.Reveal(Party.Server),
            before.Reveal(Party.Client),
            between.Reveal(Party.Client));
    }

    /// <summary>Reads without appending.</summary>
    [EntryPoint]
    public static (Tensor Rows, Tensor Mixed) Read(Memory memory, [Owned(Party.Server), Shape("tokens"), Range(-1, 1)] Tensor factors)
    {
        Tensor row = factors.Reshape(1, factors.Size(0));
        return (memory.Rows.Reveal(Party.Client), MatMul(row, memory.Rows).Reveal(Party.Client));
    }
}
