using System;
using System.Runtime.CompilerServices;
using MPCache.Ring;

namespace MPCache.Execution;

/// <summary>
/// z[Σ i_k·s_k] = constant + Σ_j factor_j · x_j[start_j + Σ i_k·strides_jk] modulo 2^ring, over planes of ring words, in one pass: what is
/// read along the innermost axis is summed while it is at hand. Nothing depends on the words in time or memory access.
/// </summary>
internal ref struct StridedSum
{
    /// <summary>Lines of words that are summed at most: two planes a summand.</summary>
    private const int MaximumLines = 2 * Summand.MaximumSummands;

    /// <summary>Words that are summed line by line where more than two lines meet: they stay in the first-level cache.</summary>
    private const int Chunk = 1024;

    private Lines lines;
    private Walk target;
    private Axes sizes;
    private int rank;

    /// <summary>Begins a sum.</summary>
    /// <param name="start">Where in the result its first element stands.</param>
    /// <param name="strides">From one index of an axis to the next, in the result.</param>
    /// <param name="sizes">The axes' sizes.</param>
    public StridedSum(int start, ReadOnlySpan<int> strides, ReadOnlySpan<int> sizes)
    {
        if (strides.Length != sizes.Length)
        {
            throw new ArgumentException($"There are {sizes.Length} axes and {strides.Length} strides.");
        }

        target = new Walk { At = start, Strides = new Axes(strides) };
        this.sizes = new Axes(sizes);
        rank = sizes.Length;
    }

    /// <summary>Lines of words so far.</summary>
    public int Count { get; private set; }

    /// <summary>Takes words into the sum, where there are any.</summary>
    public void Add(ulong[]? words, ulong factor, in Summand summand)
    {
        if (words is not null)
        {
            lines[Count++] = new Walk { Words = words, Length = summand.Value.Count, Factor = factor, At = summand.Start, Strides = summand.Strides };
        }
    }

    /// <summary>Computes the sum.</summary>
    /// <param name="z">The result; no overlap with what is summed.</param>
    /// <param name="constant">What is added to every element.</param>
    /// <param name="ring">Width of the ring in bits, 1 to 64.</param>
    /// <exception cref="ArgumentException">A walk leaves its words.</exception>
    public void Into(Span<ulong> z, ulong constant, int ring)
    {
        for (int axis = 0; axis < rank; axis++)
        {
            if (sizes[axis] == 0)
            {
                return;
            }
        }

        CheckInside(target, z.Length);
        for (int line = 0; line < Count; line++)
        {
            CheckInside(lines[line], lines[line].Length);
        }

        Join();

        // The innermost axis is walked by a kernel, the others by a counter.
        int inner = rank - 1;
        int length = rank > 0 ? sizes[inner] : 1;
        (int moving, bool together) = Sort(inner);
        Axes index = default;
        while (true)
        {
            // What stands still along the row is a constant of it.
            ulong plus = constant;
            for (int line = moving; line < Count; line++)
            {
                ref Walk still = ref lines[line];
                plus += still.Factor * still.Words[still.At];
            }

            if (together)
            {
                Row(z.Slice(target.At, length), moving, plus, ring);
            }
            else
            {
                Scattered(z, inner, length, moving, plus, RingWord.Mask(ring));
            }

            int axis = inner - 1;
            for (; axis >= 0; axis--)
            {
                if (++index[axis] < sizes[axis])
                {
                    Move(axis, 1);
                    break;
                }

                Move(axis, 1 - sizes[axis]);
                index[axis] = 0;
            }

            if (axis < 0)
            {
                return;
            }
        }
    }

    /// <summary>Puts the lines first that move along an axis.</summary>
    /// <returns>How many those are, and whether they and the result move by single words.</returns>
    private (int Moving, bool Together) Sort(int axis)
    {
        int moving = 0;
        bool together = axis < 0 || target.Strides[axis] == 1;
        for (int line = 0; axis >= 0 && line < Count; line++)
        {
            if (lines[line].Strides[axis] != 0)
            {
                together &= lines[line].Strides[axis] == 1;
                (lines[line], lines[moving]) = (lines[moving], lines[line]);
                moving++;
            }
        }

        return (moving, together);
    }

    private readonly void CheckInside(in Walk walk, int length)
    {
        (int first, int last) = (walk.At, walk.At);
        for (int axis = 0; axis < rank; axis++)
        {
            int reach = checked((sizes[axis] - 1) * walk.Strides[axis]);
            first = checked(first + Math.Min(reach, 0));
            last = checked(last + Math.Max(reach, 0));
        }

        if (first < 0 || last >= length)
        {
            throw new ArgumentException($"A combination reads or writes elements {first} to {last} of a value of {length}.");
        }
    }

    /// <summary>Leaves out axes of one element, and walks neighbours as one where all walks can.</summary>
    private void Join()
    {
        int kept = 0;
        for (int axis = 0; axis < rank; axis++)
        {
            if (sizes[axis] == 1)
            {
                continue;
            }

            if (kept > 0 && Joins(kept - 1, axis))
            {
                sizes[kept - 1] *= sizes[axis];
                Take(kept - 1, axis);
            }
            else
            {
                sizes[kept] = sizes[axis];
                Take(kept++, axis);
            }
        }

        rank = kept;
    }

    private bool Joins(int outer, int inner)
    {
        bool joins = target.Strides[outer] == target.Strides[inner] * sizes[inner];
        for (int line = 0; line < Count; line++)
        {
            joins &= lines[line].Strides[outer] == lines[line].Strides[inner] * sizes[inner];
        }

        return joins;
    }

    private void Take(int to, int from)
    {
        target.Strides[to] = target.Strides[from];
        for (int line = 0; line < Count; line++)
        {
            lines[line].Strides[to] = lines[line].Strides[from];
        }
    }

    private void Move(int axis, int steps)
    {
        target.At += steps * target.Strides[axis];
        for (int line = 0; line < Count; line++)
        {
            lines[line].At += steps * lines[line].Strides[axis];
        }
    }

    private void Row(Span<ulong> row, int moving, ulong plus, int ring)
    {
        ref Walk x = ref lines[0];
        ref Walk y = ref lines[1];
        switch (moving)
        {
            case 0:
                row.Fill(plus & RingWord.Mask(ring));
                break;
            case 1 when x.Factor == 1 && plus == 0 && ring == RingWord.MaximumRing:
                x.Row(0, row.Length).CopyTo(row);
                break;
            case 1:
                RingKernels.Combine(x.Row(0, row.Length), x.Factor, plus, ring, row);
                break;
            case 2:
                RingKernels.Combine(x.Row(0, row.Length), x.Factor, y.Row(0, row.Length), y.Factor, plus, ring, row);
                break;
            default:
                Many(row, moving, plus, ring);
                break;
        }
    }

    private void Many(Span<ulong> row, int moving, ulong plus, int ring)
    {
        for (int from = 0; from < row.Length; from += Chunk)
        {
            Span<ulong> part = row.Slice(from, Math.Min(Chunk, row.Length - from));
            RingKernels.Combine(
                lines[0].Row(from, part.Length), lines[0].Factor, lines[1].Row(from, part.Length), lines[1].Factor, plus,
                RingWord.MaximumRing, part);
            for (int line = 2; line < moving; line++)
            {
                RingKernels.Combine(
                    part, 1, lines[line].Row(from, part.Length), lines[line].Factor, 0, line == moving - 1 ? ring : RingWord.MaximumRing, part);
            }
        }
    }

    private void Scattered(Span<ulong> z, int axis, int length, int moving, ulong plus, ulong mask)
    {
        for (int i = 0; i < length; i++)
        {
            ulong sum = plus;
            for (int line = 0; line < moving; line++)
            {
                ref Walk walk = ref lines[line];
                sum += walk.Factor * walk.Words[walk.At + (i * walk.Strides[axis])];
            }

            z[target.At + (i * target.Strides[axis])] = sum & mask;
        }
    }

    /// <summary>Words, and where in them the sum stands.</summary>
    private struct Walk
    {
        public ulong[] Words;
        public int Length;
        public ulong Factor;
        public int At;
        public Axes Strides;

        public readonly ReadOnlySpan<ulong> Row(int from, int length) => Words.AsSpan(At + from, length);
    }

    [InlineArray(MaximumLines)]
    private struct Lines
    {
        private Walk first;
    }
}
