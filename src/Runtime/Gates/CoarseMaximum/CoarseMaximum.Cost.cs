using MPCache.Contract;

namespace MPCache.Gates;

public static partial class CoarseMaximum
{
    /// <summary>Most bits of a ring whose values are told apart.</summary>
    public const int LargestRing = 8;

    /// <summary>Bits of the hash that tells whether a set is empty: a set that is not is taken to be with probability 2^−40.</summary>
    public const int HashBits = DigitCount * DigitBits;

    /// <summary>Digits of the hash, each of which is compared with zero.</summary>
    public const int DigitCount = 8;

    private const int DigitBits = 5;

    /// <summary>Tape bytes of the hashes: the elements' unit vectors.</summary>
    /// <param name="elements">Elements of all rows.</param>
    /// <param name="ring">The elements' bits k.</param>
    public static Expr HashesTapeBytes(Expr elements, int ring) => UnitVectors.TapeBytes(elements, ring);

    /// <summary>Tape bytes of the digits: a unit vector each.</summary>
    /// <param name="hashes">Rows times thresholds.</param>
    public static Expr DigitsTapeBytes(Expr hashes) => UnitVectors.TapeBytes(hashes * DigitCount, DigitBits);

    /// <summary>Tape bytes of the conjunctions of all digits: a unit vector each.</summary>
    /// <param name="hashes">Rows times thresholds.</param>
    public static Expr OccupiedTapeBytes(Expr hashes) => UnitVectors.TapeBytes(hashes, DigitCount);
}
