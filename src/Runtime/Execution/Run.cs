using System;
using System.Buffers;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Ring;

namespace MPCache.Execution;

/// <summary>
/// One role's execution of one call of a compiled program: its randomness, its tape, the messages under way, its buffers. Generated code
/// drives it; gates use it. Nothing here depends on a secret: sizes come from public dimensions only.
/// </summary>
public sealed class Run
{
    private readonly ArrayPool<ulong> pool;
    private readonly IMaskSource? server;
    private readonly IMaskSource? client;
    private readonly IMaskSource? secret;
    private readonly IFlightChannel? channel;
    private readonly CancellationToken cancellation;

    /// <summary>Creates the execution of a call.</summary>
    /// <param name="call">The call's number in the ledger, part of every address.</param>
    /// <param name="server">The masks that dealer and server share; null where the role must not know them.</param>
    /// <param name="client">The masks that dealer and client share; null where the role must not know them.</param>
    /// <param name="secret">What the dealer alone draws; null at the parties.</param>
    /// <param name="tape">The tape: written by the dealer, read by the client.</param>
    /// <param name="prepared">
    /// The client's halves of products with the server's weights: written in the rehearsal, read by both parties.
    /// </param>
    /// <param name="channel">The connection to the peer; null for roles without one.</param>
    /// <param name="pool">Where buffers come from.</param>
    /// <param name="cancellation">Ends the exchange.</param>
    public Run(
        uint call, IMaskSource? server, IMaskSource? client, IMaskSource? secret, Tape tape, Tape prepared, IFlightChannel? channel,
        ArrayPool<ulong> pool, CancellationToken cancellation)
    {
        Call = call;
        this.server = server;
        this.client = client;
        this.secret = secret;
        this.channel = channel;
        this.pool = pool;
        this.cancellation = cancellation;
        Tape = tape;
        Prepared = prepared;
    }

    /// <summary>The call's number in the ledger.</summary>
    public uint Call { get; }

    /// <summary>The tape of corrections: everything the dealer sends the client for this call.</summary>
    public Tape Tape { get; }

    /// <summary>The client's halves of products with the server's weights, in program order.</summary>
    public Tape Prepared { get; }

    /// <summary>Where values are reported to while tracing; null otherwise.</summary>
    public ITraceSink? Trace { get; init; }

    /// <summary>What counts where the time goes; null otherwise.</summary>
    public CallProfile? Profile { get; init; }

    /// <summary>What this role writes into the flight under way.</summary>
    public FlightBuffer Outgoing { get; init; } = new();

    /// <summary>What the peer wrote into the last flight.</summary>
    public FlightBuffer Incoming { get; init; } = new();

    /// <summary>The address of a gate's randomness: its slot and the loop iterations around it.</summary>
    /// <param name="slot">The slot the compiler gave the gate.</param>
    /// <param name="outer">The outer loop's iteration, 0 outside of loops.</param>
    /// <param name="inner">The inner loop's iteration.</param>
    public Address At(int slot, long outer = 0, long inner = 0)
    {
        Profile?.Enter(slot);
        return new Address(Call, checked((ushort)slot), checked((ushort)outer), checked((ushort)inner), 0);
    }

    /// <summary>The address of a gate's randomness three loops deep; the two inner iterations share a field.</summary>
    /// <param name="slot">The slot the compiler gave the gate.</param>
    /// <param name="outer">The outer loop's iteration.</param>
    /// <param name="middle">The middle loop's iteration, below 1024.</param>
    /// <param name="inner">The inner loop's iteration, below 64: a tournament has no more levels.</param>
    /// <exception cref="MPCacheException">A loop runs more often than addresses tell apart.</exception>
    public Address At(int slot, long outer, long middle, long inner) => middle is >= 0 and < 1024 && inner is >= 0 and < 64
        ? At(slot, outer, (middle * 64) + inner)
        : throw new MPCacheException(
            $"iteration {middle} of a loop in a loop, and iteration {inner} of a loop in that, exceed 1024 and 64",
            "Put the longer loop outside, or compute its iterations as one batch");

    /// <summary>A buffer of <paramref name="count"/> words with unspecified content.</summary>
    public ulong[] Rent(int count) => pool.Rent(count);

    /// <summary>A cleared buffer.</summary>
    public ulong[] RentCleared(int count)
    {
        ulong[] buffer = pool.Rent(count);
        Array.Clear(buffer, 0, count);
        return buffer;
    }

