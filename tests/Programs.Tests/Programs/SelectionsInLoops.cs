using static MPCache.Functions;

namespace MPCache.Programs.Tests.Programs;

[Dim("layers", Max = 4, Typical = 2)]
[Dim("heads", Max = 4, Typical = 2)]
[Dim("rows", Max = 256, Typical = 64)]
[Dim("pairs", Max = 128, Typical = 8)]
[Dim("dim", Max = 8, Typical = 4)]
public static partial class SelectionsInLoops
{
    /// <summary>Each layer chooses for itself; two gathers share a choice, which a protocol made and another uses.</summary>
    [EntryPoint]
    public static Tensor Layered(
        [Owned(Party.Client), Shape("layers, heads, rows"), Range(-8, 8)] Tensor scores,
        [Owned(Party.Server), Shape("layers, heads, rows, dim"), Range(-4, 4)] Tensor values, int count)
    {
        Tensor sum = Tensor.Zeros(scores.Size(1), 1, values.Size(3));
        for (int layer = 0; layer < scores.Size(0); layer++)
        {
            Selection best = Best(scores[layer], count);
            sum = (sum + Mixed(scores[layer], values[layer], best)).Within(-32768, 32768);
        }

        return sum.Reveal(Party.Client);
    }

    /// <summary>A choice made before the loop is used in every step, and one in order that is made in each.</summary>
    [EntryPoint]
    public static Tensor Shared(
        [Owned(Party.Client), Shape("heads, rows"), Range(-8, 8)] Tensor scores,
        [Owned(Party.Server), Shape("layers, heads, rows, 2, dim"), Range(-4, 4)] Tensor values, int count)
    {
        Selection once = Best(scores, count);
        Tensor sum = Tensor.Zeros(scores.Size(0), count, 2, values.Size(4));
        for (int layer = 0; layer < values.Size(0); layer++)
        {
            Tensor placed = Scatter(Gather(values[layer], once), once);
            sum = (sum + Gather(placed, Ordered(once))).Within(-64, 64);
        }

        return sum.Reveal(Party.Client);
    }

    /// <summary>Loops two deep around TopK, which is a loop itself.</summary>
    [EntryPoint]
    public static Tensor Nested(
        [Owned(Party.Client), Shape("layers, heads, rows"), Range(-8, 8)] Tensor scores, int count, int steps)
    {
        Tensor sum = Tensor.Zeros(1);
        for (int layer = 0; layer < scores.Size(0); layer++)
        {
            for (int step = 0; step < steps; step++)
            {
                Selection best = TopK(scores[layer], count);
                sum = (sum + Gather(scores[layer], best).Sum(0).Sum(1).Reshape(1)).Within(-16384, 16384);
            }
        }

        return sum.Reveal(Party.Client);
    }

    /// <summary>Loops three deep: of so few rows all pairs are compared, and TopK is no loop.</summary>
    [EntryPoint]
    public static Tensor Deep([Owned(Party.Client), Shape("layers, heads, 12"), Range(-8, 8)] Tensor scores, int steps)
    {
        Tensor sum = Tensor.Zeros(1);
        for (int layer = 0; layer < scores.Size(0); layer++)
        {
            for (int head = 0; head < scores.Size(1); head++)
            {
                for (int step = 0; step < steps; step++)
                {
                    Selection best = TopK(scores[layer][head], 5);
                    sum = (sum + Gather(scores[layer][head], best.InOrder()).Slice(0, 0, 2).Sum(0)).Within(-16384, 16384);
                }
            }
        }

        return sum.Reveal(Party.Client);
    }

    /// <summary>
    /// Two levels as the cluster policies have them: pairs between the first row and the last are chosen, and of those and the two rows
    /// besides the best; what was chosen returns to where it stood.
    /// </summary>
    [EntryPoint]
    public static Tensor TwoLevels(
        [Owned(Party.Client), Shape("heads, 2*pairs + 2"), Range(-8, 8)] Tensor scores,
        [Owned(Party.Server), Shape("heads, pairs"), Range(-8, 8)] Tensor coarse, int keptPairs, int count)
    {
        int heads = coarse.Size(0);
        int pairs = coarse.Size(1);
        Selection outer = Best(coarse, keptPairs);
        Tensor rounded = scores.Rounded(8);
        Tensor between = Gather(rounded.Slice(1, 1, 2 * pairs).Reshape(heads, pairs, 2), outer).Reshape(heads, 2 * keptPairs);
        Tensor candidates = Concat(1, Concat(1, rounded.Slice(1, 0, 1), between), rounded.Slice(1, 1 + 2 * pairs, 1));
        Selection inner = Best(candidates, count);
        Tensor chosen = Scatter(Gather(candidates, inner), inner);
        Tensor back = Scatter(chosen.Slice(1, 1, 2 * keptPairs).Reshape(heads, keptPairs, 2), outer).Reshape(heads, 2 * pairs);
        return Concat(1, Concat(1, chosen.Slice(1, 0, 1), back), chosen.Slice(1, 1 + 2 * keptPairs, 1)).Reveal(Party.Client);
    }

    /// <summary>Keys of three values: compared in five bits, a single digit, and full of ties.</summary>
    [EntryPoint]
    public static Tensor Ties([Owned(Party.Client), Shape("heads, rows"), Range(-1, 1)] Tensor scores, int count)
    {
        Tensor whole = scores.Rounded(0);
        return Gather(whole, TopK(whole, count)).Sum(1).Reveal(Party.Client);
    }

    /// <summary>Values with fewer fraction bits: of an input, of a product, of a choice.</summary>
    [EntryPoint]
    public static (Tensor Input, Tensor Product, Tensor Chosen) Rounded(
        [Owned(Party.Client), Shape("rows"), Range(-8, 8)] Tensor x, [Owned(Party.Server), Shape("rows"), Range(-8, 8)] Tensor y)
    {
        return (x.Rounded(3).Reveal(Party.Client), (x * y).Rounded(7).Reveal(Party.Server), Maximum(x, y).Rounded(0).Reveal(Party.Client));
    }

    /// <summary>The rows with the largest scores.</summary>
    [Protocol]
    public static Selection Best(Tensor scores, int count) => TopK(scores, count);

    /// <summary>The same rows as they stand.</summary>
    [Protocol]
    public static Selection Ordered(Selection selection) => selection.InOrder();

    /// <summary>The chosen rows, each times its score.</summary>
    [Protocol]
    public static Tensor Mixed(Tensor scores, Tensor values, Selection selection)
    {
        Tensor weights = Gather(scores, selection);
        return MatMul(weights.Reshape(weights.Size(0), 1, weights.Size(1)), Gather(values, selection));
    }
}
