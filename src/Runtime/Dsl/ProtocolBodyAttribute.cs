using System;

namespace MPCache;

/// <summary>
/// The compiled form of a <see cref="ProtocolAttribute">protocol</see>, which the generator puts into the assembly that declares it: a
/// method of another assembly has no body to read. Programs that call the protocol inline this text.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class ProtocolBodyAttribute : Attribute
{
    /// <summary>Holds a protocol's compiled form.</summary>
    /// <param name="name">The method's qualified name.</param>
    /// <param name="version">The format of the text.</param>
    /// <param name="text">The method as tensor IR.</param>
    public ProtocolBodyAttribute(string name, int version, string text)
    {
        Name = name;
        Version = version;
        Text = text;
    }

    /// <summary>The method's qualified name.</summary>
    public string Name { get; }

    /// <summary>The format of the text; a generator reads the format of its own version alone.</summary>
    public int Version { get; }

    /// <summary>The method as tensor IR.</summary>
    public string Text { get; }
}
