using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Execution;

namespace MPCache.Sessions;

/// <summary>
/// Where compiled programs are called: between two parties, or in the clear in one process. A session does one thing at a time. After an
/// error in the middle of a call it is poisoned, because it is unknown which masks were used; later calls throw at once.
/// </summary>
public interface ISession : IAsyncDisposable
{
    /// <summary>Which party this is; null where one process plays both in the clear.</summary>
    Party? Party { get; }

    /// <summary>
    /// The network for which programs are called, where an entry point is compiled for several: a generated method calls
    /// <see cref="CompiledProgram.For"/> it.
    /// </summary>
    Network Network => Network.Lan;

    /// <summary>What each call has cost, in the order of the ledger.</summary>
    IReadOnlyList<CallStatistics> Statistics { get; }

    /// <summary>Shares weights once; both parties call it. One flight: 8 bytes a weight from the server.</summary>
    /// <param name="schema">The class.</param>
    /// <param name="record">The record at its owner; null at the other party.</param>
    /// <param name="cancellation">Ends the wait and, once started, the session.</param>
    /// <exception cref="MPCacheException">A weight is outside of its declared range, or the parties differ.</exception>
    Task<ResidentHandle> ShareAsync(ResidentSchema schema, object? record, CancellationToken cancellation = default);

    /// <summary>Creates an empty state; both parties call it. Nothing is sent between them.</summary>
    /// <param name="schema">The class.</param>
    /// <param name="dimensions">The sizes of its shapes' dimensions, but for the one along which it grows.</param>
    /// <param name="cancellation">Ends the wait and, once started, the session.</param>
    /// <exception cref="MPCacheException">A dimension is missing, or the parties differ.</exception>
    Task<StateHandle> CreateStateAsync(
        StateSchema schema, IReadOnlyDictionary<string, long> dimensions, CancellationToken cancellation = default);

    /// <summary>
    /// Announces a call that will be made later, so that its randomness is dealt and rehearsed while earlier calls run. Announced calls are
    /// then made in the same order. In the clear there is nothing to prepare.
    /// </summary>
    /// <param name="program">The program.</param>
    /// <param name="announcement">What is public of the call.</param>
    /// <param name="cancellation">Ends the wait and, once started, the session.</param>
    /// <exception cref="MPCacheException">The announcement does not fit the program.</exception>
    Task AnnounceAsync(CompiledProgram program, CallAnnouncement announcement, CancellationToken cancellation = default);

    /// <summary>Calls a program; both parties call it with the same public sizes.</summary>
    /// <param name="program">The program.</param>
    /// <param name="request">Its arguments.</param>
    /// <param name="cancellation">Ends the wait and, once started, the session.</param>
    /// <exception cref="MPCacheException">
    /// An argument does not fit, the parties differ, or the peer or the randomness source is gone.
    /// </exception>
    Task<CallResult> CallAsync(CompiledProgram program, CallRequest request, CancellationToken cancellation = default);
}
