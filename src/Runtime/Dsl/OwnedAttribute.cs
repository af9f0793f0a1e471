using System;

namespace MPCache;

/// <summary>
/// Says which party knows a tensor parameter in the clear. What is computed from one party's values alone is computed by that party alone
/// and costs nothing. A parameter without this attribute is shared between the parties.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class OwnedAttribute : Attribute
{
    /// <summary>States the owner.</summary>
    /// <param name="party">The party that knows the values.</param>
    public OwnedAttribute(Party party)
    {
        Party = party;
    }

    /// <summary>The party that knows the values.</summary>
    public Party Party { get; }
}
