using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Models.Transformers;
using MPCache.Models.Weights;
using MPCache.Sessions;

namespace MPCache.Models.Generation;

/// <summary>
/// How likely a given text is under a cache policy, in plain floating point. Logits are seen from outside, as a value of the plain run:
/// no program gives them to a party, which would learn more of the weights from them than from tokens.
/// </summary>
public static class PlainLikelihood
{
    /// <summary>Reads a text by the calls that generate under its policy.</summary>
    /// <param name="memory">What earlier executions with the same weights have computed; this one adds to it.</param>
    /// <param name="config">The model's dimensions.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="text">The text.</param>
    /// <param name="cancellation">Ends the run.</param>
    /// <returns>−ln p of each token of the continuation but the first, in nats, by the step that read the token before it. The first one
    /// follows from reading the prompt, where no policy leaves anything out yet.</returns>
    /// <exception cref="MPCacheException">The text does not fit the model or the policy, or a value leaves the range that the programs
    /// declare.</exception>
    public static IReadOnlyList<double> Run(
        PlainMemory memory, LlamaConfig config, LlamaWeights weights, GivenText text, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(text);

        // Nothing in a plain execution waits.
        return RunAsync(memory, config, weights, text, cancellation).GetAwaiter().GetResult();
    }

    private static async Task<IReadOnlyList<double>> RunAsync(
        PlainMemory memory, LlamaConfig config, LlamaWeights weights, GivenText text, CancellationToken cancellation)
    {
        // Behind the logits, the programs have their largest element and nothing else.
        Tensor? logits = null;
        PlainExecution session = new(memory, _ => (_, _, _, value) =>
            logits = value.Rank == 2 && value.Size(1) == config.Vocabulary ? value : logits);

        GenerationCalls calls = await GenerationCalls.StartAsync(
            session, config, weights, text.Policy, text.Lengths(config), cancellation).ConfigureAwait(false);
        await calls.NextAsync(text.Prompt, cancellation).ConfigureAwait(false);
        double[] losses = new double[text.Continuation.Count - 1];
        for (int i = 0; i < losses.Length; i++)
        {
            logits = null;
            CallResult result = await calls.NextAsync([text.Continuation[i]], cancellation).ConfigureAwait(false);
            losses[i] = Loss(logits, PlainGeneration.Token(result.Outputs[0].Value), text.Continuation[i + 1]);
        }

        return losses;
    }

    /// <summary>−ln of a token's share in the softmax of the logits.</summary>
    /// <param name="logits">[1, vocabulary]; null where none were seen.</param>
    /// <param name="most">The token that the program gives.</param>
    /// <param name="token">The token.</param>
    private static double Loss(Tensor? logits, int most, int token)
    {
        ReadOnlySpan<float> values = logits is null ? [] : logits.Values;
        float largest = values.IsEmpty ? 0 : values[most];
        double sum = 0;
        bool isLargest = !values.IsEmpty;
        foreach (float value in values)
        {
            isLargest &= value <= largest;
            sum += Math.Exp(value - largest);
        }

        return isLargest
            ? Math.Log(sum) - (values[token] - largest)
            : throw new InvalidOperationException("The plain run does not show the logits from which the program chooses.");
    }
}
