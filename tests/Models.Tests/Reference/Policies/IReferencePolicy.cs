using System.Collections.Generic;

namespace MPCache.Models.Tests.Reference.Policies;

/// <summary>
/// What a policy does with the key/value cache of each layer, in double arithmetic over arrays. The prompt itself always attends to all of
/// its tokens. Layers come in order at every step; an instance belongs to one run. A slot is a place in the cache of a layer; where groups
/// keep different tokens, the same slot holds another token in each group.
/// </summary>
public interface IReferencePolicy
{
    /// <summary>Once a layer, after the prompt: what remains in the cache.</summary>
    /// <param name="layer">The layer, from 0.</param>
    /// <param name="queries">One row a prompt token, [Heads · Size], scaled by 1/√Size.</param>
    /// <param name="keys">One row a prompt token, [Groups · Size].</param>
    /// <param name="values">One row a prompt token, [Groups · Size].</param>
    /// <returns>For each group the slots that remain, ascending, the same number in every group.</returns>
    int[][] Prefill(
        int layer, IReadOnlyList<double[]> queries, IReadOnlyList<double[]> keys, IReadOnlyList<double[]> values);

    /// <summary>The attention of one decoding step in a layer.</summary>
    /// <param name="layer">The layer, from 0.</param>
    /// <param name="query">[Heads · Size], scaled by 1/√Size.</param>
    /// <param name="keys">One row a slot, [Groups · Size]; the last is the newest token's.</param>
    /// <param name="values">One row a slot, [Groups · Size]; the last is the newest token's.</param>
    ReferenceStep Step(int layer, double[] query, IReadOnlyList<double[]> keys, IReadOnlyList<double[]> values);
}

/// <summary>What a policy did in one step of a layer.</summary>
/// <param name="Attended">For each head the slots it attended to, ascending.</param>
/// <param name="Remaining">For each group the slots that stay in the cache, ascending, the same number in every group.</param>
/// <param name="Output">The attention output, [Heads · Size].</param>
public sealed record ReferenceStep(int[][] Attended, int[][] Remaining, double[] Output);
