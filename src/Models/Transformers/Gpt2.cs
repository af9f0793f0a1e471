using MPCache.Models.Attention;
using MPCache.Models.Layers;
using static MPCache.Functions;

namespace MPCache.Models.Transformers;

/// <summary>
/// A GPT-2 model: the server knows the weights, the client the tokens; only the client learns the next token. The residual stream may reach
/// ±4096: the published models have a few channels with several hundred, and at the first token, which attracts attention, up to some
/// thousands. The activation is the exact GELU; the models were trained with its approximation by a hyperbolic tangent, which differs by
/// less than 2^−10. Source: Radford et al., Language Models are Unsupervised Multitask Learners (2019).
/// </summary>
[Dim("vocabulary", Max = 65536, Typical = 50257)]
[Dim("context", Max = 8192, Typical = 1024)]
[Dim("dim", Max = 2048, Typical = 768)]
[Dim("hidden", Max = 8192, Typical = 3072)]
[Dim("layers", Max = 64, Typical = 12)]
[Dim("groups", Max = 32, Typical = 12)]
[Dim("size", Max = 128, Typical = 64)]
[Dim("tokens", Max = 8192, Typical = 512)]
[Dim("rows", Max = 8192, Typical = 1)]
[Dim("position", Max = 8192, Typical = 512)]
public static partial class Gpt2
{
    /// <summary>Reads a prompt, or the last part of it, into the cache and chooses the first token of the answer.</summary>
    /// <param name="weights">The server's weights.</param>
    /// <param name="cache">The cache, which grows by a row for each token.</param>
    /// <param name="prompt">The client's tokens of this part.</param>
    /// <returns>The next token, to the client.</returns>
    [EntryPoint(FractionBits = 16)]
    public static Tensor Prefill(
        Gpt2Weights weights, KeyValueCache cache, [Owned(Party.Client), Shape("rows"), Range(0, 65535)] Tensor prompt)
    {
        Tensor x = Embed(weights, prompt, cache.Keys[0].Size(0));
        x = Forward(weights, cache, weights.AttentionGain.Size(0), x);
        return NextToken(weights, x.Slice(0, prompt.Size(0) - 1, 1)).Reveal(Party.Client);
    }

    /// <summary>Reads a part of a prompt, not the last one, into the cache.</summary>
    /// <param name="weights">The server's weights.</param>
    /// <param name="cache">The cache, which holds the parts before and grows by a row for each token.</param>
    /// <param name="prompt">The client's tokens of this part.</param>
    [EntryPoint(FractionBits = 16)]
    public static void PrefillPart(
        Gpt2Weights weights, KeyValueCache cache, [Owned(Party.Client), Shape("rows"), Range(0, 65535)] Tensor prompt)
    {
        int layers = weights.AttentionGain.Size(0);
        int size = cache.Keys[0].Size(2);
        Tensor x = Forward(weights, cache, layers - 1, Embed(weights, prompt, cache.Keys[0].Size(0)));
        // Nothing follows the last layer's keys and values.
        for (int last = layers - 1; last < layers; last++)
        {
            (_, Tensor key, Tensor value) = Project(weights, last, x, size);
            cache.Keys[last] = cache.Keys[last].Append(key);
            cache.Values[last] = cache.Values[last].Append(value);
        }
    }

    /// <summary>One decoding step: takes the newest token and chooses the next.</summary>
    /// <param name="weights">The server's weights.</param>
    /// <param name="cache">The cache, which grows by one row.</param>
    /// <param name="token">The client's newest token.</param>
    /// <param name="position">How many tokens have been read before, whether they are still in the cache or not.</param>
    /// <returns>The next token, to the client.</returns>
    [EntryPoint(FractionBits = 16, Networks = Network.Lan | Network.Wan)]
    public static Tensor Decode(
        Gpt2Weights weights, KeyValueCache cache, [Owned(Party.Client), Shape("1"), Range(0, 65535)] Tensor token, int position)
    {
        Tensor x = Forward(weights, cache, weights.AttentionGain.Size(0), Embed(weights, token, position));
        return NextToken(weights, x).Reveal(Party.Client);
    }

    /// <summary>The embedded tokens at their positions.</summary>
    /// <param name="weights">The server's weights.</param>
    /// <param name="tokens">[rows], the client's.</param>
    /// <param name="position">The first row's position.</param>
    /// <returns>[rows, dim].</returns>
    [Protocol]
    public static Tensor Embed(Gpt2Weights weights, Tensor tokens, int position) =>
        Embedding(weights.Embedding, tokens) + weights.Positions.Slice(0, position, tokens.Size(0));

