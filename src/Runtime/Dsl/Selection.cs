using System;

namespace MPCache;

/// <summary>
/// A secret choice of rows: for each group, which of its <see cref="Rows"/> rows fill the <see cref="Count"/> slots, each row at most
/// once. How many is public and the same in every group; which ones never is, so a selection has no indices to read.
/// <see cref="Functions.TopK"/> and <see cref="Functions.Shuffle"/> make one, <see cref="Functions.Gather"/> and
/// <see cref="Functions.Scatter"/> use it, as often as wanted.
/// </summary>
/// <remarks>
/// Compiled: a permutation that neither party knows and revealed positions among the permuted rows. Slots come in a secret random order
/// unless <see cref="InOrder"/> says otherwise. Plain: slots are ascending already.
/// </remarks>
public sealed class Selection
{
    private readonly int[] _groups;
    private readonly int[] _indices;

    /// <summary>Takes over the chosen rows, distinct and ascending in each group, which must not change afterwards.</summary>
    internal Selection(int[] groups, int rows, int count, int[] indices)
    {
        _groups = groups;
        _indices = indices;
        Rows = rows;
        Count = count;
    }

    /// <summary>The number of rows that each group chooses from.</summary>
    public int Rows { get; }

    /// <summary>The number of rows that each group chooses, from 0 to <see cref="Rows"/>.</summary>
    public int Count { get; }

    /// <summary>The leading axes, one selection for each of their positions.</summary>
    internal ReadOnlySpan<int> Groups => _groups;

    /// <summary>The chosen rows, [groups…, count].</summary>
    internal ReadOnlySpan<int> Indices => _indices;

    /// <summary>The selection as a state keeps it.</summary>
    /// <returns>[rows, groups…]: each row's slot, from 1, or 0 where it is not chosen.</returns>
    internal Tensor ToSlots()
    {
        int groups = Shapes.Product(_groups);
        float[] slots = new float[Rows * groups];
        for (int i = 0; i < _indices.Length; i++)
        {
            slots[(_indices[i] * groups) + (i / Count)] = (i % Count) + 1;
        }

        return new Tensor(slots, [Rows, .. _groups]);
    }

    /// <summary>The selection that <see cref="ToSlots"/> wrote.</summary>
    internal static Selection FromSlots(Tensor slots, int count)
    {
        int rows = slots.Size(0);
        int[] groups = slots.Shape[1..].ToArray();
        int number = Shapes.Product(groups);
        int[] indices = new int[number * count];
        ReadOnlySpan<float> values = slots.Values;
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] > 0)
            {
                indices[((i % number) * count) + (int)values[i] - 1] = i / number;
            }
        }

        return new Selection(groups, rows, count, indices);
    }

    /// <summary>
    /// The same rows with the slots in the order in which the rows stand. Needed only where that order matters; sums and softmax over the
    /// slots do not depend on it.
    /// </summary>
    /// <returns>The ordered selection. The plain meaning is the identity.</returns>
    /// <remarks>
    /// Compiled: the keep bits are shuffled back and counted, and the counts shuffled under an independent permutation and revealed where
    /// kept; more flights than the selection itself, meant for what happens once.
    /// </remarks>
    public Selection InOrder()
    {
        return this;
    }
}
