using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace MPCache.Bench.Compiler.Running;

/// <summary>What an edit made of a step's outputs.</summary>
/// <param name="Step">The step.</param>
/// <param name="Cached">Outputs that were not computed.</param>
/// <param name="Unchanged">Outputs that were computed and are what they were.</param>
/// <param name="Modified">Outputs that were computed and are others.</param>
/// <param name="New">Outputs that were not there before.</param>
/// <param name="Removed">Outputs that are no longer there.</param>
internal sealed record StepCount(string Step, int Cached, int Unchanged, int Modified, int New, int Removed)
{
    /// <summary>Counts a step's outputs.</summary>
    public static StepCount Of(GeneratorRunResult result, string step)
    {
        List<IncrementalStepRunReason> reasons = [.. RunSteps.Of(result, step).Select(o => o.Reason)];
        return new StepCount(
            step, Count(IncrementalStepRunReason.Cached), Count(IncrementalStepRunReason.Unchanged),
            Count(IncrementalStepRunReason.Modified), Count(IncrementalStepRunReason.New), Count(IncrementalStepRunReason.Removed));

        int Count(IncrementalStepRunReason reason) => reasons.Count(r => r == reason);
    }

    /// <summary>All steps, in order, and the outputs.</summary>
    public static IReadOnlyList<StepCount> All(GeneratorRunResult result) =>
        [.. RunSteps.FrontEnd.Concat(RunSteps.Later).Append(RunSteps.Outputs).Select(s => Of(result, s))];
}
