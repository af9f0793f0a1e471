using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Contract;
using MPCache.Execution;
using MPCache.Randomness;
using MPCache.Ring;
using MPCache.Transport;

namespace MPCache.Sessions;

// Setup: weights are published under a pad once, states start empty.
public sealed partial class PartySession
{
    private const long MaximumPublishedBytes = uint.MaxValue;

    /// <inheritdoc/>
    /// <remarks>
    /// The server sends F = W − B in Z_2^64, B expanded from its seed at addresses of this entry, which are used for nothing else: F is
    /// uniform to the client. Shapes and public integers are told in the clear before.
    /// </remarks>
    public async Task<ResidentHandle> ShareAsync(ResidentSchema schema, object? record, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ThrowFault();
        if (schema.Owner != MPCache.Party.Server)
        {
            throw new MPCacheException(
                $"{schema.Name} is owned by the client", "Declare [Resident(Party.Server)]: weights are the server's");
        }

        bool server = party == MPCache.Party.Server;
        if (server != (record is not null))
        {
            throw server
                ? new MPCacheException($"{schema.Name} is given as null at its owner", "Pass the record with the weights at the server")
                : new MPCacheException($"{schema.Name} belongs to the server, not to this party", "Pass null at the client");
        }

        // What the owner gave is checked before anything is announced: a weight out of range is no reason to lose the session.
        ResidentStore? weights = server ? SchemaBinding.Encode(schema, record!) : null;
        ResidentEntry? described = server ? SchemaBinding.Describe(0, schema, record!) : null;
        if (described is not null && PublishedBytes(described) > MaximumPublishedBytes)
        {
            throw new MPCacheException(
                Invariant($"{schema.Name} takes {PublishedBytes(described)} bytes when published, more than {MaximumPublishedBytes}"),
                "Split the record into several");
        }

        return await AloneAsync(async () =>
        {
            long start = Stopwatch.GetTimestamp();
            ResidentEntry? mine = described is null ? null : described with { Call = next };
            ResidentEntry entry = await AgreeAsync(schema, mine, cancellation).ConfigureAwait(false);
            next++;
            await randomness.AnnounceAsync(entry, 0, cancellation).ConfigureAwait(false);
            await randomness.TakeAsync(entry.Call, cancellation).ConfigureAwait(false);
            PlanTotals planned = new(1, FlightBuffer.HeaderBytes + PublishedBytes(entry), 0, 0, 0);
            channel.Begin(planned);
            TimeSpan offline = Stopwatch.GetElapsedTime(start);

            start = Stopwatch.GetTimestamp();
            ResidentStore store = weights is null
                ? await ReceivePublishedAsync(schema, entry, cancellation).ConfigureAwait(false)
                : await PublishAsync(entry, weights, cancellation).ConfigureAwait(false);
            CallStatistics cost = new(entry.Call, schema.Name, planned, channel.Measured, offline, Stopwatch.GetElapsedTime(start));
            CheckPlan(cost);
            statistics.Add(cost);
            return new ResidentHandle(this, entry.Call, schema, store, entry.Integers);
        }, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<StateHandle> CreateStateAsync(
        StateSchema schema, IReadOnlyDictionary<string, long> dimensions, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(dimensions);
        ThrowFault();
        StateEntry described = SchemaBinding.Describe(0, schema, dimensions);
        return await AloneAsync(async () =>
        {
            StateEntry entry = described with { Call = next++ };
            await randomness.AnnounceAsync(entry, 0, cancellation).ConfigureAwait(false);
            await randomness.TakeAsync(entry.Call, cancellation).ConfigureAwait(false);
            StateStore? rehearsed = party == MPCache.Party.Client ? SchemaBinding.Store(entry) : null;
            return new StateHandle(this, entry, schema, dimensions, SchemaBinding.Store(entry), rehearsed);
        }, cancellation).ConfigureAwait(false);
    }

    private static long PublishedBytes(ResidentEntry entry) => WeightPad.RingBits / 8 * entry.Tensors.Sum(t => (long)t.Count);

    /// <summary>The server tells the client what is public of the weights.</summary>
    private async Task<ResidentEntry> AgreeAsync(ResidentSchema schema, ResidentEntry? mine, CancellationToken cancellation)
    {
        if (mine is not null)
        {
            MessageWriter message = new();
            LedgerCodec.Write(message, mine);
            await channel.SendSetupAsync(message.Written, cancellation).ConfigureAwait(false);
            return mine;
        }

        LedgerEntry told = LedgerCodec.Read(new MessageReader(await channel.ReceiveSetupAsync(cancellation).ConfigureAwait(false)));
        return told is ResidentEntry entry && entry.Call == next && entry.Name == schema.Name
            && entry.Tensors.Select(t => t.Name).SequenceEqual(schema.Fields.Select(f => f.Name))
            ? entry
            : throw new MPCacheException(
                Invariant($"the server shares {told.Name} as call {told.Call} where this party expects {schema.Name} as call {next}"),
                "Make the same calls in the same order on both sides");
    }

    private async Task<ResidentStore> PublishAsync(ResidentEntry entry, ResidentStore weights, CancellationToken cancellation)
    {
        await channel.SendPiecesAsync(entry.Call, 0, PublishedBytes(entry), Pieces(), cancellation).ConfigureAwait(false);
        return weights;

        IEnumerable<ReadOnlyMemory<byte>> Pieces()
        {
            byte[] bytes = new byte[BitPacking.RingLength(WeightPad.PieceWords, WeightPad.RingBits)];
            ulong[] words = new ulong[WeightPad.PieceWords];
            for (int tensor = 0; tensor < weights.Tensors.Count; tensor++)
            {
                short[] raw = weights.Tensors[tensor].Weights!;
                for (int start = 0; start < raw.Length; start += WeightPad.PieceWords)
                {
                    int count = Math.Min(WeightPad.PieceWords, raw.Length - start);
                    Span<ulong> pad = words.AsSpan(0, count);
                    randomness.Masks.Expand(WeightPad.At(entry.Call, tensor, start / WeightPad.PieceWords), pad, WeightPad.RingBits);
                    for (int i = 0; i < count; i++)
                    {
                        pad[i] = (ulong)raw[start + i] - pad[i];
                    }

                    Memory<byte> piece = bytes.AsMemory(0, BitPacking.RingLength(count, WeightPad.RingBits));
                    BitPacking.PackRing(words.AsSpan(0, count), WeightPad.RingBits, piece.Span);
                    yield return piece;
                }
            }
        }
    }

    private async Task<ResidentStore> ReceivePublishedAsync(ResidentSchema schema, ResidentEntry entry, CancellationToken cancellation)
    {
        ulong[][] published = [.. entry.Tensors.Select(t => new ulong[t.Count])];
        await channel.ReceivePiecesAsync(entry.Call, 0, PublishedBytes(entry), Rooms(), cancellation).ConfigureAwait(false);
        return new ResidentStore(
        [
            .. entry.Tensors.Select((tensor, i) => new ResidentTensor
            {
                Name = tensor.Name,
                Shape = [.. tensor.Shape],
                Scale = WeightScale.FractionBits(schema.Fields[i].Low, schema.Fields[i].High),
                Published = published[i],
            }),
        ]);

        IEnumerable<Memory<byte>> Rooms()
        {
            byte[] bytes = new byte[BitPacking.RingLength(WeightPad.PieceWords, WeightPad.RingBits)];
            foreach (ulong[] words in published)
            {
                for (int start = 0; start < words.Length; start += WeightPad.PieceWords)
                {
                    int count = Math.Min(WeightPad.PieceWords, words.Length - start);
                    Memory<byte> room = bytes.AsMemory(0, BitPacking.RingLength(count, WeightPad.RingBits));
                    yield return room;
                    BitPacking.UnpackRing(room.Span, WeightPad.RingBits, words.AsSpan(start, count));
                }
            }
        }
    }
}
