using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Contract;
using MPCache.Models.Transformers;
using MPCache.Sessions;

namespace MPCache.Models.Generation;

/// <summary>What one phase of a generation cost.</summary>
/// <param name="Name">"setup" (sharing the weights), "prefill" (reading the prompt), "decode" (one step a further
/// token), "summaries" (of the prompt's clusters, once) or "updates" (summaries of clusters that become complete later).</param>
/// <param name="Steps">Calls.</param>
/// <param name="Planned">What the plans say.</param>
/// <param name="Measured">What the transport counted.</param>
/// <param name="Offline">Time that calls waited for their preparation; what overlapped earlier calls is not in it.</param>
/// <param name="Online">Time from first flights to results.</param>
public sealed record GenerationPhase(string Name, int Steps, PlanTotals Planned, PlanTotals Measured, TimeSpan Offline, TimeSpan Online)
{
    /// <summary>Milliseconds a step, preparation included; 0 without steps.</summary>
    public double MillisecondsAStep => Steps == 0 ? 0 : (Offline + Online).TotalMilliseconds / Steps;

    /// <summary>Sums the calls of a session by phase.</summary>
    /// <param name="calls">The statistics of a session that did one generation.</param>
    /// <returns>Setup, prefill, decode, and where clusters are summarised that too, before the first step and later, in this order.
    /// </returns>
    public static IReadOnlyList<GenerationPhase> Of(IReadOnlyList<CallStatistics> calls)
    {
        ArgumentNullException.ThrowIfNull(calls);
        uint step = Of("Decode").Select(c => c.Call).DefaultIfEmpty(uint.MaxValue).Min();
        return
        [
            Sum("setup", calls.Where(c => c.Name == LlamaWeightsSchema.Instance.Name)),
            Sum("prefill", Of("Prefill")),
            Sum("decode", Of("Decode")),
            .. new[]
            {
                Sum("summaries", Of("Summarize").Where(c => c.Call < step)), Sum("updates", Of("Summarize").Where(c => c.Call > step)),
            }.Where(phase => phase.Steps > 0),
        ];

        IEnumerable<CallStatistics> Of(string kind) =>
            calls.Where(c => c.Name.StartsWith($"{typeof(Llama).FullName}.{kind}", StringComparison.Ordinal));
    }

    private static GenerationPhase Sum(string name, IEnumerable<CallStatistics> calls)
    {
        GenerationPhase sum = new(name, 0, default, default, TimeSpan.Zero, TimeSpan.Zero);
        foreach (CallStatistics call in calls)
        {
            sum = new GenerationPhase(
                name, sum.Steps + 1, sum.Planned + call.Planned, sum.Measured + call.Measured, sum.Offline + call.Offline,
                sum.Online + call.Online);
        }

        return sum;
    }
}
