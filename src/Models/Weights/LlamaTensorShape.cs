using System;
using System.Collections.Immutable;
using System.Globalization;

namespace MPCache.Models.Weights;

/// <summary>Name and dimensions of one weight tensor of a checkpoint.</summary>
/// <param name="Name">The name of the property of <see cref="LlamaCheckpoint"/> that holds it.</param>
/// <param name="Dimensions">Sizes, outermost first; the numbers are stored in row-major order.</param>
public sealed record LlamaTensorShape(string Name, ImmutableArray<int> Dimensions)
{
    /// <summary>How many numbers the tensor holds; may be more than an array can.</summary>
    public Int128 Count
    {
        get
        {
            Int128 count = 1;
            foreach (int size in Dimensions)
            {
                count *= size;
            }

            return count;
        }
    }

    /// <summary>The index of the number at a flat position, for messages: <c>Query[3, 0, 17]</c>.</summary>
    /// <param name="position">Position in row-major order.</param>
    public string Element(long position)
    {
        string[] indices = new string[Dimensions.Length];
        for (int axis = Dimensions.Length - 1; axis >= 0; axis--)
        {
            indices[axis] = (position % Dimensions[axis]).ToString(CultureInfo.InvariantCulture);
            position /= Dimensions[axis];
        }

        return $"{Name}[{string.Join(", ", indices)}]";
    }
}