    /// <summary>Gives a buffer back.</summary>
    public void Return(ulong[]? buffer)
    {
        if (buffer is { Length: > 0 })
        {
            pool.Return(buffer);
        }
    }

    /// <summary>Gives a value's buffers back; the value must not be used again.</summary>
    public void Free(in RingValue value)
    {
        Return(value.A);
        Return(value.B);
    }

    /// <summary>Gives a value's buffers back; the value must not be used again.</summary>
    public void Free(in BitValue value)
    {
        Return(value.A);
        Return(value.B);
    }

    /// <summary>
    /// Fresh mask shares in Z_2^ring: a party expands its own share r_b into <paramref name="own"/>; the dealer expands r_0 into
    /// <paramref name="own"/> and r_1 into <paramref name="other"/>.
    /// </summary>
    public void ExpandMask<TRole>(in Address at, Span<ulong> own, Span<ulong> other, int ring)
        where TRole : IRole
    {
        if (TRole.IsDealer)
        {
            Expand(server, at, own, ring);
            Expand(client, at, other, ring);
        }
        else
        {
            // In the clear both sources are zero, so either serves.
            Expand(TRole.IsClient ? client : server, at, own, ring);
        }
    }

    /// <summary>
    /// The mask of a value that one party knows in full: the owner expands it, the other party's share is zero. The dealer's two spans
    /// receive r_0 and r_1, one of which is zero.
    /// </summary>
    public void ExpandOwnedMask<TRole>(in Address at, Party owner, Span<ulong> own, Span<ulong> other, int ring)
        where TRole : IRole
    {
        if (TRole.IsDealer)
        {
            Expand(owner == Party.Server ? server : client, at, owner == Party.Server ? own : other, ring);
            (owner == Party.Server ? other : own).Clear();
        }
        else if (owner == Party.Server ? TRole.IsServer : TRole.IsClient)
        {
            Expand(owner == Party.Server ? server : client, at, own, ring);
        }
        else
        {
            own.Clear();
        }
    }

    /// <summary>Words that the server and the dealer know and the client does not: the pad of the server's weights.</summary>
    public void ExpandServerPad(in Address at, Span<ulong> pad, int ring) => Expand(server, at, pad, ring);

    /// <summary>What only the dealer knows.</summary>
    public void ExpandSecret(in Address at, Span<ulong> words, int ring) => Expand(secret, at, words, ring);

    /// <summary>
    /// A party's additive share of a value that the dealer deals at this address with <see cref="Deal"/>: the server expands it, the
    /// client reads the correction from the tape. In a rehearsal the tape is skipped and the share is unspecified.
    /// </summary>
    public void Correlation<TRole>(in Address at, Span<ulong> share, int ring)
        where TRole : IRole
    {
        if (TRole.IsRehearsal)
        {
            Tape.Skip(BitPacking.RingLength(share.Length, ring));
        }
        else if (TRole.IsClient)
        {
            BitPacking.UnpackRing(Tape.Read(BitPacking.RingLength(share.Length, ring)), ring, share);
        }
        else
        {
            Expand(server, at, share, ring);
        }
    }

    /// <summary>As <see cref="Correlation"/>, but read in a rehearsal too: for mask shares, on which later preparation depends.</summary>
    public void MaskCorrelation<TRole>(in Address at, Span<ulong> share, int ring)
        where TRole : IRole
    {
        if (TRole.IsClient)
        {
            BitPacking.UnpackRing(Tape.Read(BitPacking.RingLength(share.Length, ring)), ring, share);
        }
        else
        {
            Expand(server, at, share, ring);
        }
    }

    /// <summary>
    /// Deals additive shares of <paramref name="value"/>: the server's share is expanded, the client's, value − share, is written on the
    /// tape. <paramref name="value"/> is overwritten with the client's share, <paramref name="serverShare"/>, if not empty, receives the
    /// server's.
    /// </summary>
    public void Deal(in Address at, Span<ulong> value, int ring, Span<ulong> serverShare = default)
    {
        ulong[]? rented = null;
        if (serverShare.IsEmpty)
        {
            rented = Rent(value.Length);
            serverShare = rented.AsSpan(0, value.Length);
        }

        Expand(server, at, serverShare, ring);
        RingKernels.Subtract(value, serverShare, value);
        RingKernels.Reduce(value, ring);
        BitPacking.PackRing(value, ring, Tape.Write(BitPacking.RingLength(value.Length, ring)));
        Return(rented);
    }

