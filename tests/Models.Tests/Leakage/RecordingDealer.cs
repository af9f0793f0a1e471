using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Execution;
using MPCache.Randomness;
using Xunit;

namespace MPCache.Models.Tests.Leakage;

/// <summary>The dealer's ledger between two parties of this process, with every expansion of every seed on record.</summary>
internal sealed class RecordingDealer : IDisposable
{
    private readonly AesMaskSource[] masks;
    private readonly DealerLedger ledger;
    private readonly Lock gate = new();
    private readonly Dictionary<uint, LedgerEntry> announced = [];
    private readonly Dictionary<(Party Party, uint Call), TaskCompletionSource<Correlations>> dealt = [];

    public RecordingDealer(IReadOnlyList<CompiledProgram> programs)
    {
        byte[][] seeds = [AesMaskSource.DrawSeed(), AesMaskSource.DrawSeed(), AesMaskSource.DrawSeed()];
        masks = [new(seeds[0]), new(seeds[1]), new(seeds[2])];
        (Server, Client, Secret) = (new(masks[0]), new(masks[1]), new(masks[2]));
        (AtServer, AtClient) = (new(masks[0]), new(masks[1]));
        ledger = new DealerLedger(programs, Server, Client, Secret);
    }

    /// <summary>The server's masks, as the dealer expands them.</summary>
    public RecordingSource Server { get; }

    /// <summary>The client's masks, as the dealer expands them.</summary>
    public RecordingSource Client { get; }

    /// <summary>The dealer's own.</summary>
    public RecordingSource Secret { get; }

    /// <summary>The server's masks, as it expands them itself.</summary>
    public RecordingSource AtServer { get; }

    /// <summary>The client's masks, as it expands them itself: in a rehearsal, and in the call.</summary>
    public RecordingSource AtClient { get; }

    /// <summary>A party's place.</summary>
    public IRandomnessSource Seat(Party party) => new Place(this, party, party == Party.Server ? AtServer : AtClient);

    public void Dispose()
    {
        foreach (AesMaskSource source in masks)
        {
            source.Dispose();
        }
    }

    private void Announce(LedgerEntry entry)
    {
        lock (gate)
        {
            if (announced.TryAdd(entry.Call, entry))
            {
                return;
            }

            Assert.Null(LedgerEntry.Difference(announced[entry.Call], entry));
            Tape tape = ledger.Deal(entry, CancellationToken.None);
            Waiting(Party.Server, entry.Call).SetResult(new Correlations(new Tape("tape"), tape.Length));
            Waiting(Party.Client, entry.Call).SetResult(new Correlations(tape, tape.Length));
        }
    }

    private TaskCompletionSource<Correlations> Waiting(Party party, uint call)
    {
        lock (gate)
        {
            return dealt.TryGetValue((party, call), out TaskCompletionSource<Correlations>? found)
                ? found
                : dealt[(party, call)] = new TaskCompletionSource<Correlations>(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private sealed class Place(RecordingDealer dealer, Party party, RecordingSource source) : IRandomnessSource
    {
        public Party Party => party;

        public Guid Session => Guid.Empty;

        public IMaskSource Masks => source;

        public Task AnnounceAsync(LedgerEntry entry, long tapeBytes, CancellationToken cancellation)
        {
            dealer.Announce(entry);
            return Task.CompletedTask;
        }

        public Task<Correlations> TakeAsync(uint call, CancellationToken cancellation) =>
            dealer.Waiting(party, call).Task.WaitAsync(cancellation);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
