using System;
using MPCache.Ring;

namespace MPCache.Execution;

/// <summary>
/// What costs nothing: linear maps over Z_2^m, layout, and public constants. A linear map treats both planes of a value alike, at the
/// parties and at the dealer, so masked values stay masked by the image of their mask and shares stay shares. Absent planes stay absent,
/// where two operands meet an absent plane counts as zero. Results are in fresh buffers, reduced to the given ring.
/// <para>Flights, online bytes and tape: none. Error: none. Leakage: nothing is sent.</para>
/// </summary>
public static partial class Local
{
    /// <summary>x + y; both masked, or both additive.</summary>
    /// <param name="run">The call.</param>
    /// <param name="x">Left operand.</param>
    /// <param name="y">Right operand, as many elements.</param>
    /// <param name="ring">The ring's bits.</param>
    /// <exception cref="ArgumentException">The operands differ in length.</exception>
    public static RingValue Add(Run run, in RingValue x, in RingValue y, int ring)
    {
        run.Profile?.Enter(CallProfile.Local);
        CheckCounts(x, y);
        return new RingValue(Add(run, x.A, y.A, x.Count, ring), Add(run, x.B, y.B, x.Count, ring), x.Count);
    }

    /// <summary>x − y; both masked, or both additive.</summary>
    /// <inheritdoc cref="Add(Run, in RingValue, in RingValue, int)"/>
    public static RingValue Subtract(Run run, in RingValue x, in RingValue y, int ring)
    {
        run.Profile?.Enter(CallProfile.Local);
        CheckCounts(x, y);
        return new RingValue(Subtract(run, x.A, y.A, x.Count, ring), Subtract(run, x.B, y.B, x.Count, ring), x.Count);
    }

    /// <summary>−x.</summary>
    /// <param name="run">The call.</param>
    /// <param name="x">The value.</param>
    /// <param name="ring">The ring's bits.</param>
    public static RingValue Negate(Run run, in RingValue x, int ring)
    {
        run.Profile?.Enter(CallProfile.Local);
        return new(Subtract(run, null, x.A, x.Count, ring), Subtract(run, null, x.B, x.Count, ring), x.Count);
    }

    /// <summary>c·x for a public integer c.</summary>
    /// <param name="run">The call.</param>
    /// <param name="x">The value.</param>
    /// <param name="c">The factor.</param>
    /// <param name="ring">The ring's bits.</param>
    public static RingValue MultiplyConstant(Run run, in RingValue x, long c, int ring)
    {
        run.Profile?.Enter(CallProfile.Local);
        return new RingValue(Scale(run, x.First, x.A, c, ring), Scale(run, x.Second, x.B, c, ring), x.Count);

        static ulong[]? Scale(Run run, ReadOnlySpan<ulong> plane, ulong[]? present, long c, int ring)
        {
            if (present is null)
            {
                return null;
            }

            ulong[] scaled = run.Rent(plane.Length);
            RingKernels.MultiplyConstant(plane, (ulong)c, scaled.AsSpan(0, plane.Length));
            RingKernels.Reduce(scaled.AsSpan(0, plane.Length), ring);
            return scaled;
        }
    }

    /// <summary>x times public integers, element by element.</summary>
    /// <param name="run">The call.</param>
    /// <param name="x">The value.</param>
    /// <param name="factors">As many raw ring elements.</param>
    /// <param name="ring">The ring's bits.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static RingValue MultiplyPublic(Run run, in RingValue x, ReadOnlySpan<ulong> factors, int ring)
    {
        run.Profile?.Enter(CallProfile.Local);
        return new RingValue(Scale(run, x.First, x.A, factors, ring), Scale(run, x.Second, x.B, factors, ring), x.Count);

        static ulong[]? Scale(Run run, ReadOnlySpan<ulong> plane, ulong[]? present, ReadOnlySpan<ulong> factors, int ring)
        {
            if (present is null)
            {
                return null;
            }

            ulong[] scaled = run.Rent(plane.Length);
            RingKernels.Multiply(plane, factors, scaled.AsSpan(0, plane.Length));
            RingKernels.Reduce(scaled.AsSpan(0, plane.Length), ring);
            return scaled;
        }
    }

