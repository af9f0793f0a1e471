using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using MPCache.Transport;
using Xunit;

namespace MPCache.Runtime.Tests.Transport;

public class TcpTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TcpEndpoint AnyPort = new("127.0.0.1", 0);

    [Theory]
    [InlineData("localhost:7000", "localhost", 7000)]
    [InlineData(":7000", "*", 7000)]
    [InlineData("[::1]:80", "::1", 80)]
    [InlineData("10.0.0.1:0", "10.0.0.1", 0)]
    public void Addresses_are_read(string text, string host, int port) =>
        Assert.Equal(new TcpEndpoint(host, port), TcpEndpoint.Parse(text));

    [Theory]
    [InlineData("localhost")]
    [InlineData("localhost:")]
    [InlineData("localhost:70000")]
    [InlineData("localhost:-1")]
    [InlineData("::1:80")]
    public void What_is_no_address_is_refused(string text)
    {
        MPCacheException e = Assert.Throws<MPCacheException>(() => TcpEndpoint.Parse(text));
        Assert.Equal($"'{text}' is no address. Write it as host:port, such as localhost:7000.", e.Message);
    }

    [Fact]
    public async Task Nobody_listens()
    {
        TcpEndpoint free = FreePort();
        Assert.Equal(
            $"nobody listens at {free} (tried for 0.2 s). Start the other side, or check the address.",
            await Failure.MessageAsync(() => TcpConnector.ConnectAsync(free, TimeSpan.FromMilliseconds(200))));
    }

    [Fact]
    public async Task A_listener_that_comes_later_is_found()
    {
        TcpEndpoint free = FreePort();
        Task<Connection> connecting = TcpConnector.ConnectAsync(free, Patience);
        await Task.Delay(100);
        Assert.False(connecting.IsCompleted);
        using Listener listener = Listener.Start(free);
        await using Connection accepted = await listener.AcceptAsync().WaitAsync(Patience);
        await using Connection connected = await connecting.WaitAsync(Patience);
    }

    [Fact]
    public void A_port_in_use_is_named()
    {
        using Listener first = Listener.Start(AnyPort);
        MPCacheException e = Assert.Throws<MPCacheException>(() => Listener.Start(first.Endpoint));
        Assert.Equal($"port {first.Endpoint.Port} is in use by another process. Choose another port, or end that process.", e.Message);
    }

    [Fact]
    public void A_foreign_address_cannot_be_listened_on()
    {
        MPCacheException e = Assert.Throws<MPCacheException>(() => Listener.Start(new TcpEndpoint("192.0.2.1", 0)));
        Assert.StartsWith("cannot listen on 192.0.2.1:0: ", e.Message);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public async Task Another_certificate_than_the_pinned_one_is_refused()
    {
        using TlsIdentity identity = TlsIdentity.Create("dealer");
        using TlsIdentity other = TlsIdentity.Create("dealer");
        using Listener listener = Listener.Start(AnyPort, identity);
        Task accepting = listener.AcceptAsync();
        Assert.Equal(
            $"{listener.Endpoint} presents the certificate {identity.Thumbprint}, not the pinned {other.Thumbprint}. "
            + "Check the address; if the peer has a new certificate, ask its operator for the thumbprint.",
            await Failure.MessageAsync(() => TcpConnector.ConnectAsync(listener.Endpoint, Patience, other.Thumbprint)));
        await Task.WhenAny(accepting).WaitAsync(Patience);
    }

    [Fact]
    public async Task Tls_against_plain_tcp_fails_on_both_sides()
    {
        using TlsIdentity identity = TlsIdentity.Create("dealer");
        using Listener secured = Listener.Start(AnyPort, identity);
        Task<Connection> accepting = secured.AcceptAsync();
        await using (Connection plain = await TcpConnector.ConnectAsync(secured.Endpoint, Patience))
        {
            await plain.SendAsync("MPCACHE hello, this is no TLS handshake"u8.ToArray(), Patience);
            Assert.EndsWith(
                " connected without TLS or does not accept this certificate. Use TLS on both sides, or on neither.",
                await Failure.MessageAsync(accepting));
        }

        using Listener open = Listener.Start(AnyPort);
        Task<Connection> connecting = TcpConnector.ConnectAsync(open.Endpoint, Patience, identity.Thumbprint);
        await using (Connection plain = await open.AcceptAsync())
        {
            await plain.SendAsync("MPCACHE hello, this is no TLS handshake"u8.ToArray(), Patience);
            Assert.Equal(
                $"{open.Endpoint} does not answer with TLS. Use TLS on both sides, or on neither.", await Failure.MessageAsync(connecting));
        }
    }

    [Fact]
    public void An_identity_survives_its_file()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            using TlsIdentity identity = TlsIdentity.Create("dealer");
            identity.Save(path);
            using TlsIdentity loaded = TlsIdentity.Load(path);
            Assert.Equal(identity.Thumbprint, loaded.Thumbprint);
            Assert.Equal(64, loaded.Thumbprint.Length);
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_file_without_an_identity_is_refused()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        MPCacheException e = Assert.Throws<MPCacheException>(() => TlsIdentity.Load(path));
        Assert.StartsWith($"'{path}' gives no certificate with its key: ", e.Message);
        Assert.DoesNotContain('\n', e.Message);
    }

    private static TcpEndpoint FreePort()
    {
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        return new TcpEndpoint("127.0.0.1", ((IPEndPoint)socket.LocalEndPoint!).Port);
    }
}
