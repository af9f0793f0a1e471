using System;
using System.Collections.Generic;
using System.Linq;

namespace MPCache.Execution;

/// <summary>
/// One tensor of shared weights as a role holds it, in Z_2^64. The server knows W (16-bit integers); the client F = W − B, published once;
/// the dealer the pad B. Rows of the leading axis are contiguous.
/// </summary>
public sealed class ResidentTensor
{
    /// <summary>The property's name.</summary>
    public required string Name { get; init; }

    /// <summary>The shape.</summary>
    public required int[] Shape { get; init; }

    /// <summary>Fraction bits of the 16-bit integers.</summary>
    public required int Scale { get; init; }

    /// <summary>W at the server and in the clear.</summary>
    public short[]? Weights { get; init; }

    /// <summary>F = W − B at the client.</summary>
    public ulong[]? Published { get; init; }

    /// <summary>B at the dealer.</summary>
    public ulong[]? Pad { get; init; }
}

/// <summary>A resident record as one role holds it: its tensors in the schema's order.</summary>
/// <param name="Tensors">The tensors.</param>
public sealed record ResidentStore(IReadOnlyList<ResidentTensor> Tensors)
{
    /// <summary>The tensor of a property.</summary>
    public ResidentTensor this[string name]
    {
        get
        {
            foreach (ResidentTensor tensor in Tensors)
            {
                if (tensor.Name == name)
                {
                    return tensor;
                }
            }

            throw new ArgumentException($"these weights have no '{name}'", nameof(name));
        }
    }
}

/// <summary>One tensor of a state as a role holds it: a masked value that grows by whole rows in place, or is replaced.</summary>
public sealed class StateTensor(int rowSize)
{
    private ulong[] first = [];
    private ulong[] second = [];

    /// <summary>Elements a row.</summary>
    public int RowSize { get; } = rowSize;

    /// <summary>Rows held.</summary>
    public int Rows { get; private set; }

    /// <summary>The whole tensor; it aliases the state and must not be freed.</summary>
    public RingValue Value => new(first, second, Rows * RowSize);

    /// <summary>Appends rows; values read before remain valid and unchanged.</summary>
    public void Append(in RingValue rows)
    {
        int used = Rows * RowSize;
        int needed = checked(used + rows.Count);
        if (needed > first.Length)
        {
            // A cache is the largest thing that a role holds: room for an eighth more, not for as much again.
            int capacity = Math.Max(needed, checked(first.Length + (first.Length / 8)));
            Array.Resize(ref first, capacity);
            Array.Resize(ref second, capacity);
        }

        rows.First.CopyTo(first.AsSpan(used));
        rows.Second.CopyTo(second.AsSpan(used));
        Rows += rows.Count / RowSize;
    }

    /// <summary>
    /// Replaces all rows; values read before remain valid and unchanged. Room for as many rows again remains where there was as much: a state
    /// that loses a row and gains one at every step is not copied for each.
    /// </summary>
    public void Assign(in RingValue rows)
    {
        int capacity = Math.Max(rows.Count, (int)Math.Min(first.Length, 2L * rows.Count));
        first = new ulong[capacity];
        second = new ulong[capacity];
        rows.First.CopyTo(first);
        rows.Second.CopyTo(second);
        Rows = rows.Count / RowSize;
    }
}

/// <summary>A field of a state as one role holds it.</summary>
/// <param name="Name">The property's name.</param>
/// <param name="Tensors">One tensor, or as many as the property's array has.</param>
public sealed record StateFieldStore(string Name, IReadOnlyList<StateTensor> Tensors);

/// <summary>A state as one role holds it.</summary>
/// <param name="Fields">Its fields in the schema's order.</param>
public sealed record StateStore(IReadOnlyList<StateFieldStore> Fields)
{
    /// <summary>The tensors of a property.</summary>
    public IReadOnlyList<StateTensor> this[string name]
    {
        get
        {
            foreach (StateFieldStore field in Fields)
            {
                if (field.Name == name)
                {
                    return field.Tensors;
                }
            }

            throw new ArgumentException($"this state has no '{name}'", nameof(name));
        }
    }

    /// <summary>Rows held, the same in every tensor between calls.</summary>
    /// <exception cref="MPCacheException">A call has appended to some of the tensors and not to others.</exception>
    public int Rows
    {
        get
        {
            int rows = Fields[0].Tensors[0].Rows;
            foreach (StateFieldStore other in Fields)
            {
                foreach (StateTensor tensor in other.Tensors)
                {
                    if (tensor.Rows != rows)
                    {
                        throw new MPCacheException(
                            $"'{Fields[0].Name}' of a state has {rows} rows and '{other.Name}' {tensor.Rows}",
                            "Let every entry point append the same number of rows to all tensors of the state");
                    }
                }
            }

            return rows;
        }
    }

    /// <summary>A state without rows.</summary>
    /// <param name="fields">For each field its name, how many tensors it has, and the elements of one row.</param>
    public static StateStore Empty(IEnumerable<(string Name, int Tensors, int RowSize)> fields) =>
        new([.. fields.Select(
            f => new StateFieldStore(f.Name, [.. Enumerable.Range(0, f.Tensors).Select(_ => new StateTensor(f.RowSize))]))]);
}
