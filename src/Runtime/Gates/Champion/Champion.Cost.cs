using MPCache.Contract;

namespace MPCache.Gates;

public static partial class Champion
{
    /// <summary>Tape bytes: for each contender but the last, all products of its g − 1 bits, alone and with its difference's mask.</summary>
    /// <param name="groups">Groups of g contenders.</param>
    /// <param name="contenders">g.</param>
    /// <param name="ring">The ring's bits.</param>
    public static Expr TapeBytes(Expr groups, int contenders, int ring) =>
        2 * Wire.Ring(groups * ((contenders - 1) * ((1 << (contenders - 1)) - 1)), ring);

    /// <summary>Pairs among g contenders.</summary>
    public static int Pairs(int contenders) => contenders * (contenders - 1) / 2;

    /// <summary>Where the pair of contenders i &lt; j stands among all pairs.</summary>
    public static int Pair(int contenders, int i, int j) => (i * ((2 * contenders) - i - 1) / 2) + j - i - 1;
}
