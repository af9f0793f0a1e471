using System;
using MPCache.Execution;
using MPCache.Ring;

namespace MPCache.Gates;

/// <summary>
/// The rows of a masked tensor in a secret order, or back from it. The result is <i>held</i>: one party alone knows x̂ = x + ρ, both have a
/// share of ρ.
/// <para>Forward, the server moves first: it sends t = π_0(x̂) + a, a a fresh pad from its own seed; the client's π_1(t) is x in the order
/// π under the mask ρ = π(r) + π_1(a), whose shares the dealer deals. Backward, the client moves first: t = π_1⁻¹(x̂) + b; the server's
/// π_0⁻¹(t) is x in its former order under ρ = π⁻¹(r) + π_0⁻¹(b). Held values are masked by <see cref="Tell"/>, or lose their masks in <see
/// cref="Remask"/>.</para>
/// <para>Rings: any Z_2^m. Precondition: x is masked, or held by the party that moves first. Error: none. Flights: 1. Online: ⌈m/8⌉ bytes
/// an element, server → client forward, client → server backward. Tape: ⌈m/8⌉ bytes an element.</para>
/// <para>Leakage: whoever receives t misses the sender's pad, which covers every element, so t is uniform and independent of x and of the
/// sender's permutation; the receiver tells no one what it makes of t. The client's share of ρ is uniform, because the server's is. One
/// order serves many tensors, there and back: pads and shares are fresh each time. Source: Hamada et al. (ICISC 2012); Chase, Ghosh and
/// Poburinnaya, Secret-Shared Shuffle (ASIACRYPT 2020); Asharov et al. (CCS 2022).</para>
/// </summary>
public static partial class Shuffle
{
    private const ushort Pad = 1;

    /// <summary>Permutes and pads at the party that moves first, and writes into the flight.</summary>
    /// <param name="run">The call.</param>
    /// <param name="at">The address of the new mask; the pad is its part 1.</param>
    /// <param name="x">Rows, masked or held by the party that moves first, [groups, rows, rowSize].</param>
    /// <param name="order">The order.</param>
    /// <param name="rowSize">Elements a row.</param>
    /// <param name="ring">The ring's bits m.</param>
    /// <param name="inverse">Back from the secret order; from the server's point of view, where rows were.</param>
    /// <returns>The rows as the party that moves second will hold them, to be completed by <see cref="Take"/> after the flight.</returns>
    /// <exception cref="ArgumentException">x does not have the order's rows, or the party that moves first does not know x̂.</exception>
    public static RingValue Put<TRole>(
        Run run, in Address at, in RingValue x, in Permutation order, int rowSize, int ring, bool inverse)
        where TRole : IRole
    {
        int count = x.Count;
        if (count != checked(order.Groups * order.Rows * rowSize))
        {
            throw new ArgumentException(
                $"{count} elements are not {order.Groups} groups of {order.Rows} rows of {rowSize} elements.", nameof(x));
        }

        if (TRole.IsDealer)
        {
            return Deal<TRole>(run, at, x, order, rowSize, ring, inverse);
        }

        bool first = inverse ? TRole.IsClient : TRole.IsServer;
        bool second = inverse ? TRole.IsServer : TRole.IsClient;
        RingValue z = new(second ? run.Rent(count) : null, run.Rent(count), count);
        run.MaskCorrelation<TRole>(at, z.Second, ring);
        if (!first)
        {
            return z;
        }

        ulong[] moved = run.Rent(count);
        Span<ulong> t = moved.AsSpan(0, count);
        run.ExpandOwnedMask<TRole>(at with { Inner = Pad }, inverse ? Party.Client : Party.Server, t, default, ring);
        if (!TRole.IsRehearsal)
        {
            if (x.A is null && count > 0)
            {
                throw new ArgumentException("The party that moves first does not know the masked rows.", nameof(x));
            }

            int[] part = (inverse ? order.Second : order.First)!;
            Move<Added>(x.First, t, part, order, rowSize, inverse);
            if (second)
            {
                Move<Copied>(t, z.First, (inverse ? order.First : order.Second)!, order, rowSize, inverse);
                RingKernels.Reduce(z.First, ring);
            }
            else
            {
                BitPacking.PackRing(t, ring, run.Outgoing.Write(BitPacking.RingLength(count, ring)));
            }
        }

        run.Return(moved);
        return z;
    }

