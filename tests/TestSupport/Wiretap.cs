using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Pipelines;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Transport;

namespace MPCache.TestSupport;

/// <summary>Everything that each side of a session receives from each other side, as it crosses the connections.</summary>
public sealed class Wiretap
{
    public Recording ServerFromClient { get; } = new();

    public Recording ClientFromServer { get; } = new();

    public Recording ServerFromDealer { get; } = new();

    public Recording ClientFromDealer { get; } = new();

    public Recording DealerFromServer { get; } = new();

    public Recording DealerFromClient { get; } = new();

    /// <summary>All of them.</summary>
    public IReadOnlyList<Recording> All =>
        [ServerFromClient, ClientFromServer, ServerFromDealer, ClientFromDealer, DealerFromServer, DealerFromClient];

    /// <summary>The two ends of a connection inside this process; what an end sends is recorded before it can be received.</summary>
    internal static (Connection First, Connection Second) Pair(string first, string second, Recording toFirst, Recording toSecond)
    {
        Pipe forth = new(new PipeOptions(useSynchronizationContext: false));
        Pipe back = new(new PipeOptions(useSynchronizationContext: false));
        return (
            new Connection(new TappedStream(back.Reader, forth.Writer, toSecond), second),
            new Connection(new TappedStream(forth.Reader, back.Writer, toFirst), first));
    }

    private sealed class TappedStream(PipeReader reader, PipeWriter writer, Recording recording) : Stream
    {
        private readonly Stream input = reader.AsStream(leaveOpen: true);

        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            input.ReadAsync(buffer, cancellationToken);

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            recording.Add(buffer.Span);
            FlushResult result = await writer.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (result.IsCompleted)
            {
                throw new EndOfStreamException();
            }
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            reader.CancelPendingRead();
            writer.Complete();
            reader.Complete();
            base.Dispose(disposing);
        }
    }
}

/// <summary>Bytes in one direction, from the first on.</summary>
public sealed class Recording
{
    private readonly List<byte> bytes = [];

    /// <summary>How many there are so far.</summary>
    public int Length
    {
        get
        {
            lock (bytes)
            {
                return bytes.Count;
            }
        }
    }

    /// <summary>What came after a place.</summary>
    public byte[] From(int start)
    {
        lock (bytes)
        {
            return [.. bytes.Skip(start)];
        }
    }

    internal void Add(ReadOnlySpan<byte> more)
    {
        lock (bytes)
        {
            bytes.AddRange(more);
        }
    }
}
