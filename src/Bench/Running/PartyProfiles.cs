using MPCache.Execution;

namespace MPCache.Bench.Running;

/// <summary>What counts where each party's time goes.</summary>
internal sealed class PartyProfiles
{
    /// <summary>The server's.</summary>
    public CallProfile Server { get; } = new();

    /// <summary>The client's.</summary>
    public CallProfile Client { get; } = new();

    /// <summary>Forgets what has been counted.</summary>
    public void Clear()
    {
        Server.Clear();
        Client.Clear();
    }
}
