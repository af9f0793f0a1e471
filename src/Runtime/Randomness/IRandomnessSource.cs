using System;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Execution;

namespace MPCache.Randomness;

/// <summary>What one call of the ledger gets from a randomness source.</summary>
/// <param name="Tape">The corrections at the client; empty at the server, whose shares are all expanded from its masks.</param>
/// <param name="TapeBytes">How many bytes the client's tape has, known to both.</param>
public readonly record struct Correlations(Tape Tape, long TapeBytes);

/// <summary>
/// Where a party's correlated randomness comes from. A session is opened with one explicitly. It is told every call in the order of the
/// ledger, as far ahead as the caller knows them, and gives each call's correlations once both parties have told it the same.
/// </summary>
public interface IRandomnessSource : IAsyncDisposable
{
    /// <summary>The party whose randomness it is.</summary>
    Party Party { get; }

    /// <summary>Identifies the common session; parties whose sources differ here do not belong together.</summary>
    Guid Session { get; }

    /// <summary>The party's own masks.</summary>
    IMaskSource Masks { get; }

    /// <summary>Tells the source the ledger's next entry.</summary>
    /// <param name="entry">The entry; both parties tell the same.</param>
    /// <param name="tapeBytes">What the plan says the tape has; another length is refused.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="MPCacheException">The source is gone.</exception>
    Task AnnounceAsync(LedgerEntry entry, long tapeBytes, CancellationToken cancellation);

    /// <summary>Waits for the correlations of an announced entry; each is taken once.</summary>
    /// <param name="call">The entry's number.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="MPCacheException">The parties' announcements differ, or the source is gone.</exception>
    Task<Correlations> TakeAsync(uint call, CancellationToken cancellation);
}
