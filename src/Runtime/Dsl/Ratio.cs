using System;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace MPCache;

/// <summary>
/// An exact fraction of at least 0, written as decimal text: the share of the tokens to keep, for example. Both parties, the dealer and
/// the compiler must agree on how many "7 % of 100" are, and in binary floating point ⌈0.07·100⌉ is 8.
/// </summary>
public readonly struct Ratio : IEquatable<Ratio>, IComparable<Ratio>
{
    // 10^18 is the largest power of ten in 64 bits; with it every product below fits 128 bits.
    private const int MaximumDigits = 18;

    // A default value has the denominator 0 and must mean 0/1.
    private readonly long _denominator;

    private Ratio(long numerator, long denominator)
    {
        Numerator = numerator;
        _denominator = denominator;
    }

    /// <summary>The numerator of the reduced fraction.</summary>
    public long Numerator { get; }

    /// <summary>The denominator of the reduced fraction, at least 1.</summary>
    public long Denominator => _denominator == 0 ? 1 : _denominator;

    /// <summary>Reads decimal text such as <c>0.07</c> or <c>1</c>: digits, optionally a point and more digits, in every culture.</summary>
    /// <param name="text">At most 18 digits; neither sign nor exponent.</param>
    /// <returns>The exact value.</returns>
    /// <exception cref="MPCacheException">The text is something else.</exception>
    public static Ratio Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out Ratio ratio)
            ? ratio
            : throw new MPCacheException(
                $"'{text}' is no ratio",
                $"Write a decimal number such as 0.07, without sign or exponent, of at most {MaximumDigits} digits");
    }

    /// <summary>Reads decimal text as <see cref="Parse"/> does, without throwing.</summary>
    /// <param name="text">The text.</param>
    /// <param name="ratio">The exact value, or 0 where the text is no ratio.</param>
    /// <returns>Whether the text is a ratio.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out Ratio ratio)
    {
        ratio = default;
        if (text is null)
        {
            return false;
        }

        int point = text.IndexOf('.', StringComparison.Ordinal);
        ReadOnlySpan<char> whole = point < 0 ? text : text.AsSpan(0, point);
        ReadOnlySpan<char> fraction = point < 0 ? "" : text.AsSpan(point + 1);
        if (whole.IsEmpty || (point >= 0 && fraction.IsEmpty) || whole.Length + fraction.Length > MaximumDigits)
        {
            return false;
        }

        long numerator = 0;
        long denominator = 1;
        foreach (char digit in text)
        {
            if (digit != '.')
            {
                if (!char.IsAsciiDigit(digit))
                {
                    return false;
                }

                numerator = numerator * 10 + (digit - '0');
            }
        }

        for (int i = 0; i < fraction.Length; i++)
        {
            if (fraction[i] == '.')
            {
                return false;
            }

            denominator *= 10;
        }

        long divisor = GreatestCommonDivisor(numerator, denominator);
        ratio = new Ratio(numerator / divisor, denominator / divisor);
        return true;
    }

    /// <summary>⌈ratio·n⌉, exactly.</summary>
    /// <param name="n">At least 0.</param>
    /// <returns>The smallest integer that is at least the share.</returns>
    /// <exception cref="MPCacheException">The result exceeds 32 bits.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="n"/> is negative.</exception>
    public int CeilOf(int n)
    {
        return Share(n, Denominator - 1);
    }

    /// <summary>⌊ratio·n⌋, exactly.</summary>
    /// <param name="n">At least 0.</param>
    /// <returns>The largest integer that is at most the share.</returns>
    /// <exception cref="MPCacheException">The result exceeds 32 bits.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="n"/> is negative.</exception>
    public int FloorOf(int n)
    {
        return Share(n, 0);
    }

    /// <inheritdoc/>
    public int CompareTo(Ratio other)
    {
        return ((Int128)Numerator * other.Denominator).CompareTo((Int128)other.Numerator * Denominator);
    }

    /// <inheritdoc/>
    public bool Equals(Ratio other)
    {
        return Numerator == other.Numerator && Denominator == other.Denominator;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj)
    {
        return obj is Ratio other && Equals(other);
    }

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        return HashCode.Combine(Numerator, Denominator);
    }

    /// <summary>The shortest decimal text that <see cref="Parse"/> reads back as this value, the same in every culture.</summary>
    /// <returns>The text, for example <c>0.07</c>.</returns>
    public override string ToString()
    {
        long power = 1;
        int digits = 0;
        while (power % Denominator != 0)
        {
            power *= 10;
            digits++;
        }

        string text = (Numerator * (power / Denominator)).ToString(CultureInfo.InvariantCulture).PadLeft(digits + 1, '0');
        return digits == 0 ? text : $"{text[..^digits]}.{text[^digits..]}";
    }

    /// <summary>Whether two ratios are the same number.</summary>
    /// <param name="left">The left ratio.</param>
    /// <param name="right">The right ratio.</param>
    /// <returns>Whether they are equal.</returns>
    public static bool operator ==(Ratio left, Ratio right) => left.Equals(right);

    /// <summary>Whether two ratios are different numbers.</summary>
    /// <param name="left">The left ratio.</param>
    /// <param name="right">The right ratio.</param>
    /// <returns>Whether they differ.</returns>
    public static bool operator !=(Ratio left, Ratio right) => !left.Equals(right);

    /// <summary>Whether the left ratio is the smaller number.</summary>
    /// <param name="left">The left ratio.</param>
    /// <param name="right">The right ratio.</param>
    /// <returns>Whether left &lt; right.</returns>
    public static bool operator <(Ratio left, Ratio right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left ratio is the larger number.</summary>
    /// <param name="left">The left ratio.</param>
    /// <param name="right">The right ratio.</param>
    /// <returns>Whether left &gt; right.</returns>
    public static bool operator >(Ratio left, Ratio right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left ratio is at most the right one.</summary>
    /// <param name="left">The left ratio.</param>
    /// <param name="right">The right ratio.</param>
    /// <returns>Whether left ≤ right.</returns>
    public static bool operator <=(Ratio left, Ratio right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the left ratio is at least the right one.</summary>
    /// <param name="left">The left ratio.</param>
    /// <param name="right">The right ratio.</param>
    /// <returns>Whether left ≥ right.</returns>
    public static bool operator >=(Ratio left, Ratio right) => left.CompareTo(right) >= 0;

    private int Share(int n, long roundingUp)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        Int128 share = ((Int128)Numerator * n + roundingUp) / Denominator;
        return share <= int.MaxValue
            ? (int)share
            : throw new MPCacheException($"{this} of {n} is more than {int.MaxValue}", "Use a smaller ratio");
    }

    private static long GreatestCommonDivisor(long a, long b)
    {
        while (b != 0)
        {
            (a, b) = (b, a % b);
        }

        return a;
    }
}
