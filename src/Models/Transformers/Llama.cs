using MPCache.Models.Attention;
using MPCache.Models.Layers;
using static MPCache.Functions;

namespace MPCache.Models.Transformers;

/// <summary>
/// A Llama model: the server knows the weights, the client the tokens; only the client learns the next token.
/// Source: Touvron et al., LLaMA (2023); the layout of weights follows llama2.c.
/// </summary>
[Dim("vocabulary", Max = 65536, Typical = 512)]
[Dim("dim", Max = 4096, Typical = 64)]
[Dim("hidden", Max = 16384, Typical = 172)]
[Dim("layers", Max = 64, Typical = 5)]
[Dim("groups", Max = 64, Typical = 4)]
[Dim("repeat", Max = 64, Typical = 2)]
[Dim("size", Max = 256, Typical = 8)]
[Dim("tokens", Max = 8192, Typical = 256)]
[Dim("rows", Max = 8192, Typical = 1)]
public static partial class Llama
{
    /// <summary>Reads a prompt into the cache and chooses the first token of the answer.</summary>
    /// <param name="weights">The server's weights.</param>
    /// <param name="cache">The cache, which grows by a row for each token.</param>
    /// <param name="prompt">The client's tokens.</param>
    /// <param name="theta">The base of the rotary embedding.</param>
    /// <returns>The next token, to the client.</returns>
    [EntryPoint(FractionBits = 16)]
    public static Tensor Prefill(
        LlamaWeights weights, KeyValueCache cache, [Owned(Party.Client), Shape("rows"), Range(0, 65535)] Tensor prompt,
        [Range(1, 1e15)] float theta)
    {
        Tensor x = Forward(weights, cache, Embedding(weights.Embedding, prompt), theta);
        return NextToken(weights, x.Slice(0, prompt.Size(0) - 1, 1)).Reveal(Party.Client);
    }

    /// <summary>One decoding step: takes the newest token and chooses the next.</summary>
    /// <param name="weights">The server's weights.</param>
    /// <param name="cache">The cache, which grows by one row.</param>
    /// <param name="token">The client's newest token.</param>
    /// <param name="theta">The base of the rotary embedding.</param>
    /// <returns>The next token, to the client.</returns>
    [EntryPoint(FractionBits = 16)]
    public static Tensor Decode(
        LlamaWeights weights, KeyValueCache cache, [Owned(Party.Client), Shape("1"), Range(0, 65535)] Tensor token,
        [Range(1, 1e15)] float theta)
    {
        Tensor x = Forward(weights, cache, Embedding(weights.Embedding, token), theta);
        return NextToken(weights, x).Reveal(Party.Client);
    }

    /// <summary>All layers over the newest rows; keys and values join the cache.</summary>
    /// <param name="weights">The server's weights.</param>
    /// <param name="cache">The cache.</param>
    /// <param name="x">[rows, dim], the embedded tokens.</param>
    /// <param name="theta">The base of the rotary embedding.</param>
    [Protocol]
    public static Tensor Forward(LlamaWeights weights, KeyValueCache cache, Tensor x, float theta)
    {
        int rows = x.Size(0);
        int groups = weights.Groups;
        int repeat = weights.Repeat;
        int size = cache.Keys[0].Size(2);
        int first = cache.Keys[0].Size(0);
        for (int layer = 0; layer < weights.AttentionNorm.Size(0); layer++)
        {
            Tensor h = Normalization.RmsNorm(x, weights.AttentionNorm[layer]);
            Tensor query = RotaryEmbedding(Linear(h, weights.Query[layer]).Within(-45, 45).Reshape(rows, groups * repeat, size), first, theta);
            Tensor key = RotaryEmbedding(Linear(h, weights.Key[layer]).Within(-45, 45).Reshape(rows, groups, size), first, theta);
            Tensor value = Linear(h, weights.Value[layer]).Within(-16, 16).Reshape(rows, groups, size);
            cache.Keys[layer] = cache.Keys[layer].Append(key);
            cache.Values[layer] = cache.Values[layer].Append(value);

            Tensor scaled = (query * InverseSqrt(size)).Reshape(rows, groups, repeat, size);
            Tensor mixed = FullAttention.Attend(scaled, cache.Keys[layer], cache.Values[layer]);
            x = (x + Linear(mixed, weights.Output[layer]).Within(-64, 64)).Within(-64, 64);

            Tensor g = Normalization.RmsNorm(x, weights.FeedForwardNorm[layer]);
            x = (x + FeedForward.SwiGlu(g, weights.Gate[layer], weights.Up[layer], weights.Down[layer])).Within(-64, 64);
        }

        return x;
    }

    /// <summary>The most likely next token after each row.</summary>
    /// <param name="weights">The server's weights.</param>
    /// <param name="x">[rows, dim].</param>
    [Protocol]
    public static Tensor NextToken(LlamaWeights weights, Tensor x)
    {
        Tensor logits = Linear(Normalization.RmsNorm(x, weights.FinalNorm), weights.Classifier).Within(-64, 64);
        return ArgMax(logits);
    }
}
