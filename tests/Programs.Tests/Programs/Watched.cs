using static MPCache.Functions;

namespace MPCache.Programs.Tests.Programs;

/// <summary>Selections whose whole traffic is watched; the asserted ranges are narrow, so that inputs can leave them.</summary>
[Dim("heads", Max = 8, Typical = 8)]
[Dim("rows", Max = 256, Typical = 8)]
[Dim("dim", Max = 8, Typical = 2)]
public static partial class Watched
{
    /// <summary>Attention over the best keys, and the rows of the best in their order: orders and slots are revealed.</summary>
    [EntryPoint]
    public static (Tensor Attended, Tensor Ordered) Attend(
        [Owned(Party.Client), Shape("heads, 1, dim"), Range(-8, 8)] Tensor query,
        [Owned(Party.Server), Shape("heads, rows, dim"), Range(-8, 8)] Tensor keys,
        [Owned(Party.Server), Shape("heads, rows, dim"), Range(-4, 4)] Tensor values, int count)
    {
        int heads = query.Size(0);
        int rows = keys.Size(1);
        Tensor scores = MatMul(query, keys.Transpose()).Within(-4, 4).Reshape(heads, rows);
        Selection best = TopK(scores, count);
        Tensor probabilities = Scatter(Softmax(Gather(scores, best)), best);
        Tensor attended = MatMul(probabilities.Reshape(heads, 1, rows), values);
        return (attended.Reveal(Party.Client), Gather(values, best.InOrder()).Reveal(Party.Client));
    }

    /// <summary>
    /// Attention as it is compiled for a wide area: a coarse maximum, and the best of fours.
    /// </summary>
    [EntryPoint(Networks = Network.Wan)]
    public static (Tensor Attended, Tensor Best) Distant(
        [Owned(Party.Client), Shape("heads, 1, dim"), Range(-8, 8)] Tensor query,
        [Owned(Party.Server), Shape("heads, rows, dim"), Range(-8, 8)] Tensor keys,
        [Owned(Party.Server), Shape("heads, rows, dim"), Range(-4, 4)] Tensor values)
    {
        Tensor scores = MatMul(query, keys.Transpose()).Within(-4, 4);
        return (MatMul(Softmax(scores), values).Reveal(Party.Client), ArgMax(scores).Reveal(Party.Client));
    }

    /// <summary>Attention over all keys while there are few, over the best where there are many.</summary>
    [EntryPoint]
    public static Tensor Depending(
        [Owned(Party.Client), Shape("heads, 1, dim"), Range(-8, 8)] Tensor query,
        [Owned(Party.Server), Shape("heads, rows, dim"), Range(-8, 8)] Tensor keys,
        [Owned(Party.Server), Shape("heads, rows, dim"), Range(-4, 4)] Tensor values, int few, int count)
    {
        int heads = query.Size(0);
        int rows = keys.Size(1);
        Tensor scores = MatMul(query, keys.Transpose()).Within(-4, 4).Reshape(heads, rows);
        Tensor attended;
        if (rows <= few)
        {
            attended = MatMul(Softmax(scores).Reshape(heads, 1, rows), values);
        }
        else
        {
            Selection best = TopK(scores, count);
            attended = MatMul(Softmax(Gather(scores, best)).Reshape(heads, 1, count), Gather(values, best));
        }

        return attended.Reveal(Party.Client);
    }

    /// <summary>A state that one branch replaces by what it selects, and the other one extends; read behind both.</summary>
    [EntryPoint]
    public static Tensor Storing(
        WatchedRows state, [Owned(Party.Client), Shape("heads, 1, dim"), Range(-8, 8)] Tensor query,
        [Owned(Party.Server), Shape("heads, rows, dim"), Range(-8, 8)] Tensor keys, int few, int count)
    {
        int heads = query.Size(0);
        int rows = keys.Size(1);
        int dim = keys.Size(2);
        if (rows <= few)
        {
            state.Rows = state.Rows.Append(Relu(Relu(keys * query) - query).Within(-64, 64).Reshape(heads * rows, dim));
        }
        else
        {
            Selection best = TopK(MatMul(query, keys.Transpose()).Within(-4, 4).Reshape(heads, rows), count);
            state.Rows = Gather(keys, best).Reshape(heads * count, dim);
        }

        return (state.Rows.Sum(0) * query[0]).Within(-512, 512).Reveal(Party.Client);
    }

    /// <summary>
    /// Two selections by the same scores, one of them among the rows of the other: their orders must have nothing in common.
    /// </summary>
    [EntryPoint]
    public static Tensor Twice(
        [Owned(Party.Client), Shape("heads, rows"), Range(-8, 8)] Tensor scores,
        [Owned(Party.Server), Shape("heads, rows"), Range(-8, 8)] Tensor bias)
    {
        int rows = scores.Size(1);
        Tensor keys = (scores + bias).Within(-2, 2);
        Selection first = TopK(keys, rows);
        Tensor again = Gather(keys, first);
        Selection second = TopK(again, 1);
        return Gather(again, second).Reveal(Party.Client);
    }
}

/// <summary>Rows between calls.</summary>
[State(Grows = "held")]
public sealed class WatchedRows
{
    [Shape("held, dim"), Range(-64, 64)]
    public required Tensor Rows { get; set; }
}
