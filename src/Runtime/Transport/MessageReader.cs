using System;
using System.Buffers.Binary;
using System.Text;

namespace MPCache.Transport;

/// <summary>Reads the fields of a control message that <see cref="MessageWriter"/> wrote.</summary>
/// <param name="message">The message.</param>
public sealed class MessageReader(ReadOnlyMemory<byte> message)
{
    private int position;

    /// <summary>Reads a byte.</summary>
    public byte Byte() => Next(1)[0];

    /// <summary>Reads 32 bits.</summary>
    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Next(4));

    /// <summary>Reads 64 bits.</summary>
    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Next(8));

    /// <summary>Reads a real number.</summary>
    public double Double() => BitConverter.Int64BitsToDouble(Int64());

    /// <summary>Reads an identifier.</summary>
    public Guid Guid() => new(Next(16));

    /// <summary>Reads bytes with their number in front.</summary>
    public ReadOnlySpan<byte> Bytes() => Next(Size());

    /// <summary>Reads a text.</summary>
    public string Text() => Encoding.UTF8.GetString(Bytes());

    /// <summary>Reads the number of entries that follow, each of which takes at least one byte.</summary>
    public int Count() => Size();

    /// <summary>The message must end here.</summary>
    public void End()
    {
        if (position != message.Length)
        {
            throw Malformed();
        }
    }

    private int Size()
    {
        uint size = UInt32();
        return size <= (uint)(message.Length - position) ? (int)size : throw Malformed();
    }

    private ReadOnlySpan<byte> Next(int bytes)
    {
        if (message.Length - position < bytes)
        {
            throw Malformed();
        }

        ReadOnlySpan<byte> part = message.Span.Slice(position, bytes);
        position += bytes;
        return part;
    }

    private static MPCacheException Malformed() =>
        new("a control message is malformed", "Check that all sides run the same version, then start a new session");
}
