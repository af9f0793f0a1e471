using static MPCache.Functions;

namespace MPCache.Programs.Tests.Programs;

/// <summary>A state whose tensors are replaced as wholes.</summary>
[State(Grows = "held")]
public sealed class Window
{
    [Shape("held, dim"), Range(-8, 8)]
    public required Tensor Rows { get; set; }

    [Shape("layers, held, dim"), Range(-8, 8)]
    public required Tensor[] Layers { get; set; }
}

[Dim("layers", Max = 4)]
[Dim("held", Max = 32)]
[Dim("new", Max = 8)]
[Dim("kept", Max = 32)]
[Dim("dim", Max = 8)]
public static partial class Replacing
{
    /// <summary>The newest rows stay, more or fewer than before.</summary>
    [EntryPoint]
    public static (Tensor Before, Tensor After, Tensor Sums) Slide(
        Window window, [Owned(Party.Client), Shape("new, dim"), Range(-8, 8)] Tensor rows, int kept, int layers)
    {
        Tensor before = window.Rows;
        Tensor all = Concat(0, before, rows);
        window.Rows = all.Slice(0, all.Size(0) - kept, kept);
        Tensor sums = Tensor.Zeros(1, rows.Size(1));
        for (int layer = 0; layer < layers; layer++)
        {
            Tensor longer = Concat(0, window.Layers[layer], -rows);
            Tensor older = window.Layers[layer].Sum(0);
            window.Layers[layer] = longer.Slice(0, longer.Size(0) - kept, kept);
            sums = (sums + older + window.Layers[layer].Sum(0)).Within(-4096, 4096);
        }

        return (before.Sum(0).Reveal(Party.Client), window.Rows.Reveal(Party.Client), sums.Reveal(Party.Server));
    }

    /// <summary>What is held is forgotten; what replaces it grows at once, and is replaced and grows again.</summary>
    [EntryPoint]
    public static (Tensor Rows, Tensor Forgotten) Restart(
        Window window, [Owned(Party.Server), Shape("new, dim"), Range(-8, 8)] Tensor rows, int layers)
    {
        Tensor forgotten = window.Rows.Sum(0);
        window.Rows = rows;
        window.Rows = window.Rows.Append(-rows);
        window.Rows = Concat(0, window.Rows, rows);
        window.Rows = window.Rows.Append(rows);
        for (int layer = 0; layer < layers; layer++)
        {
            window.Layers[layer] = Concat(0, rows, rows);
            window.Layers[layer] = window.Layers[layer].Append(rows);
            window.Layers[layer] = window.Layers[layer].Append(-rows);
        }

        return (window.Rows.Reveal(Party.Client), forgotten.Reveal(Party.Client));
    }

    /// <summary>What is chosen stays, which takes flights to find; what joins it is there at once, and joins it nevertheless later.</summary>
    [EntryPoint]
    public static (Tensor Rows, Tensor Layer) Settle(
        Window window, [Owned(Party.Client), Shape("new, dim"), Range(-8, 8)] Tensor rows,
        [Owned(Party.Server), Shape("held"), Range(-8, 8)] Tensor scores, int kept)
    {
        Selection stays = TopK(scores, kept).InOrder();
        window.Rows = Gather(window.Rows, stays);
        window.Rows = window.Rows.Append(rows);
        window.Layers[0] = Gather(window.Layers[0], stays);
        window.Layers[0] = window.Layers[0].Append(-rows);
        return (window.Rows.Reveal(Party.Client), window.Layers[0].Reveal(Party.Client));
    }

    /// <summary>Single layers, then pairs in two strides, then single layers behind them.</summary>
    [EntryPoint]
    public static Tensor Stretches(
        Window window, [Owned(Party.Client), Shape("new, dim"), Range(-8, 8)] Tensor rows, int skipped, int pairs, int singles)
    {
        Tensor sum = window.Rows.Sum(0);
        window.Rows = window.Rows.Append(rows);
        for (int i = 0; i < skipped; i++)
        {
            window.Layers[i] = window.Layers[i].Append(rows);
            sum = (sum + window.Layers[i].Sum(0)).Within(-4096, 4096);
        }

        for (int i = 0; i < pairs; i++)
        {
            window.Layers[skipped + 2 * i] = window.Layers[skipped + 2 * i].Append(-rows);
            window.Layers[skipped + 2 * i + 1] = window.Layers[skipped + 2 * i + 1].Append(rows * 0.5f);
            sum = (sum + window.Layers[skipped + 2 * i].Sum(0) - window.Layers[skipped + 2 * i + 1].Sum(0)).Within(-4096, 4096);
        }

        for (int i = 0; i < singles; i++)
        {
            window.Layers[skipped + 2 * pairs + i] = Concat(0, rows, window.Layers[skipped + 2 * pairs + i]);
            sum = (sum + window.Layers[skipped + 2 * pairs + i].Slice(0, 0, 1)).Within(-4096, 4096);
        }

        return sum.Reveal(Party.Client);
    }
}
