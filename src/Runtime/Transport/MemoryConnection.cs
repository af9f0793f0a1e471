using System;
using System.IO;
using System.IO.Pipelines;
using System.Threading;
using System.Threading.Tasks;

namespace MPCache.Transport;

/// <summary>Two ends of a connection inside one process.</summary>
public static class MemoryConnection
{
    /// <summary>Bytes that a direction holds before its sender waits for the receiver, as a network's buffers do.</summary>
    private const int CapacityBytes = 1 << 16;

    /// <summary>Creates the two ends.</summary>
    /// <param name="first">What the first end is called in the second's errors.</param>
    /// <param name="second">What the second end is called in the first's errors.</param>
    public static (Connection First, Connection Second) CreatePair(string first = "memory", string second = "memory")
    {
        PipeOptions options = new(
            pauseWriterThreshold: CapacityBytes, resumeWriterThreshold: CapacityBytes / 2, useSynchronizationContext: false);
        Pipe forth = new(options);
        Pipe back = new(options);
        return (
            new Connection(new PipedStream(back.Reader, forth.Writer), second),
            new Connection(new PipedStream(forth.Reader, back.Writer), first));
    }

    private sealed class PipedStream(PipeReader reader, PipeWriter writer) : DuplexStream
    {
        private readonly Stream input = reader.AsStream(leaveOpen: true);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            input.ReadAsync(buffer, cancellationToken);

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            FlushResult result = await writer.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (result.IsCompleted)
            {
                throw new EndOfStreamException();
            }
        }

        protected override void Dispose(bool disposing)
        {
            reader.CancelPendingRead();
            writer.Complete();
            reader.Complete();
            base.Dispose(disposing);
        }
    }
}
