using MPCache.Models.Weights;

namespace MPCache.Models.Tests.Reference.Policies;

/// <summary>
/// The sizes of grouped-query attention. A query is [Heads · Size], a key or value [Groups · Size]; consecutive heads share a group.
/// </summary>
/// <param name="Heads">Query heads.</param>
/// <param name="Groups">Key and value heads, a divisor of <paramref name="Heads"/>.</param>
/// <param name="Size">The size of a head.</param>
public sealed record ReferenceHeads(int Heads, int Groups, int Size)
{
    public static ReferenceHeads Of(LlamaConfig config) => new(config.Heads, config.KeyValueHeads, config.HeadSize);

    /// <summary>The group whose keys and values a query head reads.</summary>
    public int Group(int head) => head / (Heads / Groups);
}
