using System;

namespace MPCache;

// Choosing rows without showing which: the sizes are public, the choice is not.
public static partial class Functions
{
    /// <summary>
    /// The rows with the <paramref name="count"/> largest scores along the last axis, one choice for each position of the leading axes.
    /// Of equal scores the earlier row counts.
    /// </summary>
    /// <param name="scores">[groups…, n], one score a row.</param>
    /// <param name="count">How many rows each group keeps, from 0 to n.</param>
    /// <returns>The selection of <paramref name="count"/> out of n rows.</returns>
    /// <exception cref="ShapeException">The scores are a scalar.</exception>
    /// <exception cref="MPCacheException">The count is not between 0 and n, or a score is not a number.</exception>
    /// <remarks>
    /// Compiled: a shuffle, comparisons revealed between shuffled rows: a fixed public number of them, 4 flights up to 64 rows, 7 beyond.
    /// Ties are broken by a secret random order, because an order by position would show that scores are equal, and the slots come in a
    /// secret random order. Only <see cref="Selection.InOrder"/> promises one: use what is gathered where the order of rows does not
    /// matter, in a softmax or a sum, or gather after it.
    /// </remarks>
    public static Selection TopK(Tensor scores, int count)
    {
        ArgumentNullException.ThrowIfNull(scores);
        if (scores.Rank == 0)
        {
            throw new ShapeException(
                nameof(TopK),
                $"the shape {Shapes.Text(scores.Shape)} has no rows to choose from",
                "Give one score a row, along the last axis");
        }

        int rows = scores.Size(^1);
        if (count < 0 || count > rows)
        {
            throw new MPCacheException(
                $"{nameof(TopK)}: {count} of the {rows} rows of the shape {Shapes.Text(scores.Shape)} cannot be kept",
                $"Use a count from 0 to {rows}");
        }

        float[] values = scores.Values.ToArray();
        int invalid = Array.FindIndex(values, float.IsNaN);
        if (invalid >= 0)
        {
            throw new MPCacheException(
                $"{nameof(TopK)}: the score at {Shapes.IndexText(invalid, scores.Shape)} is not a number",
                "Find the operation that produced it");
        }

        int[] groups = scores.Shape[..^1].ToArray();
        int[] indices = new int[Shapes.Count(nameof(TopK), [.. groups, count])];
        int[] order = new int[rows];
        for (int group = 0; group * count < indices.Length; group++)
        {
            int start = group * rows;
            Ascending(order);
            Array.Sort(order, (left, right) =>
            {
                int descending = values[start + right].CompareTo(values[start + left]);
                return descending != 0 ? descending : left.CompareTo(right);
            });
            Span<int> kept = indices.AsSpan(group * count, count);
            order.AsSpan(0, count).CopyTo(kept);
            kept.Sort();
        }

        return new Selection(groups, rows, count, indices);
    }

    /// <summary>
    /// All rows of each group, in an order that neither party knows: gathered through it, rows can be revealed without showing where they
    /// stood. The plain meaning leaves them as they stand.
    /// </summary>
    /// <param name="shape">[groups…, n]: the last axis is the rows, the leading ones are the groups, each with an order of its own.</param>
    /// <returns>The selection of n out of n rows.</returns>
    /// <exception cref="ShapeException">There is no size, one is negative, or there are more rows than an array can hold.</exception>
    /// <remarks>Compiled: nothing online; the dealer draws the permutations.</remarks>
    public static Selection Shuffle(params int[] shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (shape.Length == 0)
        {
            throw new ShapeException(
                nameof(Shuffle), $"the shape {Shapes.Text(shape)} has no rows", "Give the number of rows as the last size");
        }

        int rows = shape[^1];
        int[] indices = new int[Shapes.Count(nameof(Shuffle), shape)];
        for (int start = 0; start < indices.Length; start += rows)
        {
            Ascending(indices.AsSpan(start, rows));
        }

        return new Selection(shape[..^1], rows, rows, indices);
    }

    /// <summary>The selected rows: [groups…, n, rest…] → [groups…, k, rest…], for a selection of k out of n rows in each group.</summary>
    /// <param name="x">The rows, [groups…, n, rest…].</param>
    /// <param name="selection">The choice.</param>
    /// <returns>The chosen rows, in the order of the selection's slots.</returns>
    /// <exception cref="ShapeException">The tensor does not begin with the selection's leading axes and its number of rows.</exception>
    /// <remarks>Compiled: a shuffle and a re-mask: 2 flights, and bytes for all n rows.</remarks>
    public static Tensor Gather(Tensor x, Selection selection)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(selection);
        RequireRows(nameof(Gather), x, selection, selection.Rows);
        ReadOnlySpan<int> rest = x.Shape[(selection.Groups.Length + 1)..];
        int[] shape = [.. selection.Groups, selection.Count, .. rest];
        float[] result = new float[Shapes.Count(nameof(Gather), shape)];
        int length = Shapes.Product(rest);
        for (int slot = 0; slot * length < result.Length; slot++)
        {
            x.Values.Slice(SelectedRow(selection, slot) * length, length).CopyTo(result.AsSpan(slot * length));
        }

        return new Tensor(result, shape);
    }

    /// <summary>
    /// Puts slots back where their rows stand: [groups…, k, rest…] → [groups…, n, rest…], for a selection of k out of n rows in each group;
    /// the rows that are not selected are zero.
    /// </summary>
    /// <param name="x">One row a slot, [groups…, k, rest…], in the order of the selection's slots.</param>
    /// <param name="selection">The choice.</param>
    /// <returns>All rows.</returns>
    /// <exception cref="ShapeException">The tensor does not begin with the selection's leading axes and its number of slots.</exception>
    /// <remarks>Compiled: a re-mask and a shuffle back: 3 flights, and bytes for all n rows.</remarks>
    public static Tensor Scatter(Tensor x, Selection selection)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(selection);
        RequireRows(nameof(Scatter), x, selection, selection.Count);
        ReadOnlySpan<int> rest = x.Shape[(selection.Groups.Length + 1)..];
        int[] shape = [.. selection.Groups, selection.Rows, .. rest];
        float[] result = new float[Shapes.Count(nameof(Scatter), shape)];
        int length = Shapes.Product(rest);
        for (int slot = 0; slot * length < x.Values.Length; slot++)
        {
            x.Values.Slice(slot * length, length).CopyTo(result.AsSpan(SelectedRow(selection, slot) * length));
        }

        return new Tensor(result, shape);
    }

    private static void RequireRows(string operation, Tensor x, Selection selection, int rows)
    {
        int[] leading = [.. selection.Groups, rows];
        if (x.Rank < leading.Length || !x.Shape[..leading.Length].SequenceEqual(leading))
        {
            throw new ShapeException(
                operation,
                $"the shape {Shapes.Text(x.Shape)} does not begin with {Shapes.Text(leading)}, "
                + $"as a selection of {selection.Count} out of {selection.Rows} rows needs",
                "Make the leading axes those of the scores that were ranked, and let the rows follow them");
        }
    }

    /// <summary>The row of a slot, both counted through all groups.</summary>
    private static int SelectedRow(Selection selection, int slot) => slot / selection.Count * selection.Rows + selection.Indices[slot];

    private static void Ascending(Span<int> indices)
    {
        for (int i = 0; i < indices.Length; i++)
        {
            indices[i] = i;
        }
    }
}
