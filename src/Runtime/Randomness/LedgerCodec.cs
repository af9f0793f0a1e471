using System;
using System.Collections.Generic;
using MPCache.Transport;

namespace MPCache.Randomness;

/// <summary>Ledger entries as control messages.</summary>
internal static class LedgerCodec
{
    private const byte CallKind = 0;
    private const byte ResidentKind = 1;
    private const byte StateKind = 2;

    /// <summary>Writes an entry.</summary>
    public static void Write(MessageWriter writer, LedgerEntry entry)
    {
        switch (entry)
        {
            case CallEntry call:
                writer.Byte(CallKind).UInt32(call.Call).Text(call.Name).Text(call.Fingerprint);
                List(writer, call.Dimensions, (w, d) => w.Text(d.Name).Int64(d.Value));
                List(writer, call.Reals, (w, r) => w.Text(r.Name).Double(r.Value));
                List(writer, call.Residents, (w, r) => w.UInt32(r));
                List(writer, call.States, (w, s) => w.UInt32(s));
                break;
            case ResidentEntry resident:
                writer.Byte(ResidentKind).UInt32(resident.Call).Text(resident.Name);
                List(writer, resident.Tensors, (w, t) => Sizes(w.Text(t.Name), t.Shape));
                List(writer, resident.Integers, (w, i) => w.Text(i.Name).Int64(i.Value));
                break;
            case StateEntry state:
                writer.Byte(StateKind).UInt32(state.Call).Text(state.Name);
                List(writer, state.Fields, (w, f) => Sizes(w.Text(f.Name).UInt32((uint)f.Tensors), f.Row));
                break;
            default:
                throw new ArgumentException($"{entry.GetType()} is no kind of ledger entry.", nameof(entry));
        }
    }

    /// <summary>Reads an entry.</summary>
    /// <exception cref="MPCacheException">The message is malformed.</exception>
    public static LedgerEntry Read(MessageReader reader)
    {
        byte kind = reader.Byte();
        uint call = reader.UInt32();
        string name = reader.Text();
        return kind switch
        {
            CallKind => new CallEntry(
                call, name, reader.Text(), List(reader, r => (r.Text(), r.Int64())), List(reader, r => (r.Text(), r.Double())),
                List(reader, r => r.UInt32()), List(reader, r => r.UInt32())),
            ResidentKind => new ResidentEntry(
                call, name, List(reader, r => new LedgerTensor(r.Text(), Sizes(r))), List(reader, r => (r.Text(), r.Int64()))),
            StateKind => new StateEntry(call, name, List(reader, r => (r.Text(), Size(r.UInt32()), Sizes(r)))),
            _ => throw new MPCacheException($"{kind} is no kind of ledger entry", "Install the same version on all sides"),
        };
    }

    private static void List<T>(MessageWriter writer, IReadOnlyList<T> items, Action<MessageWriter, T> write)
    {
        writer.UInt32((uint)items.Count);
        foreach (T item in items)
        {
            write(writer, item);
        }
    }

    private static List<T> List<T>(MessageReader reader, Func<MessageReader, T> read)
    {
        List<T> items = new(reader.Count());
        for (int i = items.Capacity; i > 0; i--)
        {
            items.Add(read(reader));
        }

        return items;
    }

    private static void Sizes(MessageWriter writer, IReadOnlyList<int> sizes) => List(writer, sizes, (w, s) => w.UInt32((uint)s));

    private static IReadOnlyList<int> Sizes(MessageReader reader) => List(reader, r => Size(r.UInt32()));

    private static int Size(uint size) =>
        size <= int.MaxValue
            ? (int)size
            : throw new MPCacheException($"a size of {size} is out of range", "Install the same version on all sides");
}
