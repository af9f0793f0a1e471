
namespace MPCache.Sessions;

/// <summary>An output of a call: a tensor at the party that learns it, nothing elsewhere.</summary>
public sealed class Revealed
{
    private readonly Tensor? value;
    private readonly string name;

    internal Revealed(string name, Party to, Tensor? value)
    {
        this.name = name;
        this.value = value;
        To = to;
    }

    /// <summary>The party that learns the tensor.</summary>
    public Party To { get; }

    /// <summary>Whether the tensor is known here.</summary>
    public bool IsKnown => value is not null;

    /// <summary>The tensor.</summary>
    /// <exception cref="MPCacheException">This is the other party.</exception>
    public Tensor Value => value
        ?? throw new MPCacheException(
            $"{name} is revealed to the {Name(To)} alone", $"Read it at the {Name(To)}, or reveal it to this party in the program");

    private static string Name(Party party) => party == Party.Server ? "server" : "client";
}
