using static MPCache.Functions;

namespace MPCache.Programs.Tests.Programs;

[Dim("heads", Max = 8, Typical = 2)]
[Dim("rows", Max = 512, Typical = 64)]
[Dim("dim", Max = 16, Typical = 4)]
public static partial class Selections
{
    /// <summary>The sum of the rows with the largest scores, each times its score: in no particular order, so only sums are told.</summary>
    [EntryPoint]
    public static Tensor WeightedSum(
        [Owned(Party.Client), Shape("heads, rows"), Range(-8, 8)] Tensor scores,
        [Owned(Party.Server), Shape("heads, rows, dim"), Range(-4, 4)] Tensor values, int count)
    {
        Selection best = TopK(scores, count);
        Tensor chosen = Gather(values, best);
        Tensor weights = Gather(scores, best);
        return MatMul(weights.Reshape(weights.Size(0), 1, count), chosen).Reveal(Party.Client);
    }

    /// <summary>Rows outside of the selection become zero; the others stay where they are.</summary>
    [EntryPoint]
    public static (Tensor Kept, Tensor Ordered) Keep(
        [Owned(Party.Client), Shape("heads, rows"), Range(-8, 8)] Tensor scores,
        [Owned(Party.Server), Shape("heads, rows, dim"), Range(-4, 4)] Tensor values, int count)
    {
        Selection best = TopK(scores, count);
        Tensor kept = Scatter(Gather(values, best), best);
        return (kept.Reveal(Party.Server), Gather(values, best.InOrder()).Reveal(Party.Client));
    }

    /// <summary>Attention over the keys with the largest scores: scores are gathered and probabilities scattered, not keys and values.</summary>
    [EntryPoint]
    public static Tensor Attend(
        [Owned(Party.Client), Shape("heads, 1, dim"), Range(-4, 4)] Tensor query,
        [Owned(Party.Server), Shape("heads, rows, dim"), Range(-4, 4)] Tensor keys,
        [Owned(Party.Server), Shape("heads, rows, dim"), Range(-4, 4)] Tensor values, int count)
    {
        int heads = query.Size(0);
        int rows = keys.Size(1);
        Tensor scores = (MatMul(query, keys.Transpose()) * InverseSqrt(query.Size(2))).Within(-64, 64).Reshape(heads, rows);
        Selection best = TopK(scores, count);
        Tensor probabilities = Scatter(Softmax(Gather(scores, best)), best);
        return MatMul(probabilities.Reshape(heads, 1, rows), values).Reveal(Party.Client);
    }

    /// <summary>Two levels: of the best groups of two the best rows.</summary>
    [EntryPoint]
    public static Tensor TwoLevels(
        [Owned(Party.Client), Shape("heads, 2*rows"), Range(-8, 8)] Tensor scores,
        [Owned(Party.Server), Shape("heads, rows"), Range(-8, 8)] Tensor coarse, int pairs, int count)
    {
        int heads = coarse.Size(0);
        int rows = coarse.Size(1);
        Selection outer = TopK(coarse, pairs);
        Tensor within = Gather(scores.Reshape(heads, rows, 2), outer).Reshape(heads, 2 * pairs);
        Selection inner = TopK(within, count);
        Tensor found = Scatter(Scatter(Gather(within, inner), inner).Reshape(heads, pairs, 2), outer);
        return found.Reshape(heads, 2 * rows).Reveal(Party.Client);
    }

    /// <summary>Rows in an order that nobody knows, put back.</summary>
    [EntryPoint]
    public static (Tensor Sum, Tensor Back) ThereAndBack(
        [Owned(Party.Client), Shape("heads, rows, dim"), Range(-8, 8)] Tensor x)
    {
        Selection all = Shuffle(x.Size(0), x.Size(1));
        Tensor shuffled = Gather(x, all);
        return (shuffled.Sum(1).Reveal(Party.Server), Scatter(shuffled * shuffled, all).Reveal(Party.Client));
    }
}

/// <summary>What was chosen in an earlier call.</summary>
[State(Grows = "rows")]
public sealed class Choice
{
    [Shape("layers, rows, heads, slots")]
    public required Selection[] Chosen { get; set; }
}

[Dim("heads", Max = 8, Typical = 2)]
[Dim("rows", Max = 128, Typical = 16)]
[Dim("now", Max = 128, Typical = 16)]
[Dim("slots", Max = 128, Typical = 4)]
public static partial class Choosing
{
    /// <summary>Chooses for later calls, layer by layer.</summary>
    [EntryPoint]
    public static void Choose(
        Choice choice, [Owned(Party.Client), Shape("layers, heads, now"), Range(-8, 8)] Tensor scores, int layers, int count)
    {
        for (int layer = 0; layer < layers; layer++)
        {
            choice.Chosen[layer] = TopK(scores[layer], count);
        }
    }

    /// <summary>Sums the rows that an earlier call chose, and chooses anew.</summary>
    [EntryPoint]
    public static Tensor Use(
        Choice choice, [Owned(Party.Client), Shape("layers, heads, now"), Range(-8, 8)] Tensor scores,
        [Owned(Party.Server), Shape("heads, rows"), Range(-8, 8)] Tensor values, int layers, int slots, int count)
    {
        Tensor sum = Tensor.Zeros(values.Size(0), 1);
        for (int layer = 0; layer < layers; layer++)
        {
            Selection before = choice.Chosen[layer];
            sum = (sum + Gather(values, before).Sum(1) + Scatter(Gather(values, before), before).Slice(1, before.Rows - 1, 1))
                .Within(-2048, 2048);
            choice.Chosen[layer] = TopK(scores[layer], count);
        }

        return sum.Reveal(Party.Client);
    }
}
