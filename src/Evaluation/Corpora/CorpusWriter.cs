using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Evaluation.Documents;
using MPCache.Evaluation.Tasks;
using MPCache.Models.Weights;

namespace MPCache.Evaluation.Corpora;

/// <summary>
/// Writes a corpus to a folder: <c>tokenizer.json</c>; for each length T <c>train-T.u16.gz</c> and <c>validation-T.u16.gz</c>, rows in the
/// form of <see cref="CorpusFormat"/>, and <c>validation-T.tasks.u8</c>, a byte a row, the task's index; and <c>corpus.json</c>, which says
/// what there is. Rows follow from seed and index alone. (What gzip makes of them may differ between versions of its library.)
/// </summary>
public sealed class CorpusWriter
{
    private const int BlockTokens = 1 << 18;
    private const int BlocksAThread = 4;

    private readonly string _folder;
    private readonly CorpusOptions _options;
    private readonly Action<string> _progress;

    private CorpusWriter(string folder, CorpusOptions options, Action<string> progress)
    {
        _folder = folder;
        _options = options;
        _progress = progress;
    }

    private delegate Document MakeRow(long index, TextMeasure measure);

    /// <summary>Writes a corpus.</summary>
    /// <param name="folder">Where to; made where it does not exist.</param>
    /// <param name="options">What it is made of.</param>
    /// <param name="progress">Receives a line for every file.</param>
    /// <param name="cancellation">Ends the writing, which leaves files behind that are not complete.</param>
    /// <exception cref="MPCacheException">
    /// A length or a task is named twice, a length is none that rows may have, or the folder cannot be written to.
    /// </exception>
    public static void Write(string folder, CorpusOptions options, Action<string> progress, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(progress);
        Check(options);
        try
        {
            Directory.CreateDirectory(folder);
            new CorpusWriter(folder, options, progress).Write(cancellation);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new MPCacheException(
                $"The corpus cannot be written to '{folder}' ({error.Message.ReplaceLineEndings(" ").TrimEnd('.')})",
                "Name a folder that may be written to, on a disk with room",
                error);
        }
    }

    private static void Check(CorpusOptions options)
    {
        foreach (int length in options.Lengths)
        {
            if (length is < CorpusOptions.ShortestRow or > CorpusOptions.LongestRow)
            {
                throw new MPCacheException(
                    $"Rows of {length} tokens cannot be made",
                    $"Give lengths from {CorpusOptions.ShortestRow} to {CorpusOptions.LongestRow}");
            }
        }

        if (options.Lengths.Distinct().Count() != options.Lengths.Count)
        {
            throw new MPCacheException("A length is named twice", "Name each length once");
        }

        if (options.Tasks.Distinct().Count() != options.Tasks.Count)
        {
            throw new MPCacheException("A task is named twice", "Name each task once");
        }
    }

    private void Write(CancellationToken cancellation)
    {
        string path = Path.Combine(_folder, "tokenizer.json");
        using (FileStream file = File.Create(path))
        {
            TokenizerCorpus.Train(_options.Seed, _options.Vocabulary).Write(file);
        }

        BytePairTokenizer tokenizer = BytePairTokenizer.Read(path, _options.Vocabulary);
        _progress($"wrote {path}");
        int tasks = _options.Tasks.Count;
        List<(int Length, long Train, long Validation)> written = [];
        foreach (int length in _options.Lengths)
        {
            long validation = (long)tasks * _options.Validation;
            long train = (_options.Tokens + length - 1) / length;
            WriteRows($"validation-{length}.u16.gz", length, validation, tokenizer, (row, measure) => Validation(length, row, measure), cancellation);
            byte[] indices = [.. Enumerable.Range(0, (int)validation).Select(row => (byte)(row / _options.Validation))];
            File.WriteAllBytes(Path.Combine(_folder, $"validation-{length}.tasks.u8"), indices);
            Seed seed = _options.Seed.Derive("train", length);
            WriteRows(
                $"train-{length}.u16.gz",
                length,
                train,
                tokenizer,
                (row, measure) => Lessons.Make(seed.Derive("row", row), _options.Tasks, length, measure),
                cancellation);
            written.Add((length, train, validation));
        }

        WriteSummary(written);
    }

    private Document Validation(int length, long row, TextMeasure measure)
    {
        int task = (int)(row / _options.Validation);
        return _options.Tasks[task].Compose(
            _options.Seed.Derive("validation", length, task, row % _options.Validation), length, measure);
    }

    /// <summary>Writes rows in blocks, each of which one thread makes and compresses: one gzip member, and members may follow each
    /// other.</summary>
    private void WriteRows(
        string name, int length, long rows, BytePairTokenizer tokenizer, MakeRow make, CancellationToken cancellation)
    {
        string path = Path.Combine(_folder, name);
        int blockRows = BlockTokens / length;
        long blocks = (rows + blockRows - 1) / blockRows;
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = _options.Threads, CancellationToken = cancellation };
        ConcurrentBag<CorpusEncoder> encoders = [];
        byte[][] done = new byte[_options.Threads * BlocksAThread][];
        using FileStream file = File.Create(path);
        for (long first = 0; first < blocks; first += done.Length)
        {
            int count = (int)Math.Min(done.Length, blocks - first);
            long start = first;
            Parallel.For(0, count, parallel, i =>
            {
                CorpusEncoder encoder = encoders.TryTake(out CorpusEncoder? idle) ? idle : new CorpusEncoder(tokenizer);
                long row = (start + i) * blockRows;
                done[i] = Block(length, row, (int)Math.Min(blockRows, rows - row), encoder, tokenizer.BeginOfText, make);
                encoders.Add(encoder);
            });
            foreach (byte[] block in done.AsSpan(0, count))
            {
                file.Write(block);
            }
        }

        _progress($"wrote {path}: {rows} rows of at most {length} tokens, {encoders.Sum(e => e.Tokens)} tokens, {file.Length} bytes");
    }

    private static byte[] Block(int length, long first, int count, CorpusEncoder encoder, int begin, MakeRow make)
    {
        ushort[] rows = new ushort[count * length];
        for (int i = 0; i < count; i++)
        {
            CorpusFormat.Write(rows.AsSpan(i * length, length), make(first + i, encoder), encoder, begin);
        }

        using MemoryStream compressed = new();
        using (GZipStream gzip = new(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(CorpusFormat.Bytes(rows));
        }

        return compressed.ToArray();
    }

    private void WriteSummary(IReadOnlyList<(int Length, long Train, long Validation)> written)
    {
        string path = Path.Combine(_folder, "corpus.json");
        using FileStream file = File.Create(path);
        using Utf8JsonWriter json = new(file, new JsonWriterOptions { Indented = true, NewLine = "\n" });
        json.WriteStartObject();
        json.WriteNumber("seed", _options.Seed.Value);
        json.WriteNumber("vocabulary", _options.Vocabulary);
        json.WriteNumber("pad", CorpusFormat.Padding);
        json.WriteNumber("answerBit", CorpusFormat.Answer);
        WriteNumbers(json, "lengths", written.Select(w => (long)w.Length));
        WriteNumbers(json, "trainRows", written.Select(w => w.Train));
        WriteNumbers(json, "validationRows", written.Select(w => w.Validation));
        json.WriteStartArray("tasks");
        foreach (EvaluationTask task in _options.Tasks)
        {
            json.WriteStringValue(task.Name);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        _progress($"wrote {path}");
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, IEnumerable<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (long number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }
}
