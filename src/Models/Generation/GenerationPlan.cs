using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Contract;
using MPCache.Models.Policies;
using MPCache.Models.Weights;

namespace MPCache.Models.Generation;

/// <summary>What a generation between two parties costs by its plans, known from public lengths before it starts.</summary>
/// <param name="Prompt">Reading the prompt, up to the first token of the answer. Sharing the weights is not in it.</param>
/// <param name="Steps">All further tokens together, with keeping summaries up to date.</param>
/// <param name="StepCount">How many further tokens there are.</param>
/// <param name="Kept">Tokens of the prompt that stay in the cache, a layer and key-value head.</param>
/// <param name="Attended">Tokens to which a layer attends in a step, on average over layers and steps; 0 without steps.</param>
public sealed record GenerationPlan(PlanTotals Prompt, PlanTotals Steps, int StepCount, int Kept, double Attended)
{
    /// <summary>Sums the plans of a generation's calls.</summary>
    /// <param name="config">The model.</param>
    /// <param name="policy">The cache policy.</param>
    /// <param name="lengths">Of the prompt, of its chunks, and of what is generated.</param>
    /// <exception cref="MPCacheException">The policy does not fit the model or the prompt.</exception>
    public static GenerationPlan Of(LlamaConfig config, CachePolicy policy, GenerationLengths lengths)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(lengths);
        PlanTotals prompt = default;
        PlanTotals steps = default;
        List<double> attended = [];
        bool reading = true;
        foreach (PolicyCall call in policy.Schedule(config, lengths))
        {
            IReadOnlyDictionary<string, long> sizes = LlamaPrograms.CallDimensions(call, config);
            PlanTotals cost = call.Program.Interface.Plan.Evaluate(name => sizes[name]);
            (prompt, steps) = reading ? (prompt + cost, steps) : (prompt, steps + cost);
            reading &= !call.GivesToken;
            if (call.Attended.Count > 0)
            {
                attended.Add(call.Attended.Average());
            }
        }

        return new GenerationPlan(
            prompt, steps, lengths.Tokens - 1, policy.Kept(lengths.Prompt), attended.Count == 0 ? 0 : attended.Average());
    }
}
