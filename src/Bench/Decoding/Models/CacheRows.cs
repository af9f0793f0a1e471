using MPCache.Models.Transformers;

namespace MPCache.Bench.Decoding.Models;

/// <summary>Puts made-up rows into a cache and takes rows out of it, so that steps can be measured without reading a prompt.</summary>
[Dim("layers", Max = 64, Typical = 12)]
[Dim("groups", Max = 64, Typical = 12)]
[Dim("size", Max = 256, Typical = 64)]
[Dim("added", Max = 8192, Typical = 64)]
[Dim("tokens", Max = 8192, Typical = 512)]
[Dim("left", Max = 8192, Typical = 512)]
public static partial class CacheRows
{
    /// <summary>Adds rows, the same in every layer.</summary>
    /// <param name="cache">The cache.</param>
    /// <param name="keys">Their keys.</param>
    /// <param name="values">Their values.</param>
    /// <param name="layers">Layers.</param>
    [EntryPoint(FractionBits = 16)]
    public static void Fill(
        KeyValueCache cache,
        [Owned(Party.Client), Shape("added, groups, size"), Range(-63, 63)] Tensor keys,
        [Owned(Party.Client), Shape("added, groups, size"), Range(-16, 16)] Tensor values, int layers)
    {
        for (int layer = 0; layer < layers; layer++)
        {
            cache.Keys[layer] = cache.Keys[layer].Append(keys);
            cache.Values[layer] = cache.Values[layer].Append(values);
        }
    }

    /// <summary>Leaves the first rows.</summary>
    /// <param name="cache">The cache.</param>
    /// <param name="layers">Layers.</param>
    /// <param name="left">How many rows stay.</param>
    [EntryPoint(FractionBits = 16)]
    public static void Trim(KeyValueCache cache, int layers, int left)
    {
        for (int layer = 0; layer < layers; layer++)
        {
            cache.Keys[layer] = cache.Keys[layer].Slice(0, 0, left);
            cache.Values[layer] = cache.Values[layer].Slice(0, 0, left);
        }
    }
}
