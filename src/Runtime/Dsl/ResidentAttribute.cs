using System;

namespace MPCache;

/// <summary>
/// Marks a class or record of tensors that one party knows and that stay the same for a whole session: the weights of a model. They are
/// shared once, when the session is set up, and then handed to every entry point by reference.
/// </summary>
/// <remarks>
/// Compiled: <see cref="Functions.Linear"/>, <see cref="Functions.Embedding"/> and a product with a vector along the last axis read weights
/// where they lie, and only the result is opened. Wherever else a weight stands, such as a bias that is added, it is a value like any other,
/// which the server puts in under a fresh mask at each call: its bytes, in a flight that is there anyway. Of a table that is sliced along its
/// leading axis only those rows are put in.
/// </remarks>
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