    /// <summary>
    /// x plus public values: to x̂ at both parties where x is masked, to the client's share where it is additive; masks stay as they are.
    /// </summary>
    /// <param name="run">The call.</param>
    /// <param name="x">The value.</param>
    /// <param name="raw">As many raw ring elements.</param>
    /// <param name="ring">The ring's bits.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static RingValue AddPublic<TRole>(Run run, in RingValue x, ReadOnlySpan<ulong> raw, int ring)
        where TRole : IRole
    {
        run.Profile?.Enter(CallProfile.Local);
        RingValue sum = Copy(run, x);
        if (TakesPublic<TRole>(sum))
        {
            RingKernels.AddInPlace(sum.First, raw);
            RingKernels.Reduce(sum.First, ring);
        }

        return sum;
    }

    /// <summary>x plus one public value, as <see cref="AddPublic"/> does.</summary>
    /// <param name="run">The call.</param>
    /// <param name="x">The value.</param>
    /// <param name="raw">The raw value.</param>
    /// <param name="ring">The ring's bits.</param>
    public static RingValue AddConstant<TRole>(Run run, in RingValue x, long raw, int ring)
        where TRole : IRole
    {
        run.Profile?.Enter(CallProfile.Local);
        RingValue sum = Copy(run, x);
        if (TakesPublic<TRole>(sum))
        {
            RingKernels.AddConstant(sum.First, (ulong)raw, sum.First);
            RingKernels.Reduce(sum.First, ring);
        }

        return sum;
    }

    /// <summary>x modulo a smaller ring: its high bits are dropped. The value must fit the smaller ring.</summary>
    /// <param name="run">The call.</param>
    /// <param name="x">The value.</param>
    /// <param name="ring">The smaller ring's bits.</param>
    public static RingValue Narrow(Run run, in RingValue x, int ring)
    {
        run.Profile?.Enter(CallProfile.Local);
        RingValue narrow = Copy(run, x);
        RingKernels.Reduce(narrow.First, ring);
        RingKernels.Reduce(narrow.Second, ring);
        return narrow;
    }

    /// <summary>Reorders axes: axis i of the result is axis <paramref name="axes"/>[i] of x.</summary>
    /// <param name="run">The call.</param>
    /// <param name="x">The value.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="axes">A permutation of the axes.</param>
    /// <exception cref="ArgumentException">The axes are no permutation, or the shape does not match.</exception>
    public static RingValue Permute(Run run, in RingValue x, ReadOnlySpan<int> shape, ReadOnlySpan<int> axes)
    {
        run.Profile?.Enter(CallProfile.Local);
        RingValue z = Rent(run, x, x.Count);
        if (x.A is not null)
        {
            Layout.Permute(x.First, z.First, shape, axes);
        }

        if (x.B is not null)
        {
            Layout.Permute(x.Second, z.Second, shape, axes);
        }

        return z;
    }

    /// <summary>Repeats axes of size 1; both shapes have the same rank.</summary>
    /// <param name="run">The call.</param>
    /// <param name="x">The value.</param>
    /// <param name="from">Its shape.</param>
    /// <param name="to">The result's shape.</param>
    /// <exception cref="ArgumentException">The shapes do not match.</exception>
    public static RingValue Broadcast(Run run, in RingValue x, ReadOnlySpan<int> from, ReadOnlySpan<int> to)
    {
        run.Profile?.Enter(CallProfile.Local);
        RingValue z = Rent(run, x, Layout.Count(to));
        if (x.A is not null)
        {
            Layout.Broadcast(x.First, z.First, from, to);
        }

        if (x.B is not null)
        {
            Layout.Broadcast(x.Second, z.Second, from, to);
        }

        return z;
    }

