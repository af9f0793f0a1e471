using System;
using MPCache.FixedPoint;
using MPCache.Ring;

namespace MPCache.Execution;

/// <summary>Public tensors, held in the first plane alone, and linear maps with public coefficients.</summary>
public static class PublicTensors
{
    /// <summary>1 where query i may attend to token j, that is j ≤ tokens − queries + i; 0 elsewhere.</summary>
    /// <param name="run">The call.</param>
    /// <param name="queries">Rows; the last one is the newest token.</param>
    /// <param name="tokens">Columns.</param>
    public static RingValue Causal(Run run, int queries, int tokens)
    {
        run.Profile?.Enter(CallProfile.Local);
        RingValue mask = new(run.RentCleared(queries * tokens), null, queries * tokens);
        for (int i = 0; i < queries; i++)
        {
            mask.First.Slice(i * tokens, tokens - queries + i + 1).Fill(1);
        }

        return mask;
    }

    /// <summary>0, 1, …, count − 1.</summary>
    public static RingValue Iota(Run run, int count)
    {
        run.Profile?.Enter(CallProfile.Local);
        RingValue positions = new(run.Rent(count), null, count);
        for (int i = 0; i < count; i++)
        {
            positions.First[i] = (ulong)i;
        }

        return positions;
    }

    /// <summary>One raw value in every place.</summary>
    public static RingValue Constant(Run run, int count, long raw)
    {
        run.Profile?.Enter(CallProfile.Local);
        RingValue constant = new(run.Rent(count), null, count);
        constant.First.Fill((ulong)raw);
        return constant;
    }

    /// <summary>x where the public mask is 1, a public constant where it is 0.</summary>
    /// <param name="run">The call.</param>
    /// <param name="x">Masked value.</param>
    /// <param name="mask">Public zeros and ones, as many.</param>
    /// <param name="otherwise">The raw constant.</param>
    /// <param name="ring">The ring's bits.</param>
    public static RingValue Where<TRole>(Run run, in RingValue x, in RingValue mask, long otherwise, int ring)
        where TRole : IRole
    {
        run.Profile?.Enter(CallProfile.Local);
        RingValue result = new(run.Rent(x.Count), run.Rent(x.Count), x.Count);
        RingKernels.Multiply(x.First, mask.First, result.First);
        RingKernels.Multiply(x.Second, mask.First, result.Second);
        if (!TRole.IsDealer && otherwise != 0)
        {
            ulong constant = (ulong)otherwise & RingWord.Mask(ring);
            ReadOnlySpan<ulong> kept = mask.First;
            Span<ulong> opened = result.First;
            for (int i = 0; i < kept.Length; i++)
            {
                opened[i] += constant & (kept[i] - 1);
            }
        }

        return result;
    }

    /// <summary>
    /// The rotary embedding: pairs (2i, 2i+1) of the last axis turned by the angle position·theta^(−2i/size), with sines and cosines of
    /// <paramref name="bits"/> fraction bits, by which the scale grows.
    /// </summary>
    /// <param name="run">The call.</param>
    /// <param name="x">Masked value or share, [rows, heads, size].</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="first">The first row's position.</param>
    /// <param name="theta">The base of the frequencies.</param>
    /// <param name="bits">Fraction bits of the coefficients.</param>
    /// <param name="ring">The ring's bits.</param>
    public static RingValue Rotary(Run run, in RingValue x, ReadOnlySpan<int> shape, int first, double theta, int bits, int ring)
    {
        run.Profile?.Enter(CallProfile.Local);
        int rows = shape[0];
        int heads = shape[1];
        int size = shape[2];
        long[] cosines = new long[rows * size / 2];
        long[] sines = new long[rows * size / 2];
        RotaryTable.Fill(size, theta, first, rows, bits, cosines, sines);
        RingValue turned = new(x.A is null ? null : run.Rent(x.Count), x.B is null ? null : run.Rent(x.Count), x.Count);
        if (x.A is not null)
        {
            Turn(x.First, turned.First, rows, heads, size, cosines, sines, ring);
        }

        if (x.B is not null)
        {
            Turn(x.Second, turned.Second, rows, heads, size, cosines, sines, ring);
        }

        return turned;
    }

    private static void Turn(
        ReadOnlySpan<ulong> x, Span<ulong> turned, int rows, int heads, int size, long[] cosines, long[] sines, int ring)
    {
        ulong mask = RingWord.Mask(ring);
        int pairs = size / 2;
        for (int row = 0; row < rows; row++)
        {
            for (int head = 0; head < heads; head++)
            {
                int start = ((row * heads) + head) * size;
                for (int pair = 0; pair < pairs; pair++)
                {
                    ulong cosine = (ulong)cosines[(row * pairs) + pair];
                    ulong sine = (ulong)sines[(row * pairs) + pair];
                    ulong a = x[start + (2 * pair)];
                    ulong b = x[start + (2 * pair) + 1];
                    turned[start + (2 * pair)] = ((a * cosine) - (b * sine)) & mask;
                    turned[start + (2 * pair) + 1] = ((a * sine) + (b * cosine)) & mask;
                }
            }
        }
    }
}
