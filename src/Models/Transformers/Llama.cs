using MPCache.Models.Attention;
using MPCache.Models.Layers;
using static MPCache.Functions;

namespace MPCache.Models.Transformers;

/// <summary>
/// A Llama model: the server knows the weights, the client the tokens; only the client learns the next token. Here: the full cache, and the
/// pieces of which the programs of the other cache policies are made. Source: Touvron et al., LLaMA (2023); the layout of weights follows
/// llama2.c.
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
[Dim("position", Max = 65536, Typical = 256)]
[Dim("kept", Max = 8192, Typical = 64)]
[Dim("reach", Max = 31, Typical = 0)]
public static partial class Llama
{
    /// <summary>Reads a prompt, or the last part of it, into the cache and chooses the first token of the answer.</summary>
    /// <param name="weights">The server's weights.</param>
    /// <param name="cache">The cache, which grows by a row for each token.</param>
    /// <param name="prompt">The client's tokens of this part.</param>
    /// <param name="theta">The base of the rotary embedding.</param>
    /// <returns>The next token, to the client.</returns>
    [EntryPoint(FractionBits = 16)]
    public static Tensor Prefill(
        LlamaWeights weights, KeyValueCache cache, [Owned(Party.Client), Shape("rows"), Range(0, 65535)] Tensor prompt,
        [Range(1, 1e15)] float theta)
    {
        Tensor x = Forward(
            weights, cache, weights.AttentionNorm.Size(0), Embedding(weights.Embedding, prompt), cache.Keys[0].Size(0), theta);
        return NextToken(weights, x.Slice(0, prompt.Size(0) - 1, 1)).Reveal(Party.Client);
    }

    /// <summary>Reads a part of a prompt, not the last one, into the cache.</summary>
    /// <param name="weights">The server's weights.</param>
    /// <param name="cache">The cache, which holds the parts before and grows by a row for each token.</param>
    /// <param name="prompt">The client's tokens of this part.</param>
    /// <param name="theta">The base of the rotary embedding.</param>
    [EntryPoint(FractionBits = 16)]
    public static void PrefillPart(
        LlamaWeights weights, KeyValueCache cache, [Owned(Party.Client), Shape("rows"), Range(0, 65535)] Tensor prompt,
        [Range(1, 1e15)] float theta)
    {
        int layers = weights.AttentionNorm.Size(0);
        int size = cache.Keys[0].Size(2);
        int position = cache.Keys[0].Size(0);
        Tensor x = Forward(weights, cache, layers - 1, Embedding(weights.Embedding, prompt), position, theta);
        // Nothing follows the last layer's keys and values.
        for (int last = layers - 1; last < layers; last++)
        {
            (_, Tensor key, Tensor value) = Project(weights, last, x, size, position, theta);
            cache.Keys[last] = cache.Keys[last].Append(key);
            cache.Values[last] = cache.Values[last].Append(value);
        }
    }

    /// <summary>One decoding step: takes the newest token and chooses the next.</summary>
    /// <param name="weights">The server's weights.</param>
    /// <param name="cache">The cache, which grows by one row.</param>
    /// <param name="token">The client's newest token.</param>
    /// <param name="position">How many tokens have been read before, whether they are still in the cache or not.</param>
    /// <param name="theta">The base of the rotary embedding.</param>
    /// <returns>The next token, to the client.</returns>
    [EntryPoint(FractionBits = 16, Networks = Network.Lan | Network.Wan)]
    public static Tensor Decode(
        LlamaWeights weights, KeyValueCache cache, [Owned(Party.Client), Shape("1"), Range(0, 65535)] Tensor token, int position,
        [Range(1, 1e15)] float theta)
    {
        Tensor x = Forward(weights, cache, weights.AttentionNorm.Size(0), Embedding(weights.Embedding, token), position, theta);
        return NextToken(weights, x).Reveal(Party.Client);
    }

