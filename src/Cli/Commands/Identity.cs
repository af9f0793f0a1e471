using System;
using System.IO;
using System.Net;
using MPCache.Transport;

namespace MPCache.Cli.Commands;

/// <summary>The TLS identity of a side that listens, and a word where a connection goes without.</summary>
internal static class Identity
{
    /// <summary>Reads the certificate, or makes it where its file does not exist yet, and tells its thumbprint.</summary>
    /// <param name="console">Where the thumbprint is told.</param>
    /// <param name="path">The file; null for plain TCP.</param>
    /// <param name="name">What a new certificate calls its holder.</param>
    /// <exception cref="MPCacheException">The file holds no certificate with its key, or cannot be written.</exception>
    public static TlsIdentity? Open(CommandConsole console, string? path, string name)
    {
        if (path is null)
        {
            return null;
        }

        TlsIdentity identity = File.Exists(path) ? TlsIdentity.Load(path) : Make(path, name);
        console.Progress($"certificate: {identity.Thumbprint}");
        return identity;
    }

    /// <summary>Says where an unencrypted connection leaves this machine.</summary>
    public static void Advise(CommandConsole console, TcpEndpoint endpoint, bool encrypted, string cure)
    {
        if (!encrypted && !IsLoopback(endpoint.Host))
        {
            console.Progress($"note: {endpoint} is reached without encryption; whoever reads that network can learn secrets. {cure}.");
        }
    }

    private static TlsIdentity Make(string path, string name)
    {
        TlsIdentity identity = TlsIdentity.Create(name);
        try
        {
            identity.Save(path);
            return identity;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            identity.Dispose();
            throw new MPCacheException(
                $"the certificate '{path}' cannot be written: {e.Message.TrimEnd('.')}",
                "Give --certificate a file in a folder that exists", e);
        }
    }

    private static bool IsLoopback(string host) =>
        host == "localhost" || (IPAddress.TryParse(host, out IPAddress? address) && IPAddress.IsLoopback(address));
}