    /// <summary>A part of one axis.</summary>
    /// <param name="run">The call.</param>
    /// <param name="x">The value.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="axis">The axis.</param>
    /// <param name="start">The first element of the axis.</param>
    /// <param name="length">How many elements of the axis.</param>
    /// <exception cref="ArgumentException">The part is not inside the axis, or the shape does not match.</exception>
    public static RingValue Slice(Run run, in RingValue x, ReadOnlySpan<int> shape, int axis, int start, int length)
    {
        run.Profile?.Enter(CallProfile.Local);
        int count = Layout.Count(shape[..axis]) * length * Layout.Count(shape[(axis + 1)..]);
        RingValue z = Rent(run, x, count);
        if (x.A is not null)
        {
            Layout.Slice(x.First, z.First, shape, axis, start, length);
        }

        if (x.B is not null)
        {
            Layout.Slice(x.Second, z.Second, shape, axis, start, length);
        }

        return z;
    }

    /// <summary>Two values joined along an axis; both masked, or both additive.</summary>
    /// <param name="run">The call.</param>
    /// <param name="x">What comes first.</param>
    /// <param name="shapeX">Its shape.</param>
    /// <param name="y">What comes second.</param>
    /// <param name="shapeY">Its shape, equal except along the axis.</param>
    /// <param name="axis">The axis.</param>
    /// <exception cref="ArgumentException">The shapes do not match.</exception>
    public static RingValue Concat(Run run, in RingValue x, ReadOnlySpan<int> shapeX, in RingValue y, ReadOnlySpan<int> shapeY, int axis)
    {
        run.Profile?.Enter(CallProfile.Local);
        int count = checked(x.Count + y.Count);
        return new RingValue(
            Join(run, x.A, y.A, x.Count, y.Count, shapeX, shapeY, axis),
            Join(run, x.B, y.B, x.Count, y.Count, shapeX, shapeY, axis),
            count);

        static ulong[]? Join(
            Run run, ulong[]? x, ulong[]? y, int countX, int countY, ReadOnlySpan<int> shapeX, ReadOnlySpan<int> shapeY, int axis)
        {
            if (x is null && y is null)
            {
                return null;
            }

            ulong[] joined = run.Rent(countX + countY);
            ulong[]? zeroX = x is null ? run.RentCleared(countX) : null;
            ulong[]? zeroY = y is null ? run.RentCleared(countY) : null;
            Layout.Concat(
                (x ?? zeroX).AsSpan(0, countX), shapeX, (y ?? zeroY).AsSpan(0, countY), shapeY, axis, joined.AsSpan(0, countX + countY));
            run.Return(zeroX);
            run.Return(zeroY);
            return joined;
        }
    }

    /// <summary>Sums along an axis, which disappears.</summary>
    /// <param name="run">The call.</param>
    /// <param name="x">The value.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="axis">The axis.</param>
    /// <param name="ring">The ring's bits.</param>
    /// <exception cref="ArgumentException">The shape does not match.</exception>
    public static RingValue Sum(Run run, in RingValue x, ReadOnlySpan<int> shape, int axis, int ring)
    {
        run.Profile?.Enter(CallProfile.Local);
        int outer = Layout.Count(shape[..axis]);
        int inner = Layout.Count(shape[(axis + 1)..]);
        RingValue z = Rent(run, x, outer * inner);
        if (x.A is not null)
        {
            RingKernels.SumRows(x.First, z.First, outer, shape[axis], inner);
            RingKernels.Reduce(z.First, ring);
        }

        if (x.B is not null)
        {
            RingKernels.SumRows(x.Second, z.Second, outer, shape[axis], inner);
            RingKernels.Reduce(z.Second, ring);
        }

        return z;
    }

    /// <summary>Every element and all before it in its row, summed.</summary>
    /// <param name="run">The call.</param>
    /// <param name="x">The value.</param>
    /// <param name="length">Elements a row.</param>
    /// <param name="ring">The ring's bits.</param>
    public static RingValue CumulativeSum(Run run, in RingValue x, int length, int ring)
    {
        run.Profile?.Enter(CallProfile.Local);
        RingValue sums = Copy(run, x);
        Accumulate(sums.First, length, ring);
        Accumulate(sums.Second, length, ring);
        return sums;

        static void Accumulate(Span<ulong> plane, int length, int ring)
        {
            for (int i = 1; i < plane.Length; i++)
            {
                plane[i] += i % length == 0 ? 0 : plane[i - 1];
            }

            RingKernels.Reduce(plane, ring);
        }
    }

