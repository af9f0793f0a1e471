using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using MPCache.Execution;
using MPCache.Programs.Tests.Harness;
using MPCache.Sessions;
using MPCache.TestSupport;
using Xunit;

namespace MPCache.Programs.Tests.Leakage;

/// <summary>What the sides receive in one call: messages without their frames.</summary>
/// <param name="ToClient">The server's messages.</param>
/// <param name="ToServer">The client's messages.</param>
/// <param name="Tape">The corrections that the client gets from the dealer.</param>
/// <param name="Frames">Tags and lengths of all messages between the parties.</param>
/// <param name="ToDealer">Every byte that the dealer gets, the server's first.</param>
internal sealed record View(byte[][] ToClient, byte[][] ToServer, byte[] Tape, uint[] Frames, byte[] ToDealer);

/// <summary>A session between two parties, seeded by the operating system as any other, whose connections are tapped.</summary>
internal sealed class Watch : IAsyncDisposable
{
    private readonly Wiretap wiretap = new();
    private TwoParties parties = null!;

    /// <summary>What dealer and parties exchanged before the first call: seeds among it.</summary>
    public IReadOnlyList<byte[]> Opening { get; private set; } = [];

    public static async Task<Watch> StartAsync(CompiledProgram program)
    {
        Watch watch = new();
        watch.parties = await TwoParties.StartAsync(watch.wiretap, program);
        watch.Opening = [.. watch.wiretap.All.Select(r => r.From(0))];
        return watch;
    }

    /// <summary>One call.</summary>
    public async Task<View> CallAsync(Func<Side, Task<CallResult>> call)
    {
        int[] before = [.. wiretap.All.Select(r => r.Length)];
        await parties.BothAsync(session => call(new Side(session)));
        byte[][] seen = [.. wiretap.All.Zip(before, (recording, start) => recording.From(start))];
        (uint[] toServer, byte[][] fromClient) = Flights(seen[0]);
        (uint[] toClient, byte[][] fromServer) = Flights(seen[1]);
        return new View(fromServer, fromClient, Tape(seen[3]), [.. toServer, .. toClient], [.. seen[4], .. seen[5]]);
    }

    public ValueTask DisposeAsync() => parties.DisposeAsync();

    private static (uint[] Frames, byte[][] Payloads) Flights(ReadOnlySpan<byte> bytes)
    {
        List<uint> frames = [];
        List<byte[]> payloads = [];
        while (!bytes.IsEmpty)
        {
            frames.Add(BinaryPrimitives.ReadUInt32LittleEndian(bytes));
            frames.Add(BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]));
            payloads.Add(bytes.Slice(8, (int)frames[^1]).ToArray());
            bytes = bytes[(8 + (int)frames[^1])..];
        }

        return ([.. frames], [.. payloads]);
    }

    /// <summary>The segments of a tape: kind 4 of the dealer's messages, one byte of kind and four of length before each.</summary>
    private static byte[] Tape(ReadOnlySpan<byte> bytes)
    {
        List<byte> tape = [];
        while (!bytes.IsEmpty)
        {
            int length = (int)BinaryPrimitives.ReadUInt32LittleEndian(bytes[1..]);
            Assert.InRange(bytes[0], (byte)3, (byte)5);
            if (bytes[0] == 4)
            {
                tape.AddRange(bytes.Slice(5, length));
            }

            bytes = bytes[(5 + length)..];
        }

        return [.. tape];
    }
}