    /// <summary>The first layers over the newest rows, each with the whole cache; keys and values join it.</summary>
    /// <param name="weights">The server's weights.</param>
    /// <param name="cache">The cache.</param>
    /// <param name="layers">How many layers.</param>
    /// <param name="x">[rows, dim], the embedded tokens.</param>
    /// <param name="position">The first row's position.</param>
    /// <param name="theta">The base of the rotary embedding.</param>
    [Protocol]
    public static Tensor Forward(LlamaWeights weights, KeyValueCache cache, int layers, Tensor x, int position, float theta)
    {
        int size = cache.Keys[0].Size(2);
        for (int layer = 0; layer < layers; layer++)
        {
            Tensor query = Remember(weights, cache, layer, x, size, position, theta);
            x = Complete(weights, layer, x, FullAttention.Attend(query, cache.Keys[layer], cache.Values[layer]));
        }

        return x;
    }

    /// <summary>A layer's queries, keys and values, rotated by their positions.</summary>
    /// <param name="weights">The server's weights.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="x">[rows, dim].</param>
    /// <param name="size">Elements a head.</param>
    /// <param name="position">The first row's position.</param>
    /// <param name="theta">The base of the rotary embedding.</param>
    /// <returns>Queries [rows, groups, repeat, size], scaled by 1/√size; keys and values [rows, groups, size].</returns>
    [Protocol]
    public static (Tensor Query, Tensor Key, Tensor Value) Project(
        LlamaWeights weights, int layer, Tensor x, int size, int position, float theta)
    {
        int rows = x.Size(0);
        int groups = weights.Groups;
        int repeat = weights.Repeat;
        Tensor h = Normalization.RmsNorm(x, weights.AttentionNorm[layer]);
        Tensor query = RotaryEmbedding(Linear(h, weights.Query[layer]).Within(-45, 45).Reshape(rows, groups * repeat, size), position, theta);
        Tensor key = RotaryEmbedding(Linear(h, weights.Key[layer]).Within(-45, 45).Reshape(rows, groups, size), position, theta);
        Tensor value = Linear(h, weights.Value[layer]).Within(-16, 16).Reshape(rows, groups, size);
        return ((query * InverseSqrt(size)).Reshape(rows, groups, repeat, size), key, value);
    }

    /// <summary>Projects a layer's newest rows; their keys and values join the cache.</summary>
    /// <param name="weights">The server's weights.</param>
    /// <param name="cache">The cache.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="x">[rows, dim].</param>
    /// <param name="size">Elements a head.</param>
    /// <param name="position">The first row's position.</param>
    /// <param name="theta">The base of the rotary embedding.</param>
    /// <returns>The queries, [rows, groups, repeat, size], scaled by 1/√size.</returns>
    [Protocol]
    internal static Tensor Remember(
        LlamaWeights weights, KeyValueCache cache, int layer, Tensor x, int size, int position, float theta)
    {
        (Tensor query, Tensor key, Tensor value) = Project(weights, layer, x, size, position, theta);
        cache.Keys[layer] = cache.Keys[layer].Append(key);
        cache.Values[layer] = cache.Values[layer].Append(value);
        return query;
    }

    /// <summary>A layer behind its attention: output projection and feed-forward, each added to what came in.</summary>
    /// <param name="weights">The server's weights.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="x">[rows, dim], what came in.</param>
    /// <param name="mixed">[rows, groups · repeat · size], what attention gave.</param>
    [Protocol]
    public static Tensor Complete(LlamaWeights weights, int layer, Tensor x, Tensor mixed)
    {
        Tensor y = (x + Linear(mixed, weights.Output[layer]).Within(-64, 64)).Within(-64, 64);
        Tensor g = Normalization.RmsNorm(y, weights.FeedForwardNorm[layer]);
        return (y + FeedForward.SwiGlu(g, weights.Gate[layer], weights.Up[layer], weights.Down[layer])).Within(-64, 64);
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