    /// <summary>
    /// A party's XOR share of bit strings of <paramref name="bits"/> bits, one a word, dealt with <see cref="DealBits"/>.
    /// </summary>
    public void CorrelationBits<TRole>(in Address at, Span<ulong> share, int bits)
        where TRole : IRole
    {
        if (TRole.IsRehearsal)
        {
            Tape.Skip(BitPacking.BitsLength(share.Length, bits));
        }
        else if (TRole.IsClient)
        {
            BitPacking.UnpackBits(Tape.Read(BitPacking.BitsLength(share.Length, bits)), bits, share);
        }
        else
        {
            Expand(server, at, share, bits);
        }
    }

    /// <summary>
    /// Deals XOR shares of bit strings of <paramref name="bits"/> bits, one a word, and overwrites them with the client's share.
    /// </summary>
    public void DealBits(in Address at, Span<ulong> value, int bits)
    {
        ulong[] share = Rent(value.Length);
        Expand(server, at, share.AsSpan(0, value.Length), bits);
        for (int i = 0; i < value.Length; i++)
        {
            value[i] ^= share[i];
        }

        BitPacking.PackBits(value, bits, Tape.Write(BitPacking.BitsLength(value.Length, bits)));
        Return(share);
    }

    /// <summary>A party's XOR share of planes of bits dealt with <see cref="DealPlanes"/>.</summary>
    /// <param name="at">The address.</param>
    /// <param name="share">The planes, ⌈count / 64⌉ words each.</param>
    /// <param name="planes">How many planes.</param>
    /// <param name="count">Bits a plane.</param>
    public void CorrelationPlanes<TRole>(in Address at, Span<ulong> share, int planes, int count)
        where TRole : IRole
    {
        int bytes = (count + 7) >> 3;
        if (TRole.IsRehearsal)
        {
            Tape.Skip(planes * bytes);
        }
        else if (TRole.IsClient)
        {
            share.Clear();
            int words = (count + 63) >> 6;
            for (int plane = 0; plane < planes; plane++)
            {
                Tape.Read(bytes).CopyTo(MemoryMarshal.AsBytes(share.Slice(plane * words, words)));
            }
        }
        else
        {
            Expand(server, at, share, 64);
        }
    }

    /// <summary>
    /// Deals XOR shares of planes of bits, ⌈count / 8⌉ bytes a plane on the tape, and overwrites them with the client's share.
    /// </summary>
    public void DealPlanes(in Address at, Span<ulong> value, int planes, int count)
    {
        ulong[] share = Rent(value.Length);
        Expand(server, at, share.AsSpan(0, value.Length), 64);
        int bytes = (count + 7) >> 3;
        int words = (count + 63) >> 6;
        for (int i = 0; i < value.Length; i++)
        {
            value[i] ^= share[i];
        }

        for (int plane = 0; plane < planes; plane++)
        {
            MemoryMarshal.AsBytes(value.Slice(plane * words, words))[..bytes].CopyTo(Tape.Write(bytes));
        }

        Return(share);
    }

    /// <summary>
    /// One flight: sends what the gates wrote and receives what the peer's wrote. A direction in which the schedule has nothing carries no
    /// message. Roles without a peer do nothing here.
    /// </summary>
    /// <param name="flight">The flight's number in the plan; the peer's must be the same.</param>
    /// <param name="serverSends">Whether the schedule sends from server to client.</param>
    /// <param name="clientSends">Whether the schedule sends from client to server.</param>
    public ValueTask ExchangeAsync<TRole>(int flight, bool serverSends, bool clientSends)
        where TRole : IRole
    {
        if (channel is null)
        {
            Outgoing.Clear();
            return ValueTask.CompletedTask;
        }

        Profile?.Enter(CallProfile.Exchange);
        bool sends = TRole.IsServer ? serverSends : clientSends;
        bool receives = TRole.IsServer ? clientSends : serverSends;
        return channel.ExchangeAsync(Call, flight, sends ? Outgoing : null, receives ? Incoming : null, cancellation);
    }

    private static void Expand(IMaskSource? source, in Address at, Span<ulong> destination, int ring)
    {
        if (source is null)
        {
            throw new InvalidOperationException("this role has no such masks: a gate asked for randomness that it must not know");
        }

        source.Expand(at, destination, ring);
    }
}
