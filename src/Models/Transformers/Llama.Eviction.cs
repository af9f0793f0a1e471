using MPCache.Models.Attention;
using static MPCache.Functions;

namespace MPCache.Models.Transformers;

// Policies that evict: of the prompt once, and of a cache of fixed size at every step. What leaves the cache leaves it for good.
public static partial class Llama
{
    /// <summary>Reads a prompt and keeps what its last queries attended to most, in order; static eviction.</summary>
    /// <param name="weights">The server's weights.</param>
    /// <param name="cache">A cache of the parts before, in which the rows that are kept take their place.</param>
    /// <param name="prompt">The client's tokens of the last part.</param>
    /// <param name="observed">Queries at the end of the prompt whose attention counts.</param>
    /// <param name="reach">Neighbours on each side whose importance counts for a token.</param>
    /// <param name="window">Tokens at the end of the prompt that stay whatever their importance.</param>
    /// <param name="kept">Tokens before the window that stay in the cache.</param>
    /// <param name="theta">The base of the rotary embedding.</param>
    /// <returns>The next token, to the client.</returns>
    [EntryPoint(FractionBits = 16)]
    public static Tensor PrefillEvicting(
        LlamaWeights weights, KeyValueCache cache, [Owned(Party.Client), Shape("rows"), Range(0, 65535)] Tensor prompt,
        int observed, int reach, int window, int kept, [Range(1, 1e15)] float theta)
    {
        int position = cache.Keys[0].Size(0);
        Tensor x = Embedding(weights.Embedding, prompt);
        for (int layer = 0; layer < weights.AttentionNorm.Size(0); layer++)
        {
            (Tensor keys, Tensor values, Tensor probabilities) =
                Look(weights, cache.Keys[layer], cache.Values[layer], layer, x, position, theta);
            Tensor importance = StaticEviction.Pool(StaticEviction.Importance(probabilities, observed, window), reach);
            Selection stays = StaticEviction.Choose(importance, kept);
            cache.Keys[layer] = StaticEviction.Keep(keys, stays, window);
            cache.Values[layer] = StaticEviction.Keep(values, stays, window);
            x = Complete(weights, layer, x, FullAttention.Mix(probabilities, values));
        }

        return NextToken(weights, x.Slice(0, prompt.Size(0) - 1, 1)).Reveal(Party.Client);
    }

    /// <summary>Reads a prompt and keeps what SnapKV keeps of it.</summary>
    /// <param name="weights">The server's weights.</param>
    /// <param name="cache">A cache of the parts before, in which the rows that are kept take their place.</param>
    /// <param name="prompt">The client's tokens of the last part.</param>
    /// <param name="window">Queries at the end of the prompt whose attention counts; their tokens stay.</param>
    /// <param name="kept">Tokens before the window that stay, head by head.</param>
    /// <param name="theta">The base of the rotary embedding.</param>
    /// <returns>The next token, to the client.</returns>
    [EntryPoint(FractionBits = 16)]
    public static Tensor PrefillSnapKv(
        LlamaWeights weights, KeyValueCache cache, [Owned(Party.Client), Shape("rows"), Range(0, 65535)] Tensor prompt,
        int window, int kept, [Range(1, 1e15)] float theta)
    {
        int position = cache.Keys[0].Size(0);
        Tensor x = Embedding(weights.Embedding, prompt);
        for (int layer = 0; layer < weights.AttentionNorm.Size(0); layer++)
        {
            (Tensor keys, Tensor values, Tensor probabilities) =
                Look(weights, cache.Keys[layer], cache.Values[layer], layer, x, position, theta);
            Selection stays = TopK(SnapKv.Importance(probabilities, window), kept);
            cache.Keys[layer] = SnapKv.Keep(keys, stays, window);
            cache.Values[layer] = SnapKv.Keep(values, stays, window);
            x = Complete(weights, layer, x, FullAttention.Mix(probabilities, values));
        }

        return NextToken(weights, x.Slice(0, prompt.Size(0) - 1, 1)).Reveal(Party.Client);
    }

