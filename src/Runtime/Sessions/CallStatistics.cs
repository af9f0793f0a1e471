using System;
using MPCache.Contract;

namespace MPCache.Sessions;

/// <summary>What a call cost.</summary>
/// <param name="Call">The call's number in the ledger.</param>
/// <param name="Name">The program, or the class whose weights were shared.</param>
/// <param name="Planned">What the plan says.</param>
/// <param name="Measured">
/// What the transport counted; equal to the plan, or the call would have failed. In the clear only the tape is counted.
/// </param>
/// <param name="Offline">Time before the first flight: waiting for the tape, the rehearsal, the prepared message.</param>
/// <param name="Online">Time from the first flight to the results.</param>
public sealed record CallStatistics(uint Call, string Name, PlanTotals Planned, PlanTotals Measured, TimeSpan Offline, TimeSpan Online)
{
    /// <summary>Of the online time what the party spent in exchanges: sending, the network, and the other party's work.</summary>
    public TimeSpan Waiting { get; init; }
}
