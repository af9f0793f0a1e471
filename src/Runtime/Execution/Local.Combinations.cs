using System;
using MPCache.Ring;

namespace MPCache.Execution;

/// <content>
/// Linear maps that follow each other, with the slices, permutations and repetitions between them, in one pass: what the compiler makes of a
/// chain of the operations above.
/// </content>
public static partial class Local
{
    /// <summary>Σ_j factor_j·x_j + a public constant; masked where all summands are, additive where the others count by their shares.</summary>
    /// <param name="run">The call.</param>
    /// <param name="ring">The ring's bits.</param>
    /// <param name="sizes">The axes that the summands are walked along; the result is row-major over them.</param>
    /// <param name="summands">What is added, at most four.</param>
    /// <param name="plus">
    /// The raw constant: to x̂ at both parties where the result is masked, to the client's share where it is additive.
    /// </param>
    public static RingValue Combine<TRole>(
        Run run, int ring, ReadOnlySpan<int> sizes, ReadOnlySpan<Summand> summands, long plus = 0)
        where TRole : IRole
    {
        run.Profile?.Enter(CallProfile.Local);
        Axes axes = default;
        Span<int> strides = ((Span<int>)axes)[..sizes.Length];
        Layout.RowMajor(sizes, strides);
        int count = Layout.Count(sizes);
        StridedSum sum = new(count, 0, strides, sizes, summands);
        (bool first, bool second, bool masked) = Planes<TRole>(summands);
        RingValue z = new(first ? run.Rent(count) : null, second ? run.Rent(count) : null, count);
        Sum<TRole>(z, ref sum, summands, masked, plus, ring);
        return z;
    }

    /// <summary>Part of a masked value that several combinations make: room for all of it.</summary>
    /// <param name="run">The call.</param>
    /// <param name="count">Elements.</param>
    /// <param name="like">A value with the planes that it has.</param>
    public static RingValue Room(Run run, int count, in RingValue like)
    {
        run.Profile?.Enter(CallProfile.Local);
        return Rent(run, like, count);
    }

    /// <summary>Writes a combination, as <see cref="Combine{TRole}(Run, int, ReadOnlySpan{int}, ReadOnlySpan{Summand}, long)"/> makes it, into a part of a
    /// value.</summary>
    /// <param name="run">The call.</param>
    /// <param name="z">The value.</param>
    /// <param name="start">Where in it the part begins.</param>
    /// <param name="strides">From one index of an axis to the next, in the value.</param>
    /// <param name="ring">The ring's bits.</param>
    /// <param name="sizes">The axes that the summands are walked along.</param>
    /// <param name="summands">What is added, at most four.</param>
    /// <param name="plus">The raw constant.</param>
    public static void CombineInto<TRole>(
        Run run, in RingValue z, int start, ReadOnlySpan<int> strides, int ring, ReadOnlySpan<int> sizes, ReadOnlySpan<Summand> summands,
        long plus = 0)
        where TRole : IRole
    {
        run.Profile?.Enter(CallProfile.Local);
        StridedSum sum = new(z.Count, start, strides, sizes, summands);
        Sum<TRole>(z, ref sum, summands, Planes<TRole>(summands).Masked, plus, ring);
    }

    private static void Sum<TRole>(
        in RingValue z, ref StridedSum sum, scoped ReadOnlySpan<Summand> summands, bool masked, long plus, int ring)
        where TRole : IRole
    {
        ulong mask = RingWord.Mask(ring);
        if (z.A is not null)
        {
            Add<TRole>(ref sum, summands, second: false);
            sum.Into(z.First, TakesPublic<TRole>(z) ? (ulong)plus : 0, mask);
        }

        if (z.B is not null)
        {
            if (masked && z.A is not null)
            {
                sum.ToSecond();
            }
            else
            {
                sum.Clear();
                Add<TRole>(ref sum, summands, second: true);
            }

            sum.Into(z.Second, 0, mask);
        }
    }

    /// <summary>Which planes the result has, and whether the same summands make up both.</summary>
    private static (bool First, bool Second, bool Masked) Planes<TRole>(ReadOnlySpan<Summand> summands)
        where TRole : IRole
    {
        (bool first, bool second, bool masked) = (false, false, true);
        foreach (ref readonly Summand summand in summands)
        {
            (bool a, bool b) = (summand.Value.A is not null, summand.Value.B is not null);
            masked &= a && b && !summand.ToShares;
            first |= summand.ToShares ? !TRole.IsDealer && (b || (TRole.IsClient && a)) : a;
            second |= b && !summand.ToShares;
        }

        return (first, second, masked);
    }

    /// <summary>Adds what makes up a plane of the result.</summary>
    private static void Add<TRole>(ref StridedSum sum, scoped ReadOnlySpan<Summand> summands, bool second)
        where TRole : IRole
    {
        for (int i = 0; i < summands.Length; i++)
        {
            ref readonly Summand summand = ref summands[i];
            if (!summand.ToShares)
            {
                sum.Add(i, second, summand.Factor);
            }
            else if (!second && !TRole.IsDealer)
            {
                if (TRole.IsClient)
                {
                    sum.Add(i, false, summand.Factor);
                }

                sum.Add(i, true, 0 - summand.Factor);
            }
        }
    }
}