    /// <summary>Reads a part of a prompt, not the last one, and adds up what each token receives.</summary>
    /// <param name="weights">The server's weights.</param>
    /// <param name="cache">The cache, which holds the parts before and grows by a row for each token.</param>
    /// <param name="prompt">The client's tokens of this part.</param>
    /// <param name="theta">The base of the rotary embedding.</param>
    [EntryPoint(FractionBits = 16)]
    public static void PrefillPartHeavyHitters(
        LlamaWeights weights, HeavyHitterCache cache, [Owned(Party.Client), Shape("rows"), Range(0, 65535)] Tensor prompt,
        [Range(1, 1e15)] float theta)
    {
        int position = cache.Keys[0].Size(0);
        Tensor x = Embedding(weights.Embedding, prompt);
        for (int layer = 0; layer < weights.AttentionNorm.Size(0); layer++)
        {
            (Tensor keys, Tensor values, Tensor probabilities) =
                Look(weights, cache.Keys[layer], cache.Values[layer], layer, x, position, theta);
            cache.Keys[layer] = keys;
            cache.Values[layer] = values;
            cache.Received[layer] = HeavyHitters.Received(cache.Received[layer], probabilities);
            x = Complete(weights, layer, x, FullAttention.Mix(probabilities, values));
        }
    }

    /// <summary>Reads a prompt and keeps its heavy hitters and its recent tokens.</summary>
    /// <param name="weights">The server's weights.</param>
    /// <param name="cache">A cache of the parts before, in which the rows that are kept take their place.</param>
    /// <param name="prompt">The client's tokens of the last part.</param>
    /// <param name="heavy">Heavy hitters that stay, head by head.</param>
    /// <param name="recent">Tokens at the end that stay.</param>
    /// <param name="theta">The base of the rotary embedding.</param>
    /// <returns>The next token, to the client.</returns>
    [EntryPoint(FractionBits = 16)]
    public static Tensor PrefillHeavyHitters(
        LlamaWeights weights, HeavyHitterCache cache, [Owned(Party.Client), Shape("rows"), Range(0, 65535)] Tensor prompt,
        int heavy, int recent, [Range(1, 1e15)] float theta)
    {
        int position = cache.Keys[0].Size(0);
        Tensor x = Embedding(weights.Embedding, prompt);
        for (int layer = 0; layer < weights.AttentionNorm.Size(0); layer++)
        {
            (Tensor keys, Tensor values, Tensor probabilities) =
                Look(weights, cache.Keys[layer], cache.Values[layer], layer, x, position, theta);
            Tensor received = HeavyHitters.Received(cache.Received[layer], probabilities);
            Selection stays = HeavyHitters.Choose(received, heavy, recent);
            cache.Keys[layer] = SnapKv.Keep(keys, stays, recent);
            cache.Values[layer] = SnapKv.Keep(values, stays, recent);
            cache.Received[layer] = SnapKv.Keep(received, stays, recent);
            x = Complete(weights, layer, x, FullAttention.Mix(probabilities, values));
        }

        return NextToken(weights, x.Slice(0, prompt.Size(0) - 1, 1)).Reveal(Party.Client);
    }

    /// <summary>One decoding step with a cache of fixed size that drops the token which received least attention.</summary>
    /// <param name="weights">The server's weights.</param>
    /// <param name="cache">The cache.</param>
    /// <param name="token">The client's newest token.</param>
    /// <param name="position">How many tokens have been read before.</param>
    /// <param name="recent">Tokens at the end that stay.</param>
    /// <param name="theta">The base of the rotary embedding.</param>
    /// <returns>The next token, to the client.</returns>
    [EntryPoint(FractionBits = 16)]
    public static Tensor DecodeHeavyHitters(
        LlamaWeights weights, HeavyHitterCache cache, [Owned(Party.Client), Shape("1"), Range(0, 65535)] Tensor token, int position,
        int recent, [Range(1, 1e15)] float theta)
    {
        int budget = cache.Keys[0].Size(0);
        Tensor x = Embedding(weights.Embedding, token);
        for (int layer = 0; layer < weights.AttentionNorm.Size(0); layer++)
        {
            (Tensor keys, Tensor values, Tensor probabilities) =
                Look(weights, cache.Keys[layer], cache.Values[layer], layer, x, position, theta);
            Tensor received = HeavyHitters.Received(cache.Received[layer], probabilities);
            Selection stays = HeavyHitters.Choose(received, budget - recent, recent);
            cache.Keys[layer] = SnapKv.Keep(keys, stays, recent);
            cache.Values[layer] = SnapKv.Keep(values, stays, recent);
            cache.Received[layer] = SnapKv.Keep(received, stays, recent);
            x = Complete(weights, layer, x, FullAttention.Mix(probabilities, values));
        }

        return NextToken(weights, x).Reveal(Party.Client);
    }

