using System;
using System.Diagnostics;
using System.IO;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Threading;
using System.Threading.Tasks;

namespace MPCache.Transport;

/// <summary>Opens TCP connections, with TLS where the listener's certificate is pinned.</summary>
public static class TcpConnector
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    /// <summary>Connects; tries again while nobody listens yet, because the two sides are rarely started in the same moment.</summary>
    /// <param name="endpoint">Where the peer listens.</param>
    /// <param name="timeout">How long to try.</param>
    /// <param name="pinnedThumbprint">SHA-256 of the listener's certificate in hexadecimal; null for plain TCP.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="MPCacheException">
    /// Nobody listens there, the name is unknown, or the listener is not the one that was pinned.
    /// </exception>
    public static async Task<Connection> ConnectAsync(
        TcpEndpoint endpoint, TimeSpan timeout, string? pinnedThumbprint = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(timeout);
        Socket socket = await ConnectSocketAsync(endpoint, timeout, patience.Token, cancellation).ConfigureAwait(false);
        Stream stream = new PolledSocketStream(socket);
        return pinnedThumbprint is null
            ? new Connection(stream, endpoint.ToString())
            : await SecureAsync(stream, endpoint, Normal(pinnedThumbprint), patience.Token, cancellation).ConfigureAwait(false);
    }

    private static async Task<Socket> ConnectSocketAsync(
        TcpEndpoint endpoint, TimeSpan timeout, CancellationToken patience, CancellationToken cancellation)
    {
        TimeSpan pause = FirstPause;
        SocketException? last = null;
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(endpoint.Host, endpoint.Port, patience).ConfigureAwait(false);
                return socket;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain)
            {
                socket.Dispose();
                throw new MPCacheException($"the host '{endpoint.Host}' is unknown", "Check the address", e);
            }
            catch (SocketException e)
            {
                socket.Dispose();
                last = e;
            }
            catch (OperationCanceledException e)
            {
                socket.Dispose();
                cancellation.ThrowIfCancellationRequested();
                throw NobodyListens(endpoint, timeout, (Exception?)last ?? e);
            }

            if (Stopwatch.GetElapsedTime(start) + pause >= timeout)
            {
                throw NobodyListens(endpoint, timeout, last);
            }

            await Task.Delay(pause, cancellation).ConfigureAwait(false);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private static async Task<Connection> SecureAsync(
        Stream stream, TcpEndpoint endpoint, string pinned, CancellationToken patience, CancellationToken cancellation)
    {
        string? presented = null;
        SslStream tls = new(stream);
        try
        {
            SslClientAuthenticationOptions options = new()
            {
                TargetHost = endpoint.Host,
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                {
                    presented = certificate is null ? null : TlsIdentity.ThumbprintOf(certificate);
                    return presented == pinned;
                },
            };
            await tls.AuthenticateAsClientAsync(options, patience).ConfigureAwait(false);
            return new Connection(tls, endpoint.ToString());
        }
        catch (Exception e) when (e is AuthenticationException or IOException or OperationCanceledException)
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
            throw presented is null || presented == pinned
                ? new MPCacheException($"{endpoint} does not answer with TLS", "Use TLS on both sides, or on neither", e)
                : new MPCacheException(
                    $"{endpoint} presents the certificate {presented}, not the pinned {pinned}",
                    "Check the address; if the peer has a new certificate, ask its operator for the thumbprint", e);
        }
    }

    private static MPCacheException NobodyListens(TcpEndpoint endpoint, TimeSpan timeout, Exception? inner) => new(
        FormattableString.Invariant($"nobody listens at {endpoint} (tried for {timeout.TotalSeconds:0.###} s)"),
        "Start the other side, or check the address", inner);

    private static string Normal(string thumbprint) => thumbprint.Replace(":", "", StringComparison.Ordinal).ToLowerInvariant();
}