    /// <summary>The first layers over the newest rows, each with the whole cache; keys and values join it.</summary>
    /// <param name="weights">The server's weights.</param>
    /// <param name="cache">The cache.</param>
    /// <param name="layers">How many layers.</param>
    /// <param name="x">[rows, dim], the embedded tokens.</param>
    [Protocol]
    public static Tensor Forward(Gpt2Weights weights, KeyValueCache cache, int layers, Tensor x)
    {
        int size = cache.Keys[0].Size(2);
        for (int layer = 0; layer < layers; layer++)
        {
            Tensor query = Remember(weights, cache, layer, x, size);
            x = Complete(weights, layer, x, FullAttention.Attend(query, cache.Keys[layer], cache.Values[layer]));
        }

        return x;
    }

    /// <summary>A layer's queries, keys and values.</summary>
    /// <param name="weights">The server's weights.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="x">[rows, dim].</param>
    /// <param name="size">Elements a head.</param>
    /// <returns>Queries [rows, groups, 1, size], scaled by 1/√size; keys and values [rows, groups, size].</returns>
    [Protocol]
    public static (Tensor Query, Tensor Key, Tensor Value) Project(Gpt2Weights weights, int layer, Tensor x, int size)
    {
        int rows = x.Size(0);
        int groups = weights.Groups;
        Tensor h = Normalization.LayerNorm(x, weights.AttentionGain[layer], weights.AttentionBias[layer]);
        Tensor query = (Linear(h, weights.Query[layer]) + weights.QueryBias[layer]).Within(-63, 63);
        Tensor key = (Linear(h, weights.Key[layer]) + weights.KeyBias[layer]).Within(-63, 63);
        Tensor value = (Linear(h, weights.Value[layer]) + weights.ValueBias[layer]).Within(-16, 16);
        return (
            (query * InverseSqrt(size)).Reshape(rows, groups, 1, size), key.Reshape(rows, groups, size), value.Reshape(rows, groups, size));
    }

    /// <summary>Projects a layer's newest rows; their keys and values join the cache.</summary>
    /// <param name="weights">The server's weights.</param>
    /// <param name="cache">The cache.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="x">[rows, dim].</param>
    /// <param name="size">Elements a head.</param>
    /// <returns>The queries, [rows, groups, 1, size], scaled by 1/√size.</returns>
    [Protocol]
    internal static Tensor Remember(Gpt2Weights weights, KeyValueCache cache, int layer, Tensor x, int size)
    {
        (Tensor query, Tensor key, Tensor value) = Project(weights, layer, x, size);
        cache.Keys[layer] = cache.Keys[layer].Append(key);
        cache.Values[layer] = cache.Values[layer].Append(value);
        return query;
    }

    /// <summary>A layer behind its attention: output projection and feed-forward, each added to what came in.</summary>
    /// <param name="weights">The server's weights.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="x">[rows, dim], what came in.</param>
    /// <param name="mixed">[rows, groups · size], what attention gave.</param>
    [Protocol]
    public static Tensor Complete(Gpt2Weights weights, int layer, Tensor x, Tensor mixed)
    {
        Tensor attended = (Linear(mixed, weights.Output[layer]) + weights.OutputBias[layer]).Within(-1024, 1024);
        Tensor y = (x + attended).Within(-4096, 4096);
        Tensor g = Normalization.LayerNorm(y, weights.FeedForwardGain[layer], weights.FeedForwardBias[layer]);
        Tensor fed = FeedForward.Mlp(
            g, weights.Up[layer], weights.UpBias[layer], weights.Down[layer], weights.DownBias[layer]);
        return (y + fed).Within(-4096, 4096);
    }

    /// <summary>The most likely next token after each row; logits count with 10 fraction bits.</summary>
    /// <param name="weights">The server's weights.</param>
    /// <param name="x">[rows, dim].</param>
    [Protocol]
    public static Tensor NextToken(Gpt2Weights weights, Tensor x)
    {
        Tensor h = Normalization.LayerNorm(x, weights.FinalGain, weights.FinalBias);
        return ArgMax(Linear(h, weights.Embedding).Within(-512, 512).Rounded(10));
    }
}
