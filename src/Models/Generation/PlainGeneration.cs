using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Models.Policies;
using MPCache.Models.Transformers;
using MPCache.Models.Weights;
using MPCache.Sessions;

namespace MPCache.Models.Generation;

/// <summary>
/// Generates with the weights and the prompt at one place: in plain floating point, the reference for the private run, or in the clear, with
/// the rings and truncations of the compiled programs.
/// </summary>
public static class PlainGeneration
{
    /// <summary>Generates tokens in plain floating point.</summary>
    /// <param name="config">The model's dimensions.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="request">What to generate.</param>
    /// <returns>The tokens.</returns>
    /// <exception cref="MPCacheException">The request does not fit the model, or a value leaves the range that the programs
    /// declare.</exception>
    public static IReadOnlyList<int> Run(LlamaConfig config, LlamaWeights weights, GenerationRequest request)
    {
        // Nothing in a plain execution waits.
        return RunAsync(new PlainExecution(), config, weights, request).ToBlockingEnumerable().ToArray();
    }

    /// <summary>Generates tokens in a session that knows everything.</summary>
    /// <param name="session">A <see cref="PlainExecution"/> or a <see cref="ClearExecution"/> that has done nothing yet.</param>
    /// <param name="config">The model's dimensions.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="request">What to generate.</param>
    /// <param name="cancellation">Ends the generation.</param>
    /// <returns>Each token as soon as it is known.</returns>
    /// <exception cref="MPCacheException">The request does not fit the model, or a value leaves the range that the programs
    /// declare.</exception>
    public static async IAsyncEnumerable<int> RunAsync(
        ISession session, LlamaConfig config, LlamaWeights weights, GenerationRequest request,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(request);
        GenerationLengths lengths = request.Lengths(config);
        GenerationCalls calls = await GenerationCalls.StartAsync(
            session, config, weights, request.Policy, lengths, cancellation).ConfigureAwait(false);
        IReadOnlyList<int> read = request.Prompt;
        for (int i = 1; ; i++)
        {
            CallResult result = await calls.NextAsync(read, cancellation).ConfigureAwait(false);
            int token = Token(result.Outputs[0].Value);
            if (request.EndsText(token))
            {
                yield break;
            }

            yield return token;
            if (i == lengths.Tokens)
            {
                yield break;
            }

            read = [token];
        }
    }

    /// <summary>Tokens as the programs take them.</summary>
    internal static Tensor Tokens(IEnumerable<int> tokens)
    {
        float[] values = [.. tokens.Select(t => (float)t)];
        return Tensor.From(values, values.Length);
    }

    /// <summary>The token that a program gives.</summary>
    internal static int Token(Tensor next) => (int)next.Values[0];
}
