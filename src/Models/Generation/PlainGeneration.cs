using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Models.Transformers;
using MPCache.Models.Weights;

namespace MPCache.Models.Generation;

/// <summary>
/// Generates by running the bodies of the compiled programs directly, in plain floating point with the weights and the prompt at one
/// place: the reference for the private run.
/// </summary>
public static class PlainGeneration
{
    /// <summary>Generates tokens.</summary>
    /// <param name="config">The model's dimensions.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="request">What to generate.</param>
    /// <returns>The tokens, each computed when it is asked for.</returns>
    /// <exception cref="MPCacheException">The request does not fit the model, or a value leaves the range that the programs
    /// declare.</exception>
    public static IEnumerable<int> Run(LlamaConfig config, LlamaWeights weights, GenerationRequest request)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(request);
        return Generate(config, weights, request, request.Count(config));
    }

    private static IEnumerable<int> Generate(LlamaConfig config, LlamaWeights weights, GenerationRequest request, int count)
    {
        KeyValueCache cache = new() { Keys = Empty(config), Values = Empty(config) };
        float theta = (float)config.RopeTheta;
        int token = Token(Llama.Prefill(weights, cache, Tokens(request.Prompt), theta));
        for (int i = 1; !request.EndsText(token); i++)
        {
            yield return token;
            if (i == count)
            {
                yield break;
            }

            token = Token(Llama.Decode(weights, cache, Tokens([token]), cache.Keys[0].Size(0), theta));
        }
    }

    /// <summary>Tokens as the programs take them.</summary>
    internal static Tensor Tokens(IReadOnlyList<int> tokens) => Tensor.From([.. tokens.Select(t => (float)t)], tokens.Count);

    /// <summary>The token that a program gives.</summary>
    internal static int Token(Tensor next) => (int)next.Values[0];

    private static Tensor[] Empty(LlamaConfig config) =>
        [.. Enumerable.Range(0, config.Layers).Select(_ => Tensor.Zeros(0, config.KeyValueHeads, config.HeadSize))];
}
