using static MPCache.Functions;

namespace MPCache.Programs.Tests.Programs;

/// <summary>Matrices of several experts, one behind the other.</summary>
[Resident(Party.Server)]
public sealed record StackWeights
{
    [Shape("experts, hidden, dim"), Range(-1, 1)]
    public required Tensor Up { get; init; }

    [Shape("experts, dim, hidden"), Range(-1, 1)]
    public required Tensor Down { get; init; }

    [Shape("experts, hidden"), Range(-1, 1)]
    public required Tensor Bias { get; init; }

    [Shape("experts, dim"), Range(-2, 2)]
    public required Tensor Gain { get; init; }

    [Shape("dim, dim"), Range(-1, 1)]
    public required Tensor Shared { get; init; }
}

/// <summary>Independent iterations; beside each program one with a single iteration in its place.</summary>
[Dim("heads", Max = 8)]
[Dim("groups", Max = 4)]
[Dim("tokens", Max = 16)]
[Dim("dim", Max = 16)]
[Dim("experts", Max = 8)]
[Dim("hidden", Max = 16)]
[Dim("rows", Max = 8)]
[Dim("size", Max = 8)]
public static partial class Stacks
{
    /// <summary>Attention of one head over what came before, of [tokens, dim].</summary>
    [Protocol]
    public static Tensor Attend(Tensor query, Tensor keys, Tensor values)
    {
        Tensor scores = MatMul(query, keys.Transpose()) * InverseSqrt(query.Size(1));
        return MatMul(Softmax(scores, CausalMask(query.Size(0), keys.Size(0))), values);
    }

    /// <summary>Heads that share keys and values, whose queries lie side by side in each row.</summary>
    [EntryPoint(Networks = Network.Lan | Network.Wan)]
    public static Tensor Heads(
        [Owned(Party.Client), Shape("tokens, heads*dim"), Range(-2, 2)] Tensor queries,
        [Owned(Party.Server), Shape("tokens, dim"), Range(-2, 2)] Tensor keys,
        [Owned(Party.Server), Shape("heads, tokens, dim"), Range(-2, 2)] Tensor values)
    {
        int dim = keys.Size(1);
        Tensor attended = Tensor.Stack(values.Size(0), head => Attend(queries.Slice(1, head * dim, dim), keys, values[head]));
        return attended.Reveal(Party.Client);
    }

    /// <summary>Heads in groups, each of which shares keys and values.</summary>
    [EntryPoint]
    public static Tensor Groups(
        [Owned(Party.Client), Shape("heads, tokens, dim"), Range(-2, 2)] Tensor queries,
        [Owned(Party.Server), Shape("groups, tokens, dim"), Range(-2, 2)] Tensor keys,
        [Owned(Party.Server), Shape("groups, tokens, dim"), Range(-2, 2)] Tensor values)
    {
        int groups = keys.Size(0);
        int size = queries.Size(0) / groups;
        Tensor attended = Tensor.Stack(groups, group =>
            Tensor.Stack(size, i => Attend(queries[group * size + i], keys[group], values[group])));
        return attended.Reshape(queries.Size(0), queries.Size(1), queries.Size(2)).Reveal(Party.Client);
    }

    /// <summary>The same by the heads' numbers: so many in a row share keys and values.</summary>
    [EntryPoint]
    public static Tensor Shared(
        [Owned(Party.Client), Shape("groups*size, tokens, dim"), Range(-2, 2)] Tensor queries,
        [Owned(Party.Server), Shape("groups, tokens, dim"), Range(-2, 2)] Tensor keys,
        [Owned(Party.Server), Shape("groups, tokens, dim"), Range(-2, 2)] Tensor values)
    {
        int heads = queries.Size(0);
        int groups = keys.Size(0);
        return Tensor.Stack(heads, head => Attend(queries[head], keys[head / (heads / groups)], values[head * groups / heads]))
            .Reveal(Party.Client);
    }

