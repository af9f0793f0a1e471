using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace MPCache.Cli.Tests.TestSupport;

/// <summary>Says the same to everyone who connects, then is silent; with nothing to say, silent from the start.</summary>
internal sealed class ForeignListener : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource ending = new();
    private readonly List<TcpClient> clients = [];
    private readonly Task accepting;

    public ForeignListener(byte[] greeting)
    {
        listener.Start();
        accepting = AcceptAsync(greeting);
    }

    public string Address => listener.LocalEndpoint.ToString()!;

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        await accepting;
        clients.ForEach(c => c.Dispose());
        listener.Dispose();
        ending.Dispose();
    }

    private async Task AcceptAsync(byte[] greeting)
    {
        try
        {
            while (true)
            {
                TcpClient client = await listener.AcceptTcpClientAsync(ending.Token);
                clients.Add(client);
                await client.GetStream().WriteAsync(greeting, ending.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }
}
