using System;
using System.Collections.Generic;
using MPCache.Bench.Decoding.Running;
using MPCache.Contract;

namespace MPCache.Bench.Decoding.Reports;

/// <summary>A line of the tables and reports: what was run, what its plan says, what it took.</summary>
/// <param name="Kind">decode or prefill.</param>
/// <param name="Shape">The model.</param>
/// <param name="Facts">What else is public of the run, by name: tokens, policy, chunk.</param>
/// <param name="Planned">What the plan says.</param>
/// <param name="Measurement">What runs took; null where only the plan was asked for.</param>
/// <param name="PlainPass">One pass over the plain weights; null where none was measured.</param>
/// <param name="Breakdown">The bytes by gate and by expression.</param>
internal sealed record StepResult(
    string Kind, string Shape, IReadOnlyList<(string Name, object Value)> Facts, PlanTotals Planned, StepMeasurement? Measurement,
    TimeSpan? PlainPass, (IReadOnlyList<CostShare> Gates, IReadOnlyList<CostShare> Expressions) Breakdown)
{
    /// <summary>All bytes: both directions, the prepared message and the tape.</summary>
    public long AllBytes => Planned.ServerToClient + Planned.ClientToServer + Planned.Prepared + Planned.Tape;

    /// <summary>A time in plain passes.</summary>
    /// <param name="time">The time.</param>
    public double? Passes(TimeSpan time) => time / PlainPass;
}
