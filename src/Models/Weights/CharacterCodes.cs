using System;

namespace MPCache.Models.Weights;

/// <summary>
/// Sixty vectors in six dimensions with two entries of ±1 each (the roots of D₆): the inner product of two of them is 2 for a vector with
/// itself and at most 1 for any other. They are numbered in five frames of twelve, one for each perfect matching of the six axes in a
/// round robin; within a frame the inner product of two different vectors is 0 or −2.
/// </summary>
internal static class CharacterCodes
{
    /// <summary>Number of entries of a vector.</summary>
    public const int Size = 6;

    /// <summary>Number of vectors.</summary>
    public const int Count = 60;

    /// <summary>The inner product of a vector with itself.</summary>
    public const int SquaredNorm = 2;

    /// <summary>The vector of a number in [0, <see cref="Count"/>).</summary>
    public static double[] Vector(int number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(number, Count);
        int day = number / 12;
        int match = number % 12 / 4;
        int signs = number % 4;
        int first = match == 0 ? Size - 1 : (day + match) % (Size - 1);
        int second = (day + Size - 1 - match) % (Size - 1);

        double[] vector = new double[Size];
        vector[first] = 1 - (2 * (signs & 1));
        vector[second] = 1 - (signs & 2);
        return vector;
    }
}