    /// <summary>
    /// Heads that need not fill the last group, whose keys and values lie side by side in each row, some places further on: what a group has
    /// in common is computed once for it.
    /// </summary>
    [EntryPoint]
    public static (Tensor Attended, Tensor Mixed) Uneven(
        StackWeights weights, [Owned(Party.Client), Shape("heads, tokens, dim"), Range(-2, 2)] Tensor queries,
        [Owned(Party.Server), Shape("tokens, groups*dim"), Range(-2, 2)] Tensor keys,
        [Owned(Party.Server), Shape("groups, tokens, dim"), Range(-2, 2)] Tensor values, int size, int first)
    {
        int dim = queries.Size(2);
        Tensor attended = Tensor.Stack(queries.Size(0), head =>
        {
            Tensor own = values[first + head / size] * values[0];
            return Attend(queries[head], keys.Slice(1, (head / size + first) * dim, dim) * 0.5f, own + values[first]);
        });
        Tensor mixed = Tensor.Stack(queries.Size(0), head =>
        {
            Tensor sum = Linear(queries[head], weights.Up[head / size]) + weights.Bias[head / size];
            for (int step = 0; step < 2; step++)
            {
                sum = (sum + values[first + head / size].Sum(1)).Within(-300, 300);
            }

            return Gather(sum, TopK(values[head / size].Sum(1).Reshape(sum.Size(0)), 1)).Reshape(sum.Size(1));
        });
        return (attended.Reveal(Party.Client), mixed.Reveal(Party.Client));
    }

    /// <summary>Parts in strides, and rows that are turned by as many places further on as there are in an iteration.</summary>
    [EntryPoint]
    public static (Tensor Even, Tensor Odd, Tensor Wide, Tensor Turned) Strides(
        StackWeights weights, [Owned(Party.Client), Shape("rows, dim"), Range(-2, 2)] Tensor x, int count, int step, int first)
    {
        int pairs = x.Size(0) / 2;
        Tensor even = Tensor.Stack(pairs, i => x[2 * i] * x[2 * i + 1]);
        Tensor odd = Tensor.Stack(count, i => x[first + i * step] * weights.Gain[i * step]);
        Tensor wide = Tensor.Stack(2, i => x.Slice(1, 3 * i, 2).Transpose() * x.Slice(1, 1, 2).Transpose());
        Tensor rows = x.Slice(0, 0, pairs * 2);
        Tensor turned = Tensor.Stack(pairs, i =>
            RotaryEmbedding(rows.Slice(0, 2 * i, 2).Reshape(2, 1, x.Size(1)), first + 2 * i, 10000f)
                + RotaryEmbedding(x[i].Reshape(1, 1, x.Size(1)), i + 3, 100f));
        return (even.Reveal(Party.Client), odd.Reveal(Party.Client), wide.Reveal(Party.Client), turned.Reveal(Party.Client));
    }

    [EntryPoint(Networks = Network.Lan | Network.Wan)]
    public static Tensor Head(
        [Owned(Party.Client), Shape("tokens, dim"), Range(-2, 2)] Tensor query,
        [Owned(Party.Server), Shape("tokens, dim"), Range(-2, 2)] Tensor keys,
        [Owned(Party.Server), Shape("tokens, dim"), Range(-2, 2)] Tensor values) =>
        Attend(query, keys, values).Reveal(Party.Client);

    /// <summary>What one expert makes of some rows.</summary>
    [Protocol]
    public static Tensor Expert(StackWeights weights, Tensor x, int expert)
    {
        Tensor hidden = Silu((Linear(x, weights.Up[expert]) + weights.Bias[expert]).Within(-30, 30));
        return Linear(hidden, weights.Down[expert]).Within(-100, 100);
    }

    /// <summary>A row through an expert's layer and back through the same matrix as it lies.</summary>
    [Protocol]
    public static Tensor Tied(StackWeights weights, Tensor row, int expert)
    {
        Tensor hidden = Relu(Linear(row * weights.Gain[expert], weights.Up[expert]) + weights.Bias[expert]);
        return MatMul(hidden.Reshape(1, hidden.Size(0)), weights.Up[expert]).Within(-500, 500);
    }

