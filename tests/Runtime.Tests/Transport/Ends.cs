using System;
using System.Threading.Tasks;
using MPCache.Transport;

namespace MPCache.Runtime.Tests.Transport;

/// <summary>The two ends of a fresh connection.</summary>
internal sealed record Ends(Connection First, Connection Second) : IAsyncDisposable
{
    public static async Task<Ends> OpenAsync(string kind)
    {
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
