using static MPCache.Functions;

namespace MPCache.Programs.Tests.Programs;

/// <summary>Conditions that the session decides: on sizes, parameters and loop counters.</summary>
[Dim("rows", Max = 16)]
[Dim("n", Max = 32)]
public static partial class SessionConditions
{
    /// <summary>
    /// Branches that assign what was there before, what was declared without a value, and an int that a loop is bounded by; in loops, with
    /// loops in them, and as an expression.
    /// </summary>
    [EntryPoint]
    public static (Tensor Sum, Tensor Product, Tensor Last) Apply(
        [Owned(Party.Client), Shape("rows, n"), Range(-1, 1)] Tensor x,
        [Owned(Party.Server), Shape("n"), Range(-1, 1)] Tensor y, int limit)
    {
        int rows = x.Size(0);
        bool isLong = rows > limit && !(limit == 2);
        Tensor sum = y;
        Tensor product = y * 0.5f;
        Tensor last;
        int steps = 1;
        if (isLong)
        {
            sum = (x.Sum(0).Reshape(x.Size(1)) * sum).Within(-16, 16);
            last = product * product;
            steps = 2;
        }
        else
        {
            last = Relu(y);
        }

        for (int i = 0; i < rows; i++)
        {
            if (i % 2 == 0)
            {
                product = (product + x[i] * 0.25f).Within(-8, 8);
            }
            else if (i < limit || rows < 4)
            {
                for (int j = 0; j < steps; j++)
                {
                    product = (product * y).Within(-8, 8);
                }
            }
        }

        return (
            sum.Reveal(Party.Client),
            (rows >= 4 ? product * sum : product + product).Reveal(Party.Client),
            last.Reveal(Party.Server));
    }

    /// <summary>
    /// What a branch asserts holds in this branch alone, and which sizes it asks for matters only where it is taken. A condition that the
    /// declared sizes decide is none.
    /// </summary>
    [EntryPoint]
    public static (Tensor Narrow, Tensor Wide, Tensor Halves) Guarded(
        [Owned(Party.Client), Shape("rows, n"), Range(-200, 200)] Tensor x, [Owned(Party.Client), Shape("m"), Range(-1, 1)] Tensor z)
    {
        Tensor narrow = x;
        Tensor halves = x;
        if (x.Size(1) <= 4)
        {
            narrow = x.Within(-1, 1) * x.Within(-1, 1);
            narrow = narrow + z.Reshape(1, x.Size(1));
        }

        if (x.Size(0) > 0 && x.Size(1) / x.Size(0) >= 2)
        {
            halves = Exp(-Relu(x.Slice(1, 0, x.Size(0)))).Sum(1) + x;
        }

        if (x.Size(0) > 16)
        {
            halves = x.Slice(0, 0, 1);
        }

        return (narrow.Reveal(Party.Client), (x * x).Reveal(Party.Client), halves.Reveal(Party.Client));
    }
}

/// <summary>Parts of tensors whose places depend on parameters, with and without a condition that keeps them within.</summary>
[Dim("n", Max = 32)]
public static partial class Places
{
    /// <summary>Rows from p − 1 on at once, one of them, and a slice.</summary>
    [EntryPoint]
    public static (Tensor Stacked, Tensor Row, Tensor Slice) Unguarded(
        [Owned(Party.Client), Shape("n, 2"), Range(-1, 1)] Tensor x, int p, int q, int length)
    {
        Tensor squares = x * x;
        return (
            Tensor.Stack(2, i => x[p - 1 + i] * x[i]).Reveal(Party.Client), squares[q - 2].Reveal(Party.Client),
            squares.Slice(0, p, length - q).Reveal(Party.Client));
    }

    /// <summary>The same, each only where there are such rows.</summary>
    [EntryPoint]
    public static (Tensor Stacked, Tensor Row, Tensor Slice) Guarded(
        [Owned(Party.Client), Shape("n, 2"), Range(-1, 1)] Tensor x, int p, int q, int length)
    {
        int n = x.Size(0);
        Tensor squares = x * x;
        Tensor stacked = Tensor.Zeros(2, 2);
        Tensor row = Tensor.Zeros(2);
        Tensor sums = Tensor.Zeros(1, 2);
        if (p >= 1 && p < n)
        {
            stacked = Tensor.Stack(2, i => x[p - 1 + i] * x[i]);
        }

        if (q >= 2 && q - 2 < n)
        {
            row = squares[q - 2];
        }

        if (length >= q && p + length - q <= n)
        {
            sums = squares.Slice(0, p, length - q).Sum(0);
        }

        return (stacked.Reveal(Party.Client), row.Reveal(Party.Client), sums.Reveal(Party.Client));
    }
}

