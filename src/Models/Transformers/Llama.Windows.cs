using MPCache.Models.Attention;
using static MPCache.Functions;

namespace MPCache.Models.Transformers;

// Steps that attend to a part of the cache without state of their own: public windows, and the exact best tokens.
public static partial class Llama
{
    /// <summary>One decoding step with StreamingLLM's attention.</summary>
    /// <param name="weights">The server's weights.</param>
    /// <param name="cache">The cache, which grows by one row.</param>
    /// <param name="token">The client's newest token.</param>
    /// <param name="position">How many tokens have been read before.</param>
    /// <param name="sinks">Tokens at the beginning that take part.</param>
    /// <param name="window">Tokens at the end that take part, the newest among them; with the sinks at most all.</param>
    /// <param name="theta">The base of the rotary embedding.</param>
    /// <returns>The next token, to the client.</returns>
    [EntryPoint(FractionBits = 16)]
    [Dim("sinks", Max = 4096, Typical = 4)]
    [Dim("window", Max = 8192, Typical = 64)]
    public static Tensor DecodeStreaming(
        LlamaWeights weights, KeyValueCache cache, [Owned(Party.Client), Shape("1"), Range(0, 65535)] Tensor token, int position,
        int sinks, int window, [Range(1, 1e15)] float theta)
    {
        int size = cache.Keys[0].Size(2);
        Tensor x = Embedding(weights.Embedding, token);
        for (int layer = 0; layer < weights.AttentionNorm.Size(0); layer++)
        {
            Tensor query = Remember(weights, cache, layer, x, size, position, theta);
            x = Complete(weights, layer, x, StreamingLlm.Attend(query, cache.Keys[layer], cache.Values[layer], sinks, window));
        }

        return NextToken(weights, x).Reveal(Party.Client);
    }

    /// <summary>One decoding step over the tokens with the largest scores.</summary>
    /// <param name="weights">The server's weights.</param>
    /// <param name="cache">The cache, which grows by one row.</param>
    /// <param name="token">The client's newest token.</param>
    /// <param name="position">How many tokens have been read before.</param>
    /// <param name="kept">How many tokens take part, at most all.</param>
    /// <param name="theta">The base of the rotary embedding.</param>
    /// <returns>The next token, to the client.</returns>
    [EntryPoint(FractionBits = 16)]
    public static Tensor DecodeTopTokens(
        LlamaWeights weights, KeyValueCache cache, [Owned(Party.Client), Shape("1"), Range(0, 65535)] Tensor token, int position,
        int kept, [Range(1, 1e15)] float theta)
    {
        int size = cache.Keys[0].Size(2);
        Tensor x = Embedding(weights.Embedding, token);
        for (int layer = 0; layer < weights.AttentionNorm.Size(0); layer++)
        {
            Tensor query = Remember(weights, cache, layer, x, size, position, theta);
            x = Complete(weights, layer, x, TopTokens.Attend(query, cache.Keys[layer], cache.Values[layer], kept));
        }

        return NextToken(weights, x).Reveal(Party.Client);
    }
}
