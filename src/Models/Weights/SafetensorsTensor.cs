using System.Collections.Generic;
using System.Linq;

namespace MPCache.Models.Weights;

/// <summary>A tensor of a safetensors file: where its numbers are, which the file has been checked to hold.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">How its numbers are stored.</param>
/// <param name="Shape">Sizes, outermost first; the numbers are stored in row-major order.</param>
/// <param name="Path">The file.</param>
/// <param name="Start">The first byte, from the beginning of the file.</param>
/// <param name="Bytes">How many bytes.</param>
internal sealed record SafetensorsTensor(
    string Name, SafetensorsType Type, IReadOnlyList<long> Shape, string Path, long Start, long Bytes)
{
    /// <summary>A shape for messages: <c>[64, 172]</c>.</summary>
    /// <param name="shape">The sizes; of very many the first.</param>
    public static string Text(IReadOnlyList<long> shape) => JsonFile.Short($"[{string.Join(", ", shape.Take(16))}]");
}
