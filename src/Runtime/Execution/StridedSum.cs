using System;
using System.Runtime.CompilerServices;
using MPCache.Ring;

namespace MPCache.Execution;

/// <summary>
/// z[Σ i_k·s_k] = constant + Σ_j factor_j · x_j[start_j + Σ i_k·strides_jk] modulo 2^ring, over planes of ring words, in one pass: what is
/// read along the innermost axis is summed while it is at hand. Nothing depends on the words in time or memory access.
/// <para>Two axes are walked by a kernel, any others by a counter around it; what both planes of a value share is found once.</para>
/// </summary>
internal ref struct StridedSum
{
    /// <summary>Lines of words that are summed at most: two planes a summand.</summary>
    private const int MaximumLines = 2 * Summand.MaximumSummands;

    /// <summary>Lines that a kernel sums.</summary>
    private const int KernelLines = 4;

    /// <summary>Words of a row that are summed at a time where more lines meet: they stay in the first-level cache.</summary>
    private const int Chunk = 1024;

    /// <summary>Words of a row that are gathered before the next row takes their neighbours, which the cache still has.</summary>
    private const int Tile = 64;

    private readonly ReadOnlySpan<Summand> summands;
    private readonly bool empty;
    private Walk target;
    private Walks walks;
    private Axes sizes;
    private int rank;
    private Lines lines;

    /// <summary>Begins a sum.</summary>
    /// <param name="start">Where in the result its first element stands.</param>
    /// <param name="strides">From one index of an axis to the next, in the result.</param>
    /// <param name="sizes">The axes' sizes.</param>
    /// <param name="summands">What is summed, at most four.</param>
    /// <exception cref="ArgumentException">A walk leaves its value.</exception>
    public StridedSum(int start, scoped ReadOnlySpan<int> strides, scoped ReadOnlySpan<int> sizes, ReadOnlySpan<Summand> summands)
    {
        if (strides.Length != sizes.Length)
        {
            throw new ArgumentException($"There are {sizes.Length} axes and {strides.Length} strides.");
        }

        this.summands = summands;
        this.sizes = new Axes(sizes);
        rank = sizes.Length;
        target = new Walk { At = start, Strides = new Axes(strides) };
        foreach (int size in sizes)
        {
            empty |= size == 0;
        }

        for (int i = 0; i < summands.Length; i++)
        {
            ref readonly Summand summand = ref summands[i];
            walks[i] = new Walk { At = summand.Start, Strides = summand.Strides };
            if (summand.Value.A is not null || summand.Value.B is not null)
            {
                CheckInside(walks[i], summand.Value.Count);
            }
        }

        if (!empty)
        {
            Join();
        }
    }

    /// <summary>Lines of words so far.</summary>
    public int Count { get; private set; }

    /// <summary>Takes words into the sum, where there are any.</summary>
    /// <param name="summand">The summand that they are of.</param>
    /// <param name="second">Whether they are its second plane.</param>
    /// <param name="factor">What they are multiplied by.</param>
    public void Add(int summand, bool second, ulong factor)
    {
        RingValue value = summands[summand].Value;
        if ((second ? value.B : value.A) is ulong[] words)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(words.Length, value.Count);
            lines[Count++] = new Line { Summand = summand, Second = second, Factor = factor, At = walks[summand].At };
        }
    }

    /// <summary>Computes the sum of the lines so far and drops them.</summary>
    /// <param name="z">The result; no overlap with what is summed.</param>
    /// <param name="constant">What is added to every element.</param>
    /// <param name="ring">Width of the ring in bits, 1 to 64.</param>
    /// <exception cref="ArgumentException">The result leaves its words.</exception>
    public void Into(Span<ulong> z, ulong constant, int ring)
    {
        CheckInside(target, z.Length);
        if (!empty)
        {
            Sum(z, constant, RingWord.Mask(ring));
        }

        Count = 0;
    }

    private void Sum(Span<ulong> z, ulong constant, ulong mask)
    {
        int inner = rank - 1;
        int moving = Sort(inner);
        bool several = moving <= KernelLines && Count - moving <= 1;
        (int down, int tile) = several ? Down(inner, moving) : (-1, Chunk);
        WordSum sum = new() { Rows = down < 0 ? 1 : sizes[down], Mask = mask };
        int to = target.At;
        Axes index = default;
        while (true)
        {
            Rows(ref sum, z, to, constant, moving, inner, down, tile);
            int axis = inner - 1;
            for (; axis >= 0; axis--)
            {
                if (axis != down)
                {
                    bool next = ++index[axis] < sizes[axis];
                    int steps = next ? 1 : 1 - sizes[axis];
                    to += steps * target.Strides[axis];
                    Move(axis, steps);
                    if (next)
                    {
                        break;
                    }

                    index[axis] = 0;
                }
            }

            if (axis < 0)
            {
                return;
            }
        }
    }

    /// <summary>Puts the lines first that move along an axis, those with factors of one kind together.</summary>
    /// <returns>How many those are.</returns>
    private int Sort(int axis)
    {
        int moving = 0;
        for (int line = 0; line < Count; line++)
        {
            if (axis >= 0 && walks[lines[line].Summand].Strides[axis] != 0)
            {
                Line taken = lines[line];
                lines[line] = lines[moving];
                int place = moving++;
                for (; place > 0 && RingKernels.KindOf(lines[place - 1].Factor) > RingKernels.KindOf(taken.Factor); place--)
                {
                    lines[place] = lines[place - 1];
                }

                lines[place] = taken;
            }
        }

        return moving;
    }

    /// <summary>
    /// The axis from one row of the kernel to the next, −1 for none, and the words of a row that are summed at a time: the longest axis, and
    /// whole rows; but where a row jumps over words that other rows use, those rows, and a part of each at a time.
    /// </summary>
    private readonly (int Down, int Tile) Down(int inner, int moving)
    {
        int down = -1;
        for (int axis = inner - 1; axis >= 0; axis--)
        {
            bool between = target.Strides[axis] == 1 && target.Strides[inner] != 1;
            for (int line = 0; line < moving; line++)
            {
                ref readonly Axes strides = ref walks[lines[line].Summand].Strides;
                between |= strides[axis] == 1 && strides[inner] != 1;
            }

            if (between)
            {
                return (axis, Tile);
            }

            if (down < 0 || sizes[axis] > sizes[down])
            {
                down = axis;
            }
        }

        return (down, int.MaxValue);
    }

    private void Rows(ref WordSum sum, Span<ulong> z, int to, ulong constant, int moving, int inner, int down, int tile)
    {
        int length = inner < 0 ? 1 : sizes[inner];
        for (int from = 0; from < length; from = tile < length - from ? from + tile : length)
        {
            sum.Length = Math.Min(tile, length - from);
            sum.Z = Rows(z, to, target.Strides, from, inner, down);
            sum.InPlace = false;
            Begin(ref sum, constant, moving, down);
            int line = 0;
            while (true)
            {
                sum.Count = sum.InPlace ? 1 : 0;
                for (; sum.Count < KernelLines && line < moving; line++)
                {
                    ref Line next = ref lines[line];
                    Put(ref sum, Rows(Words(next), next.At, walks[next.Summand].Strides, from, inner, down), next.Factor);
                }

                RingKernels.Combine(sum);
                if (line == moving)
                {
                    break;
                }

                // More lines than a kernel sums: the others are added to what it has summed.
                sum.A = sum.Z;
                (sum.InPlace, sum.FactorA, sum.Constant, sum.NumberFactor) = (true, 1, 0, 0);
            }
        }
    }

    /// <summary>What stands still along a row is a number of it, or a constant where there is a single row.</summary>
    private readonly void Begin(ref WordSum sum, ulong constant, int moving, int down)
    {
        sum.Constant = constant;
        for (int line = moving; line < Count; line++)
        {
            Line still = lines[line];
            if (down >= 0)
            {
                sum.Number = Rows(Words(still), still.At, walks[still.Summand].Strides, 0, -1, down);
                sum.NumberFactor = still.Factor;
            }
            else
            {
                sum.Constant += still.Factor * Words(still)[still.At];
            }
        }
    }

    private static void Put(ref WordSum sum, WordRows rows, ulong factor)
    {
        switch (sum.Count++)
        {
            case 0:
                sum.A = rows;
                sum.FactorA = factor;
                break;
            case 1:
                sum.B = rows;
                sum.FactorB = factor;
                break;
            case 2:
                sum.C = rows;
                sum.FactorC = factor;
                break;
            default:
                sum.D = rows;
                sum.FactorD = factor;
                break;
        }
    }

    private static WordRows Rows(Span<ulong> words, int at, scoped in Axes strides, int from, int inner, int down)
    {
        int along = inner < 0 ? 1 : strides[inner];
        return new WordRows(ref words[at + (from * along)], down < 0 ? 0 : strides[down], along);
    }

    private readonly ulong[] Words(scoped in Line line) => (line.Second ? summands[line.Summand].Value.B : summands[line.Summand].Value.A)!;

    private readonly void CheckInside(in Walk walk, int length)
    {
        (int first, int last) = (walk.At, walk.At);
        for (int axis = 0; axis < rank; axis++)
        {
            int reach = checked((sizes[axis] - 1) * walk.Strides[axis]);
            first = checked(first + Math.Min(reach, 0));
            last = checked(last + Math.Max(reach, 0));
        }

        if (!empty && (first < 0 || last >= length))
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

    private readonly bool Joins(int outer, int inner)
    {
        bool joins = target.Strides[outer] == target.Strides[inner] * sizes[inner];
        for (int i = 0; i < summands.Length; i++)
        {
            joins &= walks[i].Strides[outer] == walks[i].Strides[inner] * sizes[inner];
        }

        return joins;
    }

    private void Take(int to, int from)
    {
        target.Strides[to] = target.Strides[from];
        for (int i = 0; i < summands.Length; i++)
        {
            walks[i].Strides[to] = walks[i].Strides[from];
        }
    }

    private void Move(int axis, int steps)
    {
        for (int line = 0; line < Count; line++)
        {
            lines[line].At += steps * walks[lines[line].Summand].Strides[axis];
        }
    }

    /// <summary>Where a walk begins, and how it goes on.</summary>
    private struct Walk
    {
        public int At;
        public Axes Strides;
    }

    /// <summary>A plane of a summand, and where in it the sum stands.</summary>
    private struct Line
    {
        public int Summand;
        public bool Second;
        public int At;
        public ulong Factor;
    }

    [InlineArray(Summand.MaximumSummands)]
    private struct Walks
    {
        private Walk first;
    }

    [InlineArray(MaximumLines)]
    private struct Lines
    {
        private Line first;
    }
}
