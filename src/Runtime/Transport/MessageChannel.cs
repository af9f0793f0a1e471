using System;
using System.Buffers.Binary;
using System.Threading;
using System.Threading.Tasks;

namespace MPCache.Transport;

/// <summary>Typed control messages over a connection: one byte of kind, 32 bits of length, the payload.</summary>
/// <param name="connection">The connection, after the greeting.</param>
internal sealed class MessageChannel(Connection connection) : IAsyncDisposable
{
    private const int HeaderBytes = 5;
    private const int JoinedBytes = 1 << 14;

    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly byte[] incoming = new byte[HeaderBytes];

    public Connection Connection => connection;

    /// <summary>Sends a message; several may be asked for at once and leave one after the other.</summary>
    public async Task SendAsync(byte kind, ReadOnlyMemory<byte> payload, TimeSpan patience, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            bool joined = payload.Length <= JoinedBytes;
            byte[] head = new byte[HeaderBytes + (joined ? payload.Length : 0)];
            head[0] = kind;
            BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(1), (uint)payload.Length);
            if (joined)
            {
                payload.CopyTo(head.AsMemory(HeaderBytes));
            }

            await connection.SendAsync(head, patience, cancellation).ConfigureAwait(false);
            if (!joined)
            {
                await connection.SendAsync(payload, patience, cancellation).ConfigureAwait(false);
            }
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Receives a message's kind and length; its payload is to be received next.</summary>
    public async Task<(byte Kind, long Length)> ReceiveHeaderAsync(TimeSpan patience, CancellationToken cancellation)
    {
        await connection.ReceiveAsync(incoming, patience, cancellation).ConfigureAwait(false);
        return (incoming[0], BinaryPrimitives.ReadUInt32LittleEndian(incoming.AsSpan(1)));
    }

    /// <summary>Receives a payload.</summary>
    /// <exception cref="MPCacheException">It is longer than allowed.</exception>
    public async Task<byte[]> ReceivePayloadAsync(long length, long allowed, TimeSpan patience, CancellationToken cancellation)
    {
        if (length > allowed)
        {
            throw new MPCacheException(
                $"a control message of {length} bytes came where at most {allowed} are allowed",
                "Check that all sides run the same version");
        }

        byte[] payload = GC.AllocateUninitializedArray<byte>((int)length);
        await connection.ReceiveAsync(payload, patience, cancellation).ConfigureAwait(false);
        return payload;
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
