using MPCache.Models.Transformers;

namespace MPCache.Bench.Programs;

/// <summary>
/// One attention layer of one decoding step under the policies of <c>Models/Attention</c>. What comes in and goes out is held in states, so
/// that a step has neither inputs nor reveals: all of its flights and bytes are attention's own.
/// </summary>
[Dim("layers", Max = 64, Typical = 1)]
[Dim("groups", Max = 64, Typical = 12)]
[Dim("repeat", Max = 64, Typical = 1)]
[Dim("size", Max = 256, Typical = 64)]
[Dim("tokens", Max = 8192, Typical = 512)]
[Dim("rows", Max = 8192, Typical = 512)]
[Dim("newest", Max = 1, Typical = 1)]
[Dim("answers", Max = 65536, Typical = 1)]
[Dim("kept", Max = 1024, Typical = 8)]
[Dim("cluster", Max = 64, Typical = 16)]
public static partial class AttentionLayer
{
    /// <summary>Puts rows into the cache.</summary>
    /// <param name="cache">A cache of one layer.</param>
    /// <param name="keys">Their keys.</param>
    /// <param name="values">Their values.</param>
    [EntryPoint(FractionBits = 16)]
    public static void Fill(
        KeyValueCache cache,
        [Owned(Party.Client), Shape("rows, groups, size"), Range(-64, 64)] Tensor keys,
        [Owned(Party.Server), Shape("rows, groups, size"), Range(-16, 16)] Tensor values)
    {
        cache.Keys[0] = cache.Keys[0].Append(keys);
        cache.Values[0] = cache.Values[0].Append(values);
    }

    /// <summary>Puts the newest token's row where its projections would leave it.</summary>
    /// <param name="newest">An empty state.</param>
    /// <param name="query">Its query, scaled by 1/√size.</param>
    /// <param name="key">Its key.</param>
    /// <param name="value">Its value.</param>
    [EntryPoint(FractionBits = 16)]
    public static void Project(
        NewestToken newest,
        [Owned(Party.Client), Shape("1, groups, repeat, size"), Range(-64, 64)] Tensor query,
        [Owned(Party.Client), Shape("1, groups, 1, size"), Range(-64, 64)] Tensor key,
        [Owned(Party.Server), Shape("1, groups, 1, size"), Range(-16, 16)] Tensor value)
    {
        newest.Query = newest.Query.Append(query);
        newest.Key = newest.Key.Append(key);
        newest.Value = newest.Value.Append(value);
    }

    /// <summary>Takes the newest row out of the cache again, so that the next step finds as many tokens as this one did.</summary>
    /// <param name="cache">A cache of one layer.</param>
    [EntryPoint(FractionBits = 16)]
    [Dim("tokens", Max = 8193, Typical = 513)]
    public static void Forget(KeyValueCache cache)
    {
        cache.Keys[0] = cache.Keys[0].Slice(0, 0, cache.Keys[0].Size(0) - 1);
        cache.Values[0] = cache.Values[0].Slice(0, 0, cache.Values[0].Size(0) - 1);
    }

    /// <summary>What the last step has computed.</summary>
    /// <param name="output">What the steps have computed.</param>
    /// <returns>To the client.</returns>
    [EntryPoint(FractionBits = 16)]
    public static Tensor Read(LayerOutput output) =>
        output.Mixed.Slice(0, output.Mixed.Size(0) - 1, 1).Reveal(Party.Client);

    /// <summary>The newest token's key and value join the cache.</summary>
    /// <param name="cache">A cache of one layer.</param>
    /// <param name="newest">The newest token.</param>
    [Protocol]
    internal static void Remember(KeyValueCache cache, NewestToken newest)
    {
        int groups = newest.Query.Size(1);
        int size = newest.Query.Size(3);
        cache.Keys[0] = cache.Keys[0].Append(newest.Key.Reshape(1, groups, size));
        cache.Values[0] = cache.Values[0].Append(newest.Value.Reshape(1, groups, size));
    }

    /// <summary>What attention has computed is handed on.</summary>
    /// <param name="output">What the steps have computed.</param>
    /// <param name="mixed">[1, groups · repeat · size].</param>
    /// <param name="query">Of the shape of a query.</param>
    [Protocol]
    internal static void HandOn(LayerOutput output, Tensor mixed, Tensor query) =>
        output.Mixed = output.Mixed.Append(mixed.Reshape(1, query.Size(1), query.Size(2), query.Size(3)));
}
