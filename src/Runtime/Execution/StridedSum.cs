using System;
using System.Runtime.CompilerServices;
using MPCache.Ring;

namespace MPCache.Execution;

/// <summary>
/// z[Σ i_k·s_k] = constant + Σ_j factor_j · x_j[start_j + Σ i_k·strides_jk] modulo 2^ring, over planes of ring words, in one pass: what is
/// read along the innermost axis is summed while it is at hand. Nothing depends on the words in time or memory access.
/// <para>A kernel walks three axes, a counter around it any others.</para>
/// </summary>
internal ref struct StridedSum
{
    /// <summary>Lines of words that are summed at most: two planes a summand.</summary>
    private const int MaximumLines = 2 * Summand.MaximumSummands;

    /// <summary>Words of a row that are summed at a time where a kernel has to sum twice: they stay in the first-level cache.</summary>
    private const int Chunk = 1024;

    /// <summary>Words of a row that are gathered before the next row takes their neighbours, which the cache still has.</summary>
    private const int Tile = 64;

    private readonly ReadOnlySpan<Summand> summands;
    private readonly int length;
    private readonly int start;
    private readonly Axes strides;
    private readonly bool empty;

    // What is walked, from the innermost axis outwards: sizes, and the axes whose strides count.
    private Axes sizes;
    private Axes axes;
    private int rank;

    private Lines lines;
    private int count;

    // The lines that move along the innermost axis stand first. The counter begins at the axis outer, a row has tiles.
    private WordSum sum;
    private bool prepared;
    private int moving;
    private int outer;
    private int tile;

    /// <summary>Begins a sum.</summary>
    /// <param name="length">Words of the result.</param>
    /// <param name="start">Where in it the sum's first element stands.</param>
    /// <param name="strides">From one index of an axis to the next, in the result.</param>
    /// <param name="sizes">The axes' sizes.</param>
    /// <param name="summands">What is summed, at most four.</param>
    /// <exception cref="ArgumentException">A walk leaves its value, or the result.</exception>
    public StridedSum(
        int length, int start, scoped ReadOnlySpan<int> strides, scoped ReadOnlySpan<int> sizes, ReadOnlySpan<Summand> summands)
    {
        if (strides.Length != sizes.Length)
        {
            RefuseStrides(sizes.Length, strides.Length);
        }

        this.summands = summands;
        (this.length, this.start) = (length, start);
        Axes.Take(strides, ref this.strides);
        Unsafe.SkipInit(out lines);
        Unsafe.SkipInit(out sum);
        Join(sizes);
        foreach (int size in sizes)
        {
            empty |= size == 0;
        }

        CheckInside(start, this.strides, length);
        foreach (ref readonly Summand summand in summands)
        {
            if (summand.Value.A is not null || summand.Value.B is not null)
            {
                CheckInside(summand.Start, summand.Strides, summand.Value.Count);
            }
        }
    }

    /// <summary>Takes words into the sum, where there are any.</summary>
    /// <param name="summand">The summand that they are of.</param>
    /// <param name="second">Whether they are its second plane.</param>
    /// <param name="factor">What they are multiplied by.</param>
    public void Add(int summand, bool second, ulong factor)
    {
        ref readonly Summand taken = ref summands[summand];
        if ((second ? taken.Value.B : taken.Value.A) is ulong[] words)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(words.Length, taken.Value.Count);
            ref Line line = ref lines[count++];
            (line.Summand, line.At, line.Second, line.Factor) = ((byte)summand, taken.Start, second, factor);
            prepared = false;
        }
    }

    /// <summary>Drops all words.</summary>
    public void Clear() => (count, prepared) = (0, false);

    /// <summary>Goes on to the second planes of the summands whose first ones it has.</summary>
    public void ToSecond()
    {
        for (int line = 0; line < count; line++)
        {
            lines[line].Second = true;
        }
    }

    /// <summary>Computes the sum.</summary>
    /// <param name="z">The result; no overlap with what is summed.</param>
    /// <param name="constant">What is added to every element.</param>
    /// <param name="mask">The bits of the ring.</param>
    public void Into(Span<ulong> z, ulong constant, ulong mask)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(z.Length, length);
        if (empty)
        {
            return;
        }

        if (!prepared)
        {
            Prepare();
        }

        sum.Mask = mask;
        int to = start;
        Axes index = default;
        while (true)
        {
            Rows(z, to, constant);
            int axis = outer;
            for (; axis < rank; axis++)
            {
                bool next = ++index[axis] < sizes[axis];
                int steps = next ? 1 : 1 - sizes[axis];
                to += steps * strides[axes[axis]];
                Move(axes[axis], steps);
                if (next)
                {
                    break;
                }

                index[axis] = 0;
            }

            if (axis >= rank)
            {
                return;
            }
        }
    }

    /// <summary>Leaves out axes of one element, and walks neighbours as one where all walks can.</summary>
    private void Join(scoped ReadOnlySpan<int> shape)
    {
        (sizes[0], sizes[1], sizes[2]) = (1, 1, 1);
        for (int axis = shape.Length - 1; axis >= 0; axis--)
        {
            if (shape[axis] == 1)
            {
                continue;
            }

            if (rank > 0 && Joins(axis, axes[rank - 1], sizes[rank - 1]))
            {
                sizes[rank - 1] = checked(sizes[rank - 1] * shape[axis]);
            }
            else
            {
                sizes[rank] = shape[axis];
                axes[rank++] = axis;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly bool Joins(int axis, int within, int size)
    {
        bool joins = strides[axis] == strides[within] * size;
        foreach (ref readonly Summand summand in summands)
        {
            joins &= summand.Strides[axis] == summand.Strides[within] * size;
        }

        return joins;
    }

    private readonly void CheckInside(int at, scoped in Axes steps, int length)
    {
        (int first, int last) = (at, at);
        for (int axis = 0; axis < rank; axis++)
        {
            int reach = checked((sizes[axis] - 1) * steps[axes[axis]]);
            first = checked(first + Math.Min(reach, 0));
            last = checked(last + Math.Max(reach, 0));
        }

        if (!empty && (first < 0 || last >= length))
        {
            RefuseWalk(first, last, length);
        }
    }

    private static void RefuseStrides(int axes, int strides) => throw new ArgumentException($"There are {axes} axes and {strides} strides.");

    private static void RefuseWalk(int first, int last, int length) =>
        throw new ArgumentException($"A combination reads or writes elements {first} to {last} of a value of {length}.");

    /// <summary>Finds what the kernel walks, and how far from one word to the next.</summary>
    private void Prepare()
    {
        bool apart = strides[axes[0]] != 1 | Sort();
        bool once = moving <= WordSum.MaximumSummands && count - moving <= 1;
        (outer, tile) = once ? (3, int.MaxValue) : (1, Chunk);
        for (int axis = 1; once && apart && axis < rank; axis++)
        {
            if (Between(axis))
            {
                (sizes[1], sizes[axis]) = (sizes[axis], sizes[1]);
                (axes[1], axes[axis]) = (axes[axis], axes[1]);
                tile = Tile;
                break;
            }
        }

        (sum.Rows, sum.Blocks) = once ? (sizes[1], sizes[2]) : (1, 1);
        (sum.Count, sum.InPlace, sum.NumberFactor) = (0, false, 0);
        sum.Number = default;
        Steps(ref sum.Z, strides);
        for (int line = 0; line < moving && sum.Count < WordSum.MaximumSummands; line++)
        {
            Take(lines[line]);
        }

        if (once && moving < count)
        {
            ref Line still = ref lines[moving];
            sum.NumberFactor = still.Factor;
            Steps(ref sum.Number, summands[still.Summand].Strides);
        }

        prepared = true;
    }

    private void Take(scoped in Line line) => Steps(ref sum.Next(line.Factor), summands[line.Summand].Strides);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Steps(ref WordRows rows, scoped in Axes steps) =>
        (rows.Along, rows.Down, rows.Over) = (steps[axes[0]], steps[axes[1]], steps[axes[2]]);

    /// <summary>Puts the lines first that move along rows, those with factors of one kind together.</summary>
    /// <returns>Whether one of them moves by more than single words.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Sort()
    {
        bool apart = false;
        moving = 0;
        for (int line = 0; line < count; line++)
        {
            int stride = Stride(lines[line], 0);
            if (stride != 0)
            {
                apart |= stride != 1;

                // Most lines are in order: copying them costs more than asking.
                for (int place = line; place > moving; place--)
                {
                    Swap(place);
                }

                for (int place = moving++; place > 0 && Kind(place - 1) > Kind(place); place--)
                {
                    Swap(place);
                }
            }
        }

        return apart;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly FactorKind Kind(int line) => RingKernels.KindOf(lines[line].Factor);

    private void Swap(int line) => (lines[line - 1], lines[line]) = (lines[line], lines[line - 1]);

    /// <summary>Whether rows jump over words that are used along an axis.</summary>
    private readonly bool Between(int axis)
    {
        bool between = strides[axes[axis]] == 1 && strides[axes[0]] != 1;
        for (int line = 0; line < moving; line++)
        {
            between |= Stride(lines[line], axis) == 1 && Stride(lines[line], 0) != 1;
        }

        return between;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int Stride(scoped in Line line, int axis) => summands[line.Summand].Strides[axes[axis]];

    /// <summary>Sums what the kernel does at once, tile by tile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Rows(Span<ulong> z, int to, ulong constant)
    {
        sum.Constant = constant;
        for (int line = moving; line < count; line++)
        {
            // What stands still along a row is a number of it; a constant where there is a single row.
            ref ulong still = ref Word(lines[line], 0);
            if (outer > 1)
            {
                sum.Number.First = ref still;
            }
            else
            {
                sum.Constant += lines[line].Factor * still;
            }
        }

        int left = sizes[0];
        for (int from = 0; left > 0; from += sum.Length, left -= sum.Length)
        {
            sum.Length = Math.Min(tile, left);
            Row(z, to, from);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Row(Span<ulong> z, int to, int from)
    {
        sum.Z.First = ref z[to + (from * sum.Z.Along)];
        if (moving > WordSum.MaximumSummands)
        {
            Many(from);
            return;
        }

        if (moving > 0)
        {
            sum.A.First = ref Word(lines[0], from * sum.A.Along);
        }

        if (moving > 1)
        {
            sum.B.First = ref Word(lines[1], from * sum.B.Along);
        }

        if (moving > 2)
        {
            sum.C.First = ref Word(lines[2], from * sum.C.Along);
        }

        if (moving > 3)
        {
            sum.D.First = ref Word(lines[3], from * sum.D.Along);
        }

        RingKernels.Combine(sum);
    }

    /// <summary>More lines than the kernel sums: the others are added to what it has summed.</summary>
    private void Many(int from)
    {
        ulong constant = sum.Constant;
        sum.Count = 0;
        for (int line = 0; line < moving; line++)
        {
            ref Line next = ref lines[line];
            ref WordRows rows = ref sum.Next(next.Factor);
            Steps(ref rows, summands[next.Summand].Strides);
            rows.First = ref Word(next, from * rows.Along);
            if (sum.Count == WordSum.MaximumSummands || line == moving - 1)
            {
                RingKernels.Combine(sum);
                sum.A = sum.Z;
                (sum.Count, sum.FactorA, sum.InPlace, sum.Constant) = (1, 1, true, 0);
            }
        }

        (sum.InPlace, sum.Constant) = (false, constant);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly ref ulong Word(scoped in Line line, int from)
    {
        ref readonly Summand summand = ref summands[line.Summand];
        return ref (line.Second ? summand.Value.B : summand.Value.A)![line.At + from];
    }

    private void Move(int axis, int steps)
    {
        for (int line = 0; line < count; line++)
        {
            lines[line].At += steps * summands[lines[line].Summand].Strides[axis];
        }
    }

    /// <summary>A plane of a summand, and where in it the sum stands.</summary>
    private struct Line
    {
        public byte Summand;
        public bool Second;
        public int At;
        public ulong Factor;
    }

    [InlineArray(MaximumLines)]
    private struct Lines
    {
        private Line first;
    }
}
