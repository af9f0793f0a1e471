using System.Collections.Generic;
using System.Linq;

namespace MPCache.Bench.Layers;

/// <summary>The shape of a layer's attention.</summary>
/// <param name="Name">What the command line calls it.</param>
/// <param name="Groups">Key-value heads.</param>
/// <param name="Repeat">Query heads that share a key-value head.</param>
/// <param name="Size">Elements a head.</param>
internal sealed record LayerShape(string Name, int Groups, int Repeat, int Size)
{
    /// <summary>The shapes that the command line knows.</summary>
    public static IReadOnlyList<LayerShape> All { get; } =
        [new("gpt2", 12, 1, 64), new("llama7b", 32, 1, 128), new("llama2c", 4, 2, 8)];

    /// <summary>Query heads.</summary>
    public int Heads => Groups * Repeat;

    /// <summary>Finds a shape.</summary>
    /// <exception cref="MPCacheException">There is none of this name.</exception>
    public static LayerShape Parse(string name) => All.FirstOrDefault(s => s.Name == name)
        ?? throw new MPCacheException($"'{name}' is no shape", $"Choose {string.Join(", ", All.Select(s => s.Name))}");

    /// <inheritdoc/>
    public override string ToString() => Name;
}