/// <summary>Numbers that the caller chooses: one tensor of a state's array, how many rows are chosen, how many tensors are stacked.</summary>
[Dim("layers", Max = 8)]
[Dim("held", Max = 8)]
[Dim("n", Max = 16)]
public static partial class Numbered
{
    [EntryPoint]
    public static (Tensor Sums, Tensor Best, Tensor Copies) Unguarded(
        Window window, [Owned(Party.Client), Shape("n"), Range(-1, 1)] Tensor x, int layer, int best, int copies) =>
        (window.Layers[layer].Sum(0).Reveal(Party.Client), Gather(x, TopK(x, best)).Sum(0).Reveal(Party.Client),
            Tensor.Stack(copies, i => x * x).Reveal(Party.Client));

    /// <summary>The same where there may be no tensors to stack.</summary>
    [EntryPoint]
    public static Tensor Guarded([Owned(Party.Client), Shape("n"), Range(-1, 1)] Tensor x, int copies) =>
        (copies > 0 ? Tensor.Stack(copies, i => x * x) : Tensor.Zeros(copies, x.Size(0))).Reveal(Party.Client);
}

/// <summary>Keys and values of all tokens so far.</summary>
[State(Grows = "tokens")]
public sealed class History
{
    [Shape("tokens, dim"), Range(-4, 4)]
    public required Tensor Keys { get; set; }

    [Shape("tokens, dim"), Range(-4, 4)]
    public required Tensor Values { get; set; }
}

[Dim("tokens", Max = 256, Typical = 64)]
[Dim("dim", Max = 16, Typical = 4)]
[Dim("kept", Max = 16, Typical = 2)]
public static partial class Dispatch
{
    private const int ClusterSize = 4;

    /// <summary>
    /// A decoding step that attends to the whole cache while that is short, and to the best clusters of four tokens when it is long: short
    /// sessions do not pay for a selection that would save them nothing.
    /// </summary>
    [EntryPoint(Networks = Network.Lan | Network.Wan)]
    public static Tensor Attend(
        History history, [Owned(Party.Client), Shape("1, dim"), Range(-4, 4)] Tensor query,
        [Owned(Party.Client), Shape("1, dim"), Range(-4, 4)] Tensor key, [Owned(Party.Client), Shape("1, dim"), Range(-4, 4)] Tensor value,
        int whole, int kept)
    {
        history.Keys = history.Keys.Append(key);
        history.Values = history.Values.Append(value);
        Tensor attended = history.Keys.Size(0) <= whole
            ? Attend(query, history.Keys, history.Values)
            : AttendToClusters(query, history.Keys, history.Values, kept);
        return attended.Reveal(Party.Client);
    }

    /// <summary>What a branch leaves of a state is a copy: the state goes on by itself.</summary>
    [EntryPoint]
    public static (Tensor Before, Tensor After) Recall(
        History history, [Owned(Party.Client), Shape("1, dim"), Range(-4, 4)] Tensor row, int whole)
    {
        Tensor rows = history.Keys;
        if (history.Keys.Size(0) > whole)
        {
            rows = history.Values;
        }

        history.Keys = history.Keys.Append(row);
        history.Values = history.Values.Append(row * 0.5f);
        return (rows.Reveal(Party.Client), history.Keys.Reveal(Party.Client));
    }

    [Protocol]
    public static Tensor Attend(Tensor query, Tensor keys, Tensor values) =>
        MatMul(Softmax((MatMul(query, keys.Transpose()) * InverseSqrt(keys.Size(1))).Within(-32, 32)), values);

    /// <summary>The clusters whose mean keys have the largest scores; tokens behind the last whole cluster are always attended to.</summary>
    [Protocol]
    public static Tensor AttendToClusters(Tensor query, Tensor keys, Tensor values, int kept)
    {
        int dim = keys.Size(1);
        int clusters = keys.Size(0) / ClusterSize;
        int rest = keys.Size(0) - ClusterSize * clusters;
        Tensor clusteredKeys = keys.Slice(0, 0, ClusterSize * clusters).Reshape(clusters, ClusterSize, dim);
        Tensor clusteredValues = values.Slice(0, 0, ClusterSize * clusters).Reshape(clusters, ClusterSize, dim);
        Tensor means = clusteredKeys.Mean(1).Reshape(clusters, dim);
        Selection best = TopK(MatMul(query, means.Transpose()).Within(-256, 256).Reshape(clusters), kept);
        return Attend(
            query,
            Concat(0, Gather(clusteredKeys, best).Reshape(ClusterSize * kept, dim), keys.Slice(0, ClusterSize * clusters, rest)),
            Concat(0, Gather(clusteredValues, best).Reshape(ClusterSize * kept, dim), values.Slice(0, ClusterSize * clusters, rest)));
    }
}
