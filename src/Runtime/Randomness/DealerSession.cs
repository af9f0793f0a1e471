using System;
using System.Collections.Generic;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using MPCache.Execution;
using MPCache.Transport;

namespace MPCache.Randomness;

/// <summary>
/// The dealer's side of one session: two seats, the seeds k_0 and k_1, and the ledger. It deals entry n as soon as both parties have
/// announced the same entry n, in the order of the ledger, while the tape of the entry before is still on its way.
/// </summary>
internal sealed class DealerSession
{
    // Closing at once could overtake the explanation; parties leave by themselves when they have read it.
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    private readonly string name;
    private readonly DealerSettings settings;
    private readonly Guid identity = Guid.NewGuid();
    private readonly Seat[] seats = [new(), new()];
    private readonly AesMaskSource secret = new(AesMaskSource.DrawSeed());
    private readonly DealerLedger ledger;
    private readonly CancellationTokenSource ending = new();
    private int ended;

    public DealerSession(string name, IReadOnlyList<CompiledProgram> programs, DealerSettings settings)
    {
        this.name = name;
        this.settings = settings;
        ledger = new DealerLedger(programs, seats[(int)Party.Server].Masks, seats[(int)Party.Client].Masks, secret);
    }

    /// <summary>Whether a party left or a call failed; the name is free for a new session then.</summary>
    public bool IsOver => Volatile.Read(ref ended) != 0;

    /// <summary>Takes a seat; false where it is taken. The caller sees to it that one joins at a time.</summary>
    public bool TryJoin(Party party, MessageChannel channel)
    {
        Seat seat = seats[(int)party];
        if (seat.Channel is not null)
        {
            return false;
        }

        seat.Channel = channel;
        if (seats[0].Channel is not null && seats[1].Channel is not null)
        {
            _ = Task.Run(() => DealAsync(ending.Token));
        }

        return true;
    }

    /// <summary>Welcomes a seated party and receives its announcements until it leaves or the session ends.</summary>
    public async Task ServeAsync(Party party, CancellationToken cancellation)
    {
        using CancellationTokenSource linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, ending.Token);
        try
        {
            await ReceiveAsync(party, seats[(int)party], linked.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ConnectionLostException or OperationCanceledException)
        {
            seats[(int)party].Left = true;
            MPCacheException left = new($"the {DealerService.Name(party)} left session '{name}'", "Start a new session");
            await EndAsync(left).ConfigureAwait(false);
        }
        catch (MPCacheException e)
        {
            await EndAsync(e).ConfigureAwait(false);
        }
    }

    private async Task ReceiveAsync(Party party, Seat seat, CancellationToken cancellation)
    {
        MessageChannel channel = seat.Channel!;
        MessageWriter welcome = new();
        welcome.Guid(identity).Bytes(seat.Seed);
        await channel.SendAsync(DealerMessage.Welcome, welcome.Written, settings.Timeouts.Connect, cancellation).ConfigureAwait(false);
        CryptographicOperations.ZeroMemory(seat.Seed);
        while (true)
        {
            (byte kind, long length) = await channel.ReceiveHeaderAsync(Timeout.InfiniteTimeSpan, cancellation).ConfigureAwait(false);
            byte[] payload = await channel.ReceivePayloadAsync(length, DealerMessage.MaximumBytes, settings.Timeouts.Idle, cancellation)
                .ConfigureAwait(false);
            if (kind != DealerMessage.Announce)
            {
                throw new MPCacheException(
                    $"the {DealerService.Name(party)} sends what this version does not understand",
                    "Install the same version on all sides");
            }

            MessageReader reader = new(payload);
            LedgerEntry entry = LedgerCodec.Read(reader);
            reader.End();
            seat.Announced.Writer.TryWrite(entry);
        }
    }

