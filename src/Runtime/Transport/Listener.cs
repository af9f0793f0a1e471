using System;
using System.IO;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Threading;
using System.Threading.Tasks;

namespace MPCache.Transport;

/// <summary>Waits for TCP connections, with TLS where it has an identity.</summary>
public sealed class Listener : IDisposable
{
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(20);

    private readonly Socket socket;
    private readonly TlsIdentity? identity;

    private Listener(Socket socket, TcpEndpoint endpoint, TlsIdentity? identity)
    {
        this.socket = socket;
        this.identity = identity;
        Endpoint = endpoint;
    }

    /// <summary>Where it listens; the port is the one chosen where 0 was asked for.</summary>
    public TcpEndpoint Endpoint { get; }

    /// <summary>Starts to listen.</summary>
    /// <param name="endpoint">Address and port; the host <c>*</c> stands for every address of this machine.</param>
    /// <param name="identity">Its TLS identity; null for plain TCP.</param>
    /// <exception cref="MPCacheException">The port is taken, or the address is not this machine's.</exception>
    public static Listener Start(TcpEndpoint endpoint, TlsIdentity? identity = null)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        Socket? socket = null;
        try
        {
            IPAddress address = endpoint.Host == "*" ? Any : Dns.GetHostAddresses(endpoint.Host)[0];
            socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (endpoint.Host == "*" && address.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = true;
            }

            socket.Bind(new IPEndPoint(address, endpoint.Port));
            socket.Listen();
            return new Listener(socket, endpoint with { Port = ((IPEndPoint)socket.LocalEndPoint!).Port }, identity);
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            throw e.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse =>
                    new MPCacheException(
                        $"port {endpoint.Port} is in use by another process", "Choose another port, or end that process", e),
                SocketError.AccessDenied =>
                    new MPCacheException($"this user may not listen on port {endpoint.Port}", "Choose a port above 1023", e),
                _ => new MPCacheException(
                    $"cannot listen on {endpoint}: {e.Message}", "Give an address of this machine, or * for all of them", e),
            };
        }
    }

    /// <summary>Waits for the next connection; TLS is agreed on before it is returned.</summary>
    /// <exception cref="MPCacheException">Whoever connected failed the TLS handshake; listening goes on.</exception>
    public async Task<Connection> AcceptAsync(CancellationToken cancellation = default)
    {
        return await OpenAsync(await AcceptSocketAsync(cancellation).ConfigureAwait(false), cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();

    /// <summary>
    /// Waits for the next connection and leaves it to <see cref="OpenAsync"/> to agree on TLS, so that a slow peer holds nobody up.
    /// </summary>
    internal async Task<Socket> AcceptSocketAsync(CancellationToken cancellation) =>
        await socket.AcceptAsync(cancellation).ConfigureAwait(false);

    /// <summary>Makes an accepted socket a connection, after TLS is agreed on.</summary>
    internal async Task<Connection> OpenAsync(Socket accepted, CancellationToken cancellation)
    {
        string peer = accepted.RemoteEndPoint?.ToString() ?? "an unknown address";
        Stream stream = new PolledSocketStream(accepted);
        if (identity is null)
        {
            return new Connection(stream, peer);
        }

        SslStream tls = new(stream);
        try
        {
            using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            patience.CancelAfter(HandshakeTimeout);
            SslServerAuthenticationOptions options = new() { ServerCertificate = identity.Certificate };
            await tls.AuthenticateAsServerAsync(options, patience.Token).ConfigureAwait(false);
            return new Connection(tls, peer);
        }
        catch (Exception e) when (e is AuthenticationException or IOException or OperationCanceledException)
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
            throw new MPCacheException(
                $"{peer} connected without TLS or does not accept this certificate", "Use TLS on both sides, or on neither", e);
        }
    }

    private static IPAddress Any => Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;
}