    /// <summary>Reads a prompt and keeps the tokens to which its last query attended most.</summary>
    /// <param name="weights">The server's weights.</param>
    /// <param name="cache">A cache of the parts before, in which the rows that are kept take their place.</param>
    /// <param name="prompt">The client's tokens of the last part.</param>
    /// <param name="kept">Tokens that stay.</param>
    /// <param name="theta">The base of the rotary embedding.</param>
    /// <returns>The next token, to the client.</returns>
    [EntryPoint(FractionBits = 16)]
    public static Tensor PrefillTova(
        LlamaWeights weights, KeyValueCache cache, [Owned(Party.Client), Shape("rows"), Range(0, 65535)] Tensor prompt, int kept,
        [Range(1, 1e15)] float theta)
    {
        int position = cache.Keys[0].Size(0);
        Tensor x = Embedding(weights.Embedding, prompt);
        for (int layer = 0; layer < weights.AttentionNorm.Size(0); layer++)
        {
            (Tensor keys, Tensor values, Tensor probabilities) =
                Look(weights, cache.Keys[layer], cache.Values[layer], layer, x, position, theta);
            Selection stays = TopK(Tova.Newest(probabilities), kept);
            cache.Keys[layer] = Gather(keys, stays);
            cache.Values[layer] = Gather(values, stays);
            x = Complete(weights, layer, x, FullAttention.Mix(probabilities, values));
        }

        return NextToken(weights, x.Slice(0, prompt.Size(0) - 1, 1)).Reveal(Party.Client);
    }

    /// <summary>One decoding step with a cache of fixed size that drops the token to which the newest query attended least.</summary>
    /// <param name="weights">The server's weights.</param>
    /// <param name="cache">The cache.</param>
    /// <param name="token">The client's newest token.</param>
    /// <param name="position">How many tokens have been read before.</param>
    /// <param name="theta">The base of the rotary embedding.</param>
    /// <returns>The next token, to the client.</returns>
    [EntryPoint(FractionBits = 16)]
    public static Tensor DecodeTova(
        LlamaWeights weights, KeyValueCache cache, [Owned(Party.Client), Shape("1"), Range(0, 65535)] Tensor token, int position,
        [Range(1, 1e15)] float theta)
    {
        int size = cache.Keys[0].Size(2);
        int budget = cache.Keys[0].Size(0);
        Tensor x = Embedding(weights.Embedding, token);
        for (int layer = 0; layer < weights.AttentionNorm.Size(0); layer++)
        {
            (Tensor query, Tensor key, Tensor value) = Project(weights, layer, x, size, position, theta);
            Tensor newKey = key.Rounded(KeyValueCache.Precision);
            Tensor newValue = value.Rounded(KeyValueCache.Precision);
            Tensor probabilities = FullAttention.Probabilities(query, Concat(0, cache.Keys[layer], newKey));
            Tensor mixed = FullAttention.Mix(probabilities, Concat(0, cache.Values[layer], newValue));
            Selection stays = TopK(Tova.Newest(probabilities).Slice(0, 0, budget), budget - 1);
            cache.Keys[layer] = Concat(0, Gather(cache.Keys[layer], stays), newKey);
            cache.Values[layer] = Concat(0, Gather(cache.Values[layer], stays), newValue);
            x = Complete(weights, layer, x, mixed);
        }

        return NextToken(weights, x).Reveal(Party.Client);
    }

    /// <summary>A layer's newest rows look at the cached ones and at themselves; what stays of all is for the policy to say.</summary>
    /// <param name="weights">The server's weights.</param>
    /// <param name="cachedKeys">[tokens, groups, size].</param>
    /// <param name="cachedValues">[tokens, groups, size].</param>
    /// <param name="layer">The layer.</param>
    /// <param name="x">[rows, dim].</param>
    /// <param name="position">The first row's position.</param>
    /// <param name="theta">The base of the rotary embedding.</param>
    /// <returns>Keys and values, [tokens + rows, groups, size]; probabilities, [groups, repeat, rows, tokens + rows].</returns>
    [Protocol]
    internal static (Tensor Keys, Tensor Values, Tensor Probabilities) Look(
        LlamaWeights weights, Tensor cachedKeys, Tensor cachedValues, int layer, Tensor x, int position, float theta)
    {
        (Tensor query, Tensor key, Tensor value) = Project(weights, layer, x, cachedKeys.Size(2), position, theta);
        Tensor keys = KeyValueCache.Join(cachedKeys, key);
        Tensor values = KeyValueCache.Join(cachedValues, value);
        return (keys, values, FullAttention.Probabilities(query, keys));
    }
}