    private async Task DealAsync(CancellationToken cancellation)
    {
        Task sending = Task.CompletedTask;
        try
        {
            while (true)
            {
                LedgerEntry server = await seats[(int)Party.Server].Announced.Reader.ReadAsync(cancellation).ConfigureAwait(false);
                LedgerEntry client = await seats[(int)Party.Client].Announced.Reader.ReadAsync(cancellation).ConfigureAwait(false);
                if (LedgerEntry.Difference(server, client) is string difference)
                {
                    throw new MPCacheException(
                        $"the parties do not make the same call {server.Call}: {difference}",
                        "Make the same calls with the same public sizes on both sides");
                }

                Task<Tape> dealing = Task.Run(() => ledger.Deal(server, cancellation), cancellation);
                await BusyUntilAsync(dealing, cancellation).ConfigureAwait(false);
                Tape tape = await dealing.ConfigureAwait(false);
                settings.Log?.Invoke($"session '{name}': call {server.Call}, {server.Kind} {server.Name}: {tape.Length} bytes of tape");
                await BusyUntilAsync(sending, cancellation).ConfigureAwait(false);
                await sending.ConfigureAwait(false);
                sending = SendAsync(server.Call, tape, cancellation);
            }
        }
        catch (Exception e) when (e is ConnectionLostException or OperationCanceledException)
        {
            // The loop that receives from the same party notices as well, and ends the session.
        }
        catch (MPCacheException e)
        {
            await EndAsync(e).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // A party must not wait for a dealer that failed, whatever the reason.
            MPCacheException failed = new($"the dealer failed: {e.Message.TrimEnd('.')}", "Look at the dealer's output", e);
            await EndAsync(failed).ConfigureAwait(false);
        }
        finally
        {
            secret.Dispose();
            foreach (Seat seat in seats)
            {
                seat.Masks.Dispose();
            }
        }
    }

    private async Task BusyUntilAsync(Task work, CancellationToken cancellation)
    {
        while (await Task.WhenAny(work, Task.Delay(settings.Heartbeat, cancellation)).ConfigureAwait(false) != work)
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (Seat seat in seats)
            {
                await seat.Channel!.SendAsync(DealerMessage.Busy, default, settings.Timeouts.Idle, cancellation).ConfigureAwait(false);
            }
        }
    }

    private async Task SendAsync(uint call, Tape tape, CancellationToken cancellation)
    {
        MessageWriter dealt = new();
        dealt.UInt32(call).Int64(tape.Length).UInt32((uint)tape.SegmentCount);
        foreach (Seat seat in seats)
        {
            await seat.Channel!.SendAsync(DealerMessage.Dealt, dealt.Written, settings.Timeouts.Idle, cancellation).ConfigureAwait(false);
        }

        MessageChannel client = seats[(int)Party.Client].Channel!;
        foreach (ReadOnlyMemory<byte> segment in tape.Segments)
        {
            await client.SendAsync(DealerMessage.Segment, segment, settings.Timeouts.Idle, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Ends the session once: tells whoever is still there why, and leaves them a moment to read it.</summary>
    private async Task EndAsync(MPCacheException reason)
    {
        if (Interlocked.Exchange(ref ended, 1) != 0)
        {
            return;
        }

        settings.Log?.Invoke($"session '{name}' is over: {reason.Cause}");
        foreach (Seat seat in seats)
        {
            if (seat.Channel is MessageChannel channel && !seat.Left)
            {
                await DealerService.TellAsync(channel, reason, CancellationToken.None).ConfigureAwait(false);
            }
        }

        ending.CancelAfter(Farewell);
    }

    /// <summary>One party's place in the session.</summary>
    private sealed class Seat
    {
        public Seat() => Masks = new AesMaskSource(Seed);

        public byte[] Seed { get; } = AesMaskSource.DrawSeed();

        public AesMaskSource Masks { get; }

        public MessageChannel? Channel { get; set; }

        public bool Left { get; set; }

        public Channel<LedgerEntry> Announced { get; } = System.Threading.Channels.Channel.CreateUnbounded<LedgerEntry>();
    }
}
