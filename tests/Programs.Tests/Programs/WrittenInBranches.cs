using static MPCache.Functions;

namespace MPCache.Programs.Tests.Programs;

/// <summary>States that are written where the session decides it.</summary>
[Dim("layers", Max = 4)]
[Dim("held", Max = 64)]
[Dim("new", Max = 8)]
[Dim("rows", Max = 16)]
[Dim("now", Max = 16)]
[Dim("heads", Max = 4)]
[Dim("slots", Max = 16)]
[Dim("dim", Max = 8)]
public static partial class WrittenInBranches
{
    /// <summary>A window of bounded length: rows join it, and the oldest leave it once there are too many.</summary>
    [EntryPoint]
    public static (Tensor Rows, Tensor Sums) Roll(
        Window window, [Owned(Party.Client), Shape("new, dim"), Range(-8, 8)] Tensor rows, int most, int layers)
    {
        int excess = window.Rows.Size(0) + rows.Size(0) - most;
        if (excess > 0 && rows.Size(0) <= most)
        {
            window.Rows = window.Rows.Slice(0, excess, most - rows.Size(0));
        }

        window.Rows = window.Rows.Append(rows);
        Tensor sums = Tensor.Zeros(1, rows.Size(1));
        for (int layer = 0; layer < layers; layer++)
        {
            if (excess > 0 && rows.Size(0) <= most)
            {
                Tensor all = Concat(0, window.Layers[layer], -rows);
                window.Layers[layer] = all.Slice(0, excess, most);
            }
            else
            {
                window.Layers[layer] = window.Layers[layer].Append(-rows);
            }

            sums = (sums + window.Layers[layer].Sum(0)).Within(-4096, 4096);
        }

        return (window.Rows.Reveal(Party.Client), sums.Reveal(Party.Server));
    }

    /// <summary>
    /// Branches in each other, with loops that write, gates on the way to what is written, and a state that is read before, between and
    /// behind. Every way leaves as many rows in all tensors.
    /// </summary>
    [EntryPoint]
    public static (Tensor Before, Tensor Between, Tensor After, Tensor Sums) Turn(
        Window window, [Owned(Party.Client), Shape("new, dim"), Range(-2, 2)] Tensor rows, int way, int layers)
    {
        Tensor before = window.Rows;
        Tensor between = before.Sum(0);
        window.Rows = window.Rows.Append(rows);
        if (way == 1)
        {
            window.Rows = window.Rows.Append((rows * rows).Within(-8, 8));
            between = window.Rows.Sum(0);
            for (int i = 0; i < layers; i++)
            {
                window.Layers[i] = window.Layers[i].Append(Relu(rows));
                window.Layers[i] = window.Layers[i].Append(rows);
            }
        }
        else if (way > 1)
        {
            for (int i = 0; i < layers; i++)
            {
                window.Layers[i] = rows;
            }

            window.Rows = (rows * rows).Within(-8, 8);
            if (way == 3)
            {
                between = window.Rows.Sum(0);
                window.Rows = Concat(0, window.Rows, before);
                window.Rows = window.Rows.Slice(0, 0, rows.Size(0));
            }
        }
        else
        {
            for (int i = 0; i < layers; i++)
            {
                window.Layers[i] = Concat(0, -rows, window.Layers[i]);
            }
        }

        Tensor after = window.Rows;
        return (
            before.Sum(0).Reveal(Party.Client), between.Reveal(Party.Client), after.Reveal(Party.Client),
            (after.Sum(0) * rows.Sum(0)).Within(-4096, 4096).Reveal(Party.Server));
    }

    /// <summary>Each layer in its own way: the loop's counter decides.</summary>
    [EntryPoint]
    public static Tensor Alternate(
        Window window, [Owned(Party.Client), Shape("new, dim"), Range(-8, 8)] Tensor rows, int from, int layers)
    {
        if (from > 0)
        {
            window.Rows = window.Rows.Append(rows);
        }
        else
        {
            window.Rows = Concat(0, rows, window.Rows);
        }

        Tensor sum = window.Rows.Sum(0);
        for (int i = 0; i < layers; i++)
        {
            if (i >= from && i % 2 == 0)
            {
                window.Layers[i] = window.Layers[i].Append(rows);
            }
            else
            {
                window.Layers[i] = Concat(0, Relu(rows), window.Layers[i]);
            }

            sum = (sum + window.Layers[i].Sum(0) * 0.5f).Within(-4096, 4096);
        }

        return sum.Reveal(Party.Client);
    }

    /// <summary>What is selected anew is kept; else the selection of an earlier call goes on.</summary>
    [EntryPoint]
    public static Tensor Choose(
        Choice choice, [Owned(Party.Server), Shape("layers, heads, now"), Range(-8, 8)] Tensor scores,
        [Owned(Party.Client), Shape("heads, now"), Range(-8, 8)] Tensor x,
        [Owned(Party.Client), Shape("heads, rows"), Range(-8, 8)] Tensor before, int step, int slots)
    {
        Tensor sum = Tensor.Zeros(x.Size(0), 1);
        for (int layer = 0; layer < scores.Size(0); layer++)
        {
            Tensor chosen;
            if (step % 2 == 0)
            {
                Selection best = TopK(scores[layer], slots);
                choice.Chosen[layer] = best;
                chosen = Gather(x, best).Sum(1);
            }
            else
            {
                chosen = Gather(before, choice.Chosen[layer]).Sum(1);
            }

            sum = (sum + chosen).Within(-512, 512);
        }

        return sum.Reveal(Party.Client);
    }
}
