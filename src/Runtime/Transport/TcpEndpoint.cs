using System;
using System.Globalization;

namespace MPCache.Transport;

/// <summary>A host and a port.</summary>
/// <param name="Host">A name or an IP address.</param>
/// <param name="Port">The port; 0 lets a listener choose one.</param>
public sealed record TcpEndpoint(string Host, int Port)
{
    /// <summary>Reads <c>host:port</c>, <c>[v6 address]:port</c> or <c>:port</c>, which means every address of this machine.</summary>
    /// <exception cref="MPCacheException">The text is none of these.</exception>
    public static TcpEndpoint Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int colon = text.LastIndexOf(':');
        string host = colon < 0 ? "" : text[..colon];
        bool bracketed = host.Length > 2 && host[0] == '[' && host[^1] == ']';
        if (colon < 0
            || (host.Contains(':') && !bracketed)
            || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port)
            || port > ushort.MaxValue)
        {
            throw new MPCacheException($"'{text}' is no address", "Write it as host:port, such as localhost:7000");
        }

        return new TcpEndpoint(bracketed ? host[1..^1] : host.Length == 0 ? "*" : host, port);
    }

    /// <inheritdoc/>
    public override string ToString() => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
