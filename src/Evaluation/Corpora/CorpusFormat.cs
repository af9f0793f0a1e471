using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using MPCache.Evaluation.Tasks;

namespace MPCache.Evaluation.Corpora;

/// <summary>
/// How a document is written: a row of as many 16-bit little-endian numbers as its bucket is long, the token that begins a text first,
/// <see cref="Padding"/> behind the last. The bit <see cref="Answer"/> is set in tokens of answers.
/// </summary>
public static class CorpusFormat
{
    /// <summary>What fills a row behind its document.</summary>
    public const ushort Padding = 0x7FFF;

    /// <summary>The bit that is set in the tokens of an answer.</summary>
    public const ushort Answer = 0x8000;

    /// <summary>Writes a document as a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="document">The document.</param>
    /// <param name="encoder">Gives its tokens.</param>
    /// <param name="begin">The token that begins a text.</param>
    internal static void Write(Span<ushort> row, Document document, CorpusEncoder encoder, int begin)
    {
        row[0] = (ushort)begin;
        int count = 1;
        foreach (Segment segment in document.Segments)
        {
            count += encoder.Encode(row[count..], segment.Text, segment.IsAnswer ? Answer : (ushort)0);
        }

        row[count..].Fill(Padding);
        if (!BitConverter.IsLittleEndian)
        {
            BinaryPrimitives.ReverseEndianness(row, row);
        }
    }

    /// <summary>The bytes of rows.</summary>
    internal static ReadOnlySpan<byte> Bytes(ReadOnlySpan<ushort> rows) => MemoryMarshal.AsBytes(rows);
}