    /// <summary>Reads and permutes at the party that moves second.</summary>
    /// <param name="run">The call.</param>
    /// <param name="z">What <see cref="Put"/> returned.</param>
    /// <param name="order">The order.</param>
    /// <param name="rowSize">Elements a row.</param>
    /// <param name="ring">The ring's bits m.</param>
    /// <param name="inverse">Back from the secret order.</param>
    public static void Take<TRole>(Run run, in RingValue z, in Permutation order, int rowSize, int ring, bool inverse)
        where TRole : IRole
    {
        bool receives = inverse ? TRole.IsServer && !TRole.IsClient : TRole.IsClient && !TRole.IsServer;
        if (TRole.IsDealer || TRole.IsRehearsal || !receives)
        {
            return;
        }

        ulong[] received = run.Rent(z.Count);
        Span<ulong> t = received.AsSpan(0, z.Count);
        BitPacking.UnpackRing(run.Incoming.Read(BitPacking.RingLength(z.Count, ring)), ring, t);
        Move<Copied>(t, z.First, (inverse ? order.First : order.Second)!, order, rowSize, inverse);
        run.Return(received);
    }

    /// <summary>The new mask: what the parties do, done to the mask.</summary>
    private static RingValue Deal<TRole>(
        Run run, in Address at, in RingValue x, in Permutation order, int rowSize, int ring, bool inverse)
        where TRole : IRole
    {
        int count = x.Count;
        RingValue z = new(run.Rent(count), run.Rent(count), count);
        ulong[] moved = run.Rent(count);
        Span<ulong> t = moved.AsSpan(0, count);
        Address pad = at with { Inner = Pad };
        if (inverse)
        {
            run.ExpandOwnedMask<TRole>(pad, Party.Client, default, t, ring);
        }
        else
        {
            run.ExpandOwnedMask<TRole>(pad, Party.Server, t, default, ring);
        }

        int[] part = (inverse ? order.Second : order.First)!;
        Move<Added>(x.First, t, part, order, rowSize, inverse);
        Move<Added>(x.Second, t, part, order, rowSize, inverse);
        Move<Copied>(t, z.Second, (inverse ? order.First : order.Second)!, order, rowSize, inverse);
        run.Deal(at, z.Second, ring, z.First);
        run.Return(moved);
        return z;
    }

    /// <summary>Row i of the result from row p[i] of x, backward row p[i] of the result from row i.</summary>
    private static void Move<TMove>(
        ReadOnlySpan<ulong> x, Span<ulong> z, ReadOnlySpan<int> part, in Permutation order, int rowSize, bool inverse)
        where TMove : struct, IMove
    {
        int block = order.Rows * rowSize;
        for (int group = 0; group < order.Groups; group++)
        {
            ReadOnlySpan<int> p = part.Slice(group * order.Rows, order.Rows);
            ReadOnlySpan<ulong> from = x.Slice(group * block, block);
            Span<ulong> to = z.Slice(group * block, block);
            for (int i = 0; i < p.Length; i++)
            {
                (int source, int target) = inverse ? (i, p[i]) : (p[i], i);
                TMove.Apply(from.Slice(source * rowSize, rowSize), to.Slice(target * rowSize, rowSize));
            }
        }
    }

    private interface IMove
    {
        static abstract void Apply(ReadOnlySpan<ulong> source, Span<ulong> target);
    }

    private readonly struct Copied : IMove
    {
        public static void Apply(ReadOnlySpan<ulong> source, Span<ulong> target) => source.CopyTo(target);
    }

    private readonly struct Added : IMove
    {
        public static void Apply(ReadOnlySpan<ulong> source, Span<ulong> target) => RingKernels.AddInPlace(target, source);
    }
}
