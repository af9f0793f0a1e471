using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace MPCache.Ring;

/// <summary>
/// Rows of a sum, z = constant + number + a·A + b·B + c·C + d·D modulo 2^ring: what <see cref="RingKernels.Combine"/> computes. The caller
/// has checked that all rows are inside their words.
/// </summary>
internal ref struct WordSum
{
    /// <summary>The most summands.</summary>
    public const int MaximumSummands = 4;

    /// <summary>The result.</summary>
    public WordRows Z;

    /// <summary>How many blocks.</summary>
    public int Blocks;

    /// <summary>Rows a block.</summary>
    public int Rows;

    /// <summary>Words a row.</summary>
    public int Length;

    /// <summary>What every word of the result begins with.</summary>
    public ulong Constant;

    /// <summary>The bits of the ring.</summary>
    public ulong Mask;

    /// <summary>
    /// Whether the result is A itself, in the same places. Otherwise it does not overlap what is summed, and words may be computed twice.
    /// </summary>
    public bool InPlace;

    /// <summary>One number a row.</summary>
    public WordRows Number;

    /// <summary>Its factor; 0 where there is none.</summary>
    public ulong NumberFactor;

    /// <summary>How many of A, B, C and D there are.</summary>
    public int Count;

    /// <summary>The first summand.</summary>
    public WordRows A;

    /// <summary>Its factor. Factors of 1 stand before those of −1, and both before all others.</summary>
    public ulong FactorA;

    /// <summary>The second summand.</summary>
    public WordRows B;

    /// <summary>Its factor.</summary>
    public ulong FactorB;

    /// <summary>The third summand.</summary>
    public WordRows C;

    /// <summary>Its factor.</summary>
    public ulong FactorC;

    /// <summary>The fourth summand.</summary>
    public WordRows D;

    /// <summary>Its factor.</summary>
    public ulong FactorD;

    /// <summary>Room for the words of one more summand.</summary>
    /// <param name="factor">Its factor.</param>
    [UnscopedRef]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref WordRows Next(ulong factor)
    {
        switch (Count++)
        {
            case 0:
                FactorA = factor;
                return ref A;
            case 1:
                FactorB = factor;
                return ref B;
            case 2:
                FactorC = factor;
                return ref C;
            default:
                FactorD = factor;
                return ref D;
        }
    }
}
