using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace MPCache.Cli.Tests.TestSupport;

/// <summary>A network between two sides that breaks after so many bytes from the side that listens.</summary>
internal sealed class Relay : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource ending = new();
    private readonly string target;
    private readonly long limit;

    public Relay(string target, long limit)
    {
        this.target = target;
        this.limit = limit;
        listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>Where to connect instead.</summary>
    public string Address => listener.LocalEndpoint.ToString()!;

    public void Dispose()
    {
        ending.Cancel();
        listener.Dispose();
        ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = RelayAsync(await listener.AcceptTcpClientAsync(ending.Token));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task RelayAsync(TcpClient from)
    {
        using TcpClient near = from;
        using TcpClient far = new();
        try
        {
            await far.ConnectAsync(IPEndPoint.Parse(target), ending.Token);
            Task there = CopyAsync(near.GetStream(), far.GetStream(), long.MaxValue);
            Task back = CopyAsync(far.GetStream(), near.GetStream(), limit);
            await Task.WhenAny(there, back);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
        {
            // One side has ended first.
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to, long bytes)
    {
        byte[] buffer = new byte[4096];
        while (bytes > 0)
        {
            int count = await from.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, bytes)), ending.Token);
            if (count == 0)
            {
                return;
            }

            await to.WriteAsync(buffer.AsMemory(0, count), ending.Token);
            bytes -= count;
        }
    }
}
