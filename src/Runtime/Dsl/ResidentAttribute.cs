using System;

namespace MPCache;

/// <summary>
/// Marks a class or record of tensors that one party knows and that stay the same for a whole session: the weights of a model. They are
/// shared once, when the session is set up, and then handed to every entry point by reference.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ResidentAttribute : Attribute
{
    /// <summary>States the owner.</summary>
    /// <param name="party">The party that knows the values.</param>
    public ResidentAttribute(Party party)
    {
        Party = party;
    }

    /// <summary>The party that knows the values.</summary>
    public Party Party { get; }
}