    /// <summary>All experts at once, some from the second on, weighed by what the rows score.</summary>
    [EntryPoint]
    public static (Tensor All, Tensor Mixed, Tensor Tied) Experts(
        StackWeights weights, [Owned(Party.Client), Shape("rows, dim"), Range(-2, 2)] Tensor x,
        [Owned(Party.Client), Shape("rows, experts"), Range(0, 1)] Tensor shares, int count)
    {
        Tensor all = Tensor.Stack(shares.Size(1), expert => Expert(weights, x, expert));
        Tensor some = Tensor.Stack(count, i => Expert(weights, x * weights.Gain[i + 1], i + 1) * shares.Slice(1, i + 1, 1));
        Tensor tied = Tensor.Stack(count, i => Tied(weights, x[0], i));
        return (all.Reveal(Party.Client), some.Sum(0).Reveal(Party.Client), tied.Reveal(Party.Client));
    }

    [EntryPoint]
    public static (Tensor All, Tensor Mixed, Tensor Tied) OneExpert(
        StackWeights weights, [Owned(Party.Client), Shape("rows, dim"), Range(-2, 2)] Tensor x,
        [Owned(Party.Client), Shape("rows, experts"), Range(0, 1)] Tensor shares)
    {
        Tensor all = Expert(weights, x, 0);
        Tensor some = Expert(weights, x * weights.Gain[1], 1) * shares.Slice(1, 1, 1);
        return (all.Reveal(Party.Client), some.Reveal(Party.Client), Tied(weights, x[0], 0).Reveal(Party.Client));
    }

    /// <summary>Layers one after the other, of some experts each, whose matrices all stand in one tensor.</summary>
    [EntryPoint]
    public static Tensor Layers(
        StackWeights weights, [Owned(Party.Client), Shape("rows, dim"), Range(-2, 2)] Tensor x, int layers, int size)
    {
        for (int layer = 0; layer < layers; layer++)
        {
            Tensor all = Tensor.Stack(size, i =>
                Linear(Relu(Linear(x, weights.Up[layer * size + i]) + weights.Bias[layer * size + i]), weights.Down[layer * size + i]));
            x = (all.Mean(0).Reshape(x.Size(0), x.Size(1)) * 0.5f).Within(-64, 64);
        }

        return x.Reveal(Party.Client);
    }

    /// <summary>
    /// Iterations in iterations, loops and conditions in iterations, and what is the same in all of them: products, rows, selections.
    /// </summary>
    [EntryPoint]
    public static (Tensor Nested, Tensor Looped, Tensor Selected, Tensor Moved) Everything(
        StackWeights weights, [Owned(Party.Client), Shape("heads, tokens, dim"), Range(-1, 1)] Tensor x,
        [Owned(Party.Server), Shape("dim, dim"), Range(-1, 1)] Tensor y, int steps)
    {
        int heads = x.Size(0);
        int tokens = x.Size(1);
        Tensor nested = Tensor.Stack(heads, i =>
        {
            Tensor head = MatMul(x[i], y);
            Tensor inner = Tensor.Stack(2, j => Concat(0, head * y[j], x[i].Max(-1) * y[0].Reshape(1, y.Size(0))));
            return inner.Sum(0).Transpose() + Linear(y, weights.Shared).Sum(1);
        });
        Tensor looped = Tensor.Stack(tokens, _ => Tensor.Zeros(y.Size(0)));
        looped = looped + Tensor.Stack(tokens, token =>
        {
            Tensor sum = y[0];
            for (int step = 0; step < steps; step++)
            {
                if (step % 2 == 0)
                {
                    sum = (sum * 0.5f + x[0][token]).Within(-8, 8);
                }
                else
                {
                    sum = (sum * y[1]).Within(-8, 8);
                }
            }

            return Relu(sum);
        });
        Selection best = TopK(x[0].Sum(1).Reshape(tokens), 2);
        Tensor selected = Tensor.Stack(heads, i => Gather(x[i] * 2f, best).Sum(0) + Gather(x[0], TopK(x[i].Mean(-1).Reshape(tokens), 2)).Sum(0));
        Tensor moved = Tensor.Stack(heads, i => Scatter(Gather(x[i], best) + x[i][0], best));
        return (nested.Reveal(Party.Client), looped.Reveal(Party.Server), selected.Reveal(Party.Client), moved.Reveal(Party.Client));
    }
}
