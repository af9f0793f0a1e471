using System;
using MPCache.Execution;
using MPCache.Ring;

namespace MPCache.Gates;

/// <summary>
/// Rows taken from, or put at, positions that only became known online. The dealer, who ran ahead, does not know them and must not learn
/// them, so it cannot name the rows' masks: each party takes its masks off, the client's share is x̂ − r_1, the server's −r_0, and the
/// opening that follows puts fresh masks on, which belong to the slots of the result. A row at no position, of an unused slot or between
/// scattered ones, is a share of zero like any other and is masked anew as well.
/// <para>Rings: Z_2^m throughout. Precondition: x is masked or held by the client; where it is additive already, <c>GatherShare</c> and
/// <c>ScatterShare</c> serve. Error: none. Flights: none here;
/// the opening that follows is 1. Online: nothing here; the opening's ⌈m/8⌉ bytes an element each way. Tape: none.</para>
/// <para>Leakage: nothing is sent; the positions are public to the parties by what was revealed before, and neither sizes nor the tape
/// depend on them.</para>
/// </summary>
public static class Remask
{
    /// <summary>Rows of a masked value, or one that the client holds, as an additive share [groups, slots, rowSize].</summary>
    /// <param name="run">The call.</param>
    /// <param name="x">The value, [groups, rows, rowSize].</param>
    /// <param name="positions">Which rows; −1 gives zeros. Only their number counts where positions are unknown.</param>
    /// <param name="rows">Rows a group of x.</param>
    /// <param name="rowSize">Elements a row.</param>
    /// <param name="ring">The ring's bits m.</param>
    /// <exception cref="ArgumentException">x does not have these groups of rows, or the client does not know x̂.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A position is outside of x.</exception>
    public static RingValue Gather<TRole>(Run run, in RingValue x, in Positions positions, int rows, int rowSize, int ring)
        where TRole : IRole => Gather<TRole, Unmasked<TRole>>(run, x, positions, rows, rowSize, ring);

    /// <summary>Rows of an additive value as an additive share [groups, slots, rowSize].</summary>
    /// <inheritdoc cref="Gather{TRole}"/>
    public static RingValue GatherShare<TRole>(Run run, in RingValue x, in Positions positions, int rows, int rowSize, int ring)
        where TRole : IRole => Gather<TRole, Shared>(run, x, positions, rows, rowSize, ring);

    /// <summary>
    /// Rows of a masked value, or one that the client holds, put at positions of an additive share [groups, rows, rowSize] that is zero
    /// elsewhere. A position named by several slots receives their sum.
    /// </summary>
    /// <param name="run">The call.</param>
    /// <param name="x">The value, [groups, slots, rowSize].</param>
    /// <param name="positions">Where each slot's row goes; −1 is nowhere. Only their number counts where positions are unknown.</param>
    /// <param name="rows">Rows a group of the result.</param>
    /// <param name="rowSize">Elements a row.</param>
    /// <param name="ring">The ring's bits m.</param>
    /// <exception cref="ArgumentException">x does not have these groups of slots, or the client does not know x̂.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A position is outside of the result.</exception>
    public static RingValue Scatter<TRole>(Run run, in RingValue x, in Positions positions, int rows, int rowSize, int ring)
        where TRole : IRole => Scatter<TRole, Unmasked<TRole>>(run, x, positions, rows, rowSize, ring);

    /// <summary>
    /// Rows of an additive value put at positions of an additive share [groups, rows, rowSize] that is zero elsewhere. A position named by
    /// several slots receives their sum.
    /// </summary>
    /// <inheritdoc cref="Scatter{TRole}"/>
    public static RingValue ScatterShare<TRole>(Run run, in RingValue x, in Positions positions, int rows, int rowSize, int ring)
        where TRole : IRole => Scatter<TRole, Shared>(run, x, positions, rows, rowSize, ring);

