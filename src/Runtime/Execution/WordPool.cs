using System;
using System.Buffers;
using System.Collections.Generic;
using System.Numerics;

namespace MPCache.Execution;

/// <summary>
/// The buffers of one role's calls, which follow each other: what one gives back, the next takes. A second call like the first allocates
/// nothing. Small buffers for which several calls in a row had no use are left to the garbage collector, large ones after a single such call, so
/// that a long prompt's do not stay while tokens are generated.
/// <para>Sizes are four to an octave: at most a fifth of a buffer is unused. Not for several threads at a time.</para>
/// </summary>
public sealed class WordPool : ArrayPool<ulong>
{
    private const int Least = 16;
    private const int Octaves = 31;
    private const int StepsBits = 2;

    /// <summary>After so many calls that needed fewer small buffers of a size, the others are let go.</summary>
    private const int Patience = 8;

    /// <summary>Words of a large buffer: to get one anew costs little beside the work on it.</summary>
    private const int LargeWords = 1 << 17;

    private static readonly int FirstLarge = SizeOf(LargeWords).Index;

    private readonly Size[] sizes = new Size[Octaves << StepsBits];

    /// <summary>A buffer of at least <paramref name="minimumLength"/> words with unspecified content.</summary>
    public override ulong[] Rent(int minimumLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(minimumLength);
        if (minimumLength == 0)
        {
            return [];
        }

        (int index, int length) = SizeOf(minimumLength);
        ref Size size = ref sizes[index];
        size.Out++;
        size.Most = Math.Max(size.Most, size.Out);
        return size.Free is { Count: > 0 } free ? free.Pop() : GC.AllocateUninitializedArray<ulong>(length);
    }

    /// <summary>Takes a buffer of this pool back.</summary>
    /// <param name="array">The buffer.</param>
    /// <param name="clearArray">Whether to clear it.</param>
    /// <exception cref="ArgumentException">The buffer is none of a pool's.</exception>
    public override void Return(ulong[] array, bool clearArray = false)
    {
        ArgumentNullException.ThrowIfNull(array);
        if (array.Length == 0)
        {
            return;
        }

        (int index, int length) = SizeOf(array.Length);
        if (length != array.Length)
        {
            throw new ArgumentException($"A buffer of {array.Length} words is none of a pool's.", nameof(array));
        }

        if (clearArray)
        {
            Array.Clear(array);
        }

        ref Size size = ref sizes[index];
        size.Out--;
        (size.Free ??= []).Push(array);
    }

    /// <summary>A call has ended. What it has not given back is its caller's.</summary>
    public void Trim()
    {
        for (int i = 0; i < sizes.Length; i++)
        {
            ref Size size = ref sizes[i];
            int patience = i >= FirstLarge ? 1 : Patience;
            (size.Kept, size.Idle) =
                size.Most >= size.Kept ? (size.Most, 0) : size.Idle + 1 < patience ? (size.Kept, size.Idle + 1) : (size.Most, 0);
            while (size.Free is { } free && free.Count > size.Kept)
            {
                free.Pop();
            }

            (size.Out, size.Most) = (0, 0);
        }
    }

    private static (int Index, int Length) SizeOf(int count)
    {
        uint words = (uint)Math.Max(count, Least);

        // 2^(octave + 2) ≤ words, in steps of 2^octave.
        int octave = BitOperations.Log2(words) - StepsBits;
        uint steps = (words + (1u << octave) - 1) >> octave;
        return ((octave << StepsBits) + (int)steps - (1 << StepsBits), (int)Math.Min(steps << octave, (uint)Array.MaxLength));
    }

    private struct Size
    {
        public Stack<ulong[]>? Free;
        public int Out;
        public int Most;
        public int Kept;
        public int Idle;
    }
}