    /// <summary>The same value in fresh buffers.</summary>
    /// <param name="run">The call.</param>
    /// <param name="x">The value.</param>
    public static RingValue Copy(Run run, in RingValue x)
    {
        run.Profile?.Enter(CallProfile.Local);
        RingValue copy = Rent(run, x, x.Count);
        x.First.CopyTo(copy.First);
        x.Second.CopyTo(copy.Second);
        return copy;
    }

    /// <summary>Additive shares of a masked value: x̂ − r_b of a party that knows x̂, −r_b of the other. At the dealer nothing remains.</summary>
    /// <param name="run">The call.</param>
    /// <param name="x">A value that both know masked, or the party named here alone.</param>
    /// <param name="ring">The ring's bits.</param>
    /// <param name="counts">Whose share has x̂ in it.</param>
    public static RingValue ToAdditive<TRole>(Run run, in RingValue x, int ring, Party counts = Party.Client)
        where TRole : IRole
    {
        run.Profile?.Enter(CallProfile.Local);
        if (TRole.IsDealer)
        {
            return new RingValue(null, null, x.Count);
        }

        bool own = counts == Party.Client ? TRole.IsClient : TRole.IsServer;
        ulong[] share = Subtract(run, own ? x.A : null, x.B, x.Count, ring)!;
        return new RingValue(share, null, x.Count);
    }

    /// <summary>A public value in masked form: x̂ is the value, the mask zero.</summary>
    /// <param name="run">The call.</param>
    /// <param name="raw">The raw ring elements, reduced or not.</param>
    /// <param name="ring">The ring's bits.</param>
    public static RingValue FromPublic<TRole>(Run run, ReadOnlySpan<ulong> raw, int ring)
        where TRole : IRole
    {
        run.Profile?.Enter(CallProfile.Local);
        RingValue value = new(run.Rent(raw.Length), run.RentCleared(raw.Length), raw.Length);
        if (TRole.IsDealer)
        {
            value.First.Clear();
        }
        else
        {
            raw.CopyTo(value.First);
            RingKernels.Reduce(value.First, ring);
        }

        return value;
    }

    /// <summary>Whether this role adds a public constant: to x̂, or to the client's share.</summary>
    private static bool TakesPublic<TRole>(in RingValue x)
        where TRole : IRole => !TRole.IsDealer && x.A is not null && (TRole.IsClient || x.B is not null);

    private static ulong[]? Add(Run run, ulong[]? x, ulong[]? y, int count, int ring)
    {
        if (x is null || y is null)
        {
            return Copy(run, x ?? y, count, ring);
        }

        ulong[] sum = run.Rent(count);
        RingKernels.Add(x.AsSpan(0, count), y.AsSpan(0, count), sum.AsSpan(0, count));
        RingKernels.Reduce(sum.AsSpan(0, count), ring);
        return sum;
    }

    private static ulong[]? Subtract(Run run, ulong[]? x, ulong[]? y, int count, int ring)
    {
        if (y is null)
        {
            return Copy(run, x, count, ring);
        }

        ulong[] difference = run.Rent(count);
        Span<ulong> z = difference.AsSpan(0, count);
        if (x is null)
        {
            RingKernels.Negate(y.AsSpan(0, count), z);
        }
        else
        {
            RingKernels.Subtract(x.AsSpan(0, count), y.AsSpan(0, count), z);
        }

        RingKernels.Reduce(z, ring);
        return difference;
    }

    private static ulong[]? Copy(Run run, ulong[]? x, int count, int ring)
    {
        if (x is null)
        {
            return null;
        }

        ulong[] copy = run.Rent(count);
        x.AsSpan(0, count).CopyTo(copy);
        RingKernels.Reduce(copy.AsSpan(0, count), ring);
        return copy;
    }

    /// <summary>Buffers for the planes that <paramref name="like"/> has.</summary>
    private static RingValue Rent(Run run, in RingValue like, int count) =>
        new(like.A is null ? null : run.Rent(count), like.B is null ? null : run.Rent(count), count);

    private static void CheckCounts(in RingValue x, in RingValue y)
    {
        if (x.Count != y.Count)
        {
            throw new ArgumentException($"The operands have {x.Count} and {y.Count} elements; they must be equally long.");
        }
    }
}
