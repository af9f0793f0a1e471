using System.Collections.Generic;
using System.Linq;
using MPCache.Models.Tests.Reference.Policies;
using MPCache.Models.Weights;

namespace MPCache.Models.Tests.Reference;

/// <summary>What a policy did in one layer at one decoding step, in tokens of the text rather than slots.</summary>
/// <param name="Position">The position of the newest token.</param>
/// <param name="Layer">The layer.</param>
/// <param name="Attended">For each head the positions of the tokens it attended to, ascending.</param>
/// <param name="Cached">How many tokens the layer's cache holds after the step.</param>
public sealed record ReferenceRecord(int Position, int Layer, int[][] Attended, int Cached);

/// <summary>A whole model run greedily under a policy, and what the policy did.</summary>
/// <param name="Tokens">The continuation.</param>
/// <param name="Logits">For each token of the continuation the logits it was chosen from.</param>
/// <param name="Prompt">For each layer and group the positions of the tokens that remained after the prompt.</param>
/// <param name="Records">What the policy did, step after step, in each of them layer after layer.</param>
public sealed record ReferenceGeneration(int[] Tokens, double[][] Logits, int[][][] Prompt, ReferenceRecord[] Records)
{
    /// <summary>Runs a prompt and continues it by the most likely token each time.</summary>
    /// <param name="weights">The model.</param>
    /// <param name="policy">A policy that has not been used.</param>
    /// <param name="prompt">At least one token.</param>
    /// <param name="count">How many tokens to generate, at least one; the first comes from the prompt alone.</param>
    public static ReferenceGeneration Run(LlamaCheckpoint weights, IReferencePolicy policy, IReadOnlyList<int> prompt, int count)
    {
        ReferenceLlama model = new(weights, policy);
        double[] first = [];
        foreach (int token in prompt)
        {
            first = model.Forward(token);
        }

        model.EndPrompt();
        List<double[]> logits = [first];
        List<int> tokens = [ReferenceLlama.ArgMax(first)];
        int[][][] remained = [.. Enumerable.Range(0, weights.Config.Layers).Select(layer => model.Cache(layer).Tokens)];
        while (tokens.Count < count)
        {
            logits.Add(model.Forward(tokens[^1]));
            tokens.Add(ReferenceLlama.ArgMax(logits[^1]));
        }

        return new ReferenceGeneration([.. tokens], [.. logits], remained, [.. model.Records]);
    }
}
