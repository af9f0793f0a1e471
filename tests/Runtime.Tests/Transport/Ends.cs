using System;
using System.Threading.Tasks;
using MPCache.Transport;

namespace MPCache.Runtime.Tests.Transport;

/// <summary>The two ends of a fresh connection.</summary>
internal sealed record Ends(Connection First, Connection Second) : IAsyncDisposable
{
    private const string Shaped = "shaped ";

    /// <summary>Opens a connection: memory, tcp or tls; shaped as a LAN in both directions where that word stands in front.</summary>
    public static async Task<Ends> OpenAsync(string kind)
    {
        if (kind.StartsWith(Shaped, StringComparison.Ordinal))
        {
            Ends ends = await OpenAsync(kind[Shaped.Length..]);
            ends.First.Shape(NetworkProfile.Lan);
            ends.Second.Shape(NetworkProfile.Lan);
            return ends;
        }

        if (kind == "memory")
        {
            (Connection first, Connection second) = MemoryConnection.CreatePair();
            return new Ends(first, second);
        }

        using TlsIdentity? identity = kind == "tls" ? TlsIdentity.Create("test") : null;
        using Listener listener = Listener.Start(new TcpEndpoint("127.0.0.1", 0), identity);
        Task<Connection> accepted = listener.AcceptAsync();
        Connection connected = await TcpConnector.ConnectAsync(listener.Endpoint, TimeSpan.FromSeconds(60), identity?.Thumbprint);
        return new Ends(connected, await accepted);
    }

    public async ValueTask DisposeAsync()
    {
        await First.DisposeAsync();
        await Second.DisposeAsync();
    }
}
