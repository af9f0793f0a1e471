using System;

namespace MPCache;

/// <summary>
/// Declares a symbolic dimension that the <see cref="ShapeAttribute">shapes</see> of a class or method use. A program is compiled once and
/// runs for every size up to <see cref="Max"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = true)]
public sealed class DimAttribute : Attribute
{
    /// <summary>Declares a dimension.</summary>
    /// <param name="name">The name as the shapes write it, a C# identifier.</param>
    public DimAttribute(string name)
    {
        Name = name;
    }

    /// <summary>The name as the shapes write it.</summary>
    public string Name { get; }

    /// <summary>
    /// The largest size. Range analysis proves for this size that no ring overflows, and a session refuses a larger one before anything is
    /// sent. 0: not declared.
    /// </summary>
    public int Max { get; set; }

    /// <summary>The size at which the compiler states costs and weighs alternatives. 0: not declared.</summary>
    public int Typical { get; set; }
}
