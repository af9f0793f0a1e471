using System;
using System.Buffers.Binary;
using System.Text;

namespace MPCache.Transport;

/// <summary>Writes the fields of a control message, little-endian; strings and lists carry their length in front.</summary>
public sealed class MessageWriter
{
    private byte[] buffer = new byte[256];
    private int end;

    /// <summary>What was written.</summary>
    public ReadOnlyMemory<byte> Written => buffer.AsMemory(0, end);

    /// <summary>Writes a byte.</summary>
    public MessageWriter Byte(byte value)
    {
        Room(1)[0] = value;
        return this;
    }

    /// <summary>Writes 32 bits.</summary>
    public MessageWriter UInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(Room(4), value);
        return this;
    }

    /// <summary>Writes 64 bits.</summary>
    public MessageWriter Int64(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(Room(8), value);
        return this;
    }

    /// <summary>Writes a real number.</summary>
    public MessageWriter Double(double value) => Int64(BitConverter.DoubleToInt64Bits(value));

    /// <summary>Writes an identifier, 16 bytes.</summary>
    public MessageWriter Guid(Guid value)
    {
        value.TryWriteBytes(Room(16));
        return this;
    }

    /// <summary>Writes bytes with their number in front.</summary>
    public MessageWriter Bytes(ReadOnlySpan<byte> value)
    {
        UInt32((uint)value.Length);
        value.CopyTo(Room(value.Length));
        return this;
    }

    /// <summary>Writes a text in UTF-8 with its number of bytes in front.</summary>
    public MessageWriter Text(string value) => Bytes(Encoding.UTF8.GetBytes(value));

    private Span<byte> Room(int bytes)
    {
        if (end + bytes > buffer.Length)
        {
            Array.Resize(ref buffer, Math.Max(end + bytes, 2 * buffer.Length));
        }

        Span<byte> room = buffer.AsSpan(end, bytes);
        end += bytes;
        return room;
    }
}
