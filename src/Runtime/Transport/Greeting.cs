using System;
using System.Buffers.Binary;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace MPCache.Transport;

/// <summary>Who speaks at one end of a connection.</summary>
internal enum Speaker : byte
{
    Server = Party.Server,
    Client = Party.Client,
    Dealer = 2,
}

/// <summary>
/// The first thing each end of a connection sends: eight fixed bytes, the protocol's version, who speaks, and a body. The first sixteen
/// bytes keep their layout in every version, so that two versions can still tell each other apart.
/// </summary>
internal static class Greeting
{
    /// <summary>The version of everything on the wire outside of programs; programs have fingerprints.</summary>
    public const ushort ProtocolVersion = 1;

    private const int PreambleBytes = 16;
    private const int BodyBytes = 1 << 20;

    private static ReadOnlySpan<byte> Magic => "MPCACHE\0"u8;

    /// <summary>Sends this end's greeting and receives the other's.</summary>
    /// <param name="connection">A fresh connection.</param>
    /// <param name="self">Who speaks here.</param>
    /// <param name="body">What else to say.</param>
    /// <param name="patience">How long to wait.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="MPCacheException">
    /// The other end does not speak this protocol, or another version of it, or nothing at all.
    /// </exception>
    public static async Task<(Speaker Peer, MessageReader Body)> ExchangeAsync(
        Connection connection, Speaker self, ReadOnlyMemory<byte> body, TimeSpan patience, CancellationToken cancellation)
    {
        byte[] mine = new byte[PreambleBytes + body.Length];
        Magic.CopyTo(mine);
        BinaryPrimitives.WriteUInt16LittleEndian(mine.AsSpan(8), ProtocolVersion);
        mine[10] = (byte)self;
        BinaryPrimitives.WriteUInt32LittleEndian(mine.AsSpan(12), (uint)body.Length);
        body.CopyTo(mine.AsMemory(PreambleBytes));
        try
        {
            await connection.SendAsync(mine, patience, cancellation).ConfigureAwait(false);
            byte[] preamble = new byte[PreambleBytes];
            await connection.ReceiveAsync(preamble, patience, cancellation).ConfigureAwait(false);
            byte[] theirs = new byte[BodyLength(connection.Peer, preamble)];

            // Read before anything is refused: closing a connection with unread bytes may take this end's greeting away from the other.
            await connection.ReceiveAsync(theirs, patience, cancellation).ConfigureAwait(false);
            return (PeerOf(connection.Peer, preamble), new MessageReader(theirs));
        }
        catch (ConnectionLostException e)
        {
            throw new MPCacheException(
                $"{connection.Peer} does not answer the greeting: {e.Message}",
                "Check that an MPCache party or dealer of this version runs there, with TLS on both sides or on neither", e);
        }
    }

    private static int BodyLength(string address, ReadOnlySpan<byte> preamble)
    {
        if (!preamble.StartsWith(Magic))
        {
            throw new MPCacheException(
                $"{address} does not speak MPCache's protocol: it begins with '{Printable(preamble)}'",
                "Check the address; with TLS, use it on both sides");
        }

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(preamble[12..]);
        return length <= BodyBytes ? (int)length : throw Malformed(address);
    }

    private static Speaker PeerOf(string address, ReadOnlySpan<byte> preamble)
    {
        ushort version = BinaryPrimitives.ReadUInt16LittleEndian(preamble[8..]);
        if (version != ProtocolVersion)
        {
            throw new MPCacheException(
                $"{address} speaks protocol version {version}, this side {ProtocolVersion}", "Install the same version on all sides");
        }

        return preamble[10] <= (byte)Speaker.Dealer ? (Speaker)preamble[10] : throw Malformed(address);
    }

    private static MPCacheException Malformed(string address) =>
        new($"the greeting of {address} is malformed", "Install the same version on all sides");

    private static string Printable(ReadOnlySpan<byte> bytes)
    {
        StringBuilder text = new();
        foreach (byte b in bytes)
        {
            text.Append(b is >= 32 and < 127 ? (char)b : '.');
        }

        return text.ToString();
    }
}