    private static RingValue Gather<TRole, TForm>(Run run, in RingValue x, in Positions positions, int rows, int rowSize, int ring)
        where TRole : IRole
        where TForm : struct, IForm
    {
        CheckCount(x, checked(positions.Groups * rows * rowSize));
        int count = checked(positions.Groups * positions.Count * rowSize);
        if (TRole.IsDealer || TRole.IsRehearsal)
        {
            return new RingValue(TRole.IsDealer ? null : run.Rent(count), null, count);
        }

        TForm.Check(x);
        RingValue share = new(run.Rent(count), null, count);
        for (int slot = 0; slot < positions.Groups * positions.Count; slot++)
        {
            Span<ulong> z = share.First.Slice(slot * rowSize, rowSize);
            if (Row(positions, slot, rows) is int row)
            {
                TForm.Share(x, row * rowSize, z);
            }
            else
            {
                z.Clear();
            }
        }

        RingKernels.Reduce(share.First, ring);
        return share;
    }

    private static RingValue Scatter<TRole, TForm>(Run run, in RingValue x, in Positions positions, int rows, int rowSize, int ring)
        where TRole : IRole
        where TForm : struct, IForm
    {
        CheckCount(x, checked(positions.Groups * positions.Count * rowSize));
        int count = checked(positions.Groups * rows * rowSize);
        if (TRole.IsDealer || TRole.IsRehearsal)
        {
            return new RingValue(TRole.IsDealer ? null : run.Rent(count), null, count);
        }

        TForm.Check(x);
        RingValue share = new(run.RentCleared(count), null, count);
        ulong[] rented = run.Rent(rowSize);
        Span<ulong> summand = rented.AsSpan(0, rowSize);
        for (int slot = 0; slot < positions.Groups * positions.Count; slot++)
        {
            if (Row(positions, slot, rows) is int row)
            {
                TForm.Share(x, slot * rowSize, summand);
                RingKernels.AddInPlace(share.First.Slice(row * rowSize, rowSize), summand);
            }
        }

        RingKernels.Reduce(share.First, ring);
        run.Return(rented);
        return share;
    }

    /// <summary>The row of all groups that a slot names; null for an unused slot.</summary>
    private static int? Row(in Positions positions, int slot, int rows)
    {
        int row = positions.Rows![slot];
        ArgumentOutOfRangeException.ThrowIfLessThan(row, -1, nameof(positions));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, rows, nameof(positions));
        return row < 0 ? null : (slot / positions.Count * rows) + row;
    }

    private static void CheckCount(in RingValue x, int count)
    {
        if (x.Count != count)
        {
            throw new ArgumentException($"{x.Count} elements are given where positions and rows make {count}.", nameof(x));
        }
    }

    /// <summary>How a row becomes an additive share.</summary>
    private interface IForm
    {
        static abstract void Check(in RingValue x);

        static abstract void Share(in RingValue x, int start, Span<ulong> z);
    }

    /// <summary>A masked value, or one that the client holds: the client alone counts x̂.</summary>
    private readonly struct Unmasked<TRole> : IForm
        where TRole : IRole
    {
        public static void Check(in RingValue x)
        {
            if (TRole.IsClient && x.A is null && x.Count > 0)
            {
                throw new ArgumentException("The server holds the value; it must be told before rows are taken.", nameof(x));
            }
        }

        public static void Share(in RingValue x, int start, Span<ulong> z)
        {
            ReadOnlySpan<ulong> mask = x.Second.Slice(start, z.Length);
            if (TRole.IsClient)
            {
                RingKernels.Subtract(x.First.Slice(start, z.Length), mask, z);
            }
            else
            {
                RingKernels.Negate(mask, z);
            }
        }
    }

    /// <summary>A share already.</summary>
    private readonly struct Shared : IForm
    {
        public static void Check(in RingValue x)
        {
        }

        public static void Share(in RingValue x, int start, Span<ulong> z) => x.First.Slice(start, z.Length).CopyTo(z);
    }
}
