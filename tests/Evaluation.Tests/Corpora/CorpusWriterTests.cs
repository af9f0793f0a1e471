using System;
using System.Buffers.Binary;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text;
using System.Text.Json;
using MPCache.Evaluation.Corpora;
using MPCache.Evaluation.Documents;
using MPCache.Evaluation.Tasks;
using MPCache.Evaluation.Tests.TestSupport;
using MPCache.Models.Weights;
using Xunit;

namespace MPCache.Evaluation.Tests.Corpora;

public sealed class CorpusWriterTests : IDisposable
{
    private static readonly Seed Seed = new(21);
    private readonly TemporaryFolder _one = new();
    private readonly TemporaryFolder _three = new();

    public void Dispose()
    {
        _one.Dispose();
        _three.Dispose();
    }

    [Fact]
    public void FilesReadBackAndDoNotDependOnThreads()
    {
        CorpusOptions options = new(Seed, 300_000) { Lengths = [128, 256], Validation = 3, Threads = 1 };
        CorpusWriter.Write(_one.Root, options, _ => { });
        CorpusWriter.Write(_three.Root, options with { Threads = 3 }, _ => { });

        string[] names =
        [
            "corpus.json", "tokenizer.json", "train-128.u16.gz", "train-256.u16.gz", "validation-128.tasks.u8", "validation-128.u16.gz",
            "validation-256.tasks.u8", "validation-256.u16.gz",
        ];
        Assert.Equal(names, Directory.GetFiles(_one.Root).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(names, name => Assert.Equal(File.ReadAllBytes(_one.Path(name)), File.ReadAllBytes(_three.Path(name))));

        BytePairTokenizer tokenizer = BytePairTokenizer.Read(_one.Path("tokenizer.json"), 2048);
        ushort[][] train = Rows("train-256.u16.gz", 256);
        ushort[][] validation = Rows("validation-256.u16.gz", 256);
        Assert.Equal((300_000 + 255) / 256, train.Length);
        Assert.All(train, row => CheckRow(row, tokenizer));
        Assert.Equal(train.Length, train.Select(row => string.Join(' ', row)).Distinct().Count());
        CheckValidation(validation, tokenizer);
        CheckSummary(train.Length, validation.Length);
    }

    [Fact]
    public void TasksThatAreNamedAreTheOnlyOnes()
    {
        CorpusOptions options = new(Seed, 20_000)
        {
            Lengths = [128], Validation = 2, Tasks = [EvaluationTasks.Find("tracking"), EvaluationTasks.Find("needles")],
        };
        CorpusWriter.Write(_one.Root, options, _ => { });

        BytePairTokenizer tokenizer = BytePairTokenizer.Read(_one.Path("tokenizer.json"), 2048);
        string[] questions =
        [
            .. new[] { "train-128.u16.gz", "validation-128.u16.gz" }.SelectMany(name => Rows(name, 128)).Select(row => Text(row, tokenizer))
                .SelectMany(text => text.Split('\n')).Where(line => line.StartsWith("Question:", StringComparison.Ordinal)),
        ];
        Assert.Contains(questions, q => q.StartsWith("Question: What does", StringComparison.Ordinal));
        Assert.Contains(questions, q => q.StartsWith("Question: What are the words", StringComparison.Ordinal));
        Assert.All(questions, q => Assert.True(
            q.StartsWith("Question: What does", StringComparison.Ordinal)
                || q.StartsWith("Question: What are the words", StringComparison.Ordinal),
            q));
        Assert.Equal([0, 0, 1, 1], File.ReadAllBytes(_one.Path("validation-128.tasks.u8")));
        using JsonDocument summary = JsonDocument.Parse(File.ReadAllBytes(_one.Path("corpus.json")));
        Assert.Equal(["tracking", "needles"], summary.RootElement.GetProperty("tasks").EnumerateArray().Select(t => t.GetString()));
    }

    [Fact]
    public void LengthsAndTasksThatCannotBeAreRefusedBeforeAnythingIsWritten()
    {
        CorpusOptions options = new(Seed, 1);
        Assert.Contains("127 tokens", Refused(options with { Lengths = [256, 127] }), StringComparison.Ordinal);
        Assert.Contains("65537 tokens", Refused(options with { Lengths = [65537] }), StringComparison.Ordinal);
        Assert.Contains("A length", Refused(options with { Lengths = [256, 256] }), StringComparison.Ordinal);
        Assert.Contains("A task", Refused(options with { Tasks = [EvaluationTasks.All[0], EvaluationTasks.All[0]] }), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_one.Root));

        string Refused(CorpusOptions wrong) =>
            Assert.Throws<MPCacheException>(() => CorpusWriter.Write(_one.Root, wrong, _ => { })).Cause;
    }

    [Fact]
    public void FolderThatCannotBeIsNamed()
    {
        string path = _one.Path("file");
        File.WriteAllText(path, "");

        MPCacheException error = Assert.Throws<MPCacheException>(() => CorpusWriter.Write(path, new CorpusOptions(Seed, 1), _ => { }));

        Assert.Contains(path, error.Cause, StringComparison.Ordinal);
    }

    private static void CheckRow(ushort[] row, BytePairTokenizer tokenizer)
    {
        int length = Array.IndexOf(row, CorpusFormat.Padding);
        length = length < 0 ? row.Length : length;
        Assert.All(row[length..], token => Assert.Equal(CorpusFormat.Padding, token));
        Assert.All(row[..length], token => Assert.InRange(token & ~CorpusFormat.Answer, 0, 2047));

        // The tokens are those of the text they spell.
        Assert.Equal(row[..length].Select(token => token & ~CorpusFormat.Answer), tokenizer.Encode(Text(row, tokenizer)));

        // An answer begins behind 'Answer:'.
        for (int i = 1; i < length; i++)
        {
            if (row[i] >= CorpusFormat.Answer && row[i - 1] < CorpusFormat.Answer)
            {
                Assert.Equal("Answer:", tokenizer.Decode(0, row[i - 2]) + tokenizer.Decode(0, row[i - 1]));
            }
        }
    }

    private void CheckValidation(ushort[][] rows, BytePairTokenizer tokenizer)
    {
        byte[] tasks = File.ReadAllBytes(_one.Path("validation-256.tasks.u8"));
        Assert.Equal(rows.Length, tasks.Length);
        Assert.Equal(3 * EvaluationTasks.All.Count, rows.Length);
        for (int i = 0; i < rows.Length; i++)
        {
            CheckRow(rows[i], tokenizer);
            Seed seed = Seed.Derive("validation", 256, tasks[i], i % 3);
            TaskSample sample = EvaluationTasks.All[tasks[i]].Sample(seed, 256, TextMeasure.Of(tokenizer));
            int prompt = tokenizer.Encode(sample.Prompt).Count;
            int[] expected =
            [
                .. tokenizer.Encode(sample.Prompt + sample.Answer).Select((token, j) => j < prompt ? token : token | CorpusFormat.Answer),
            ];
            Assert.Equal(expected, rows[i][..expected.Length].Select(token => (int)token));
            Assert.All(rows[i][expected.Length..], token => Assert.Equal(CorpusFormat.Padding, token));
        }
    }

    private void CheckSummary(int train, int validation)
    {
        using JsonDocument summary = JsonDocument.Parse(File.ReadAllText(_one.Path("corpus.json")));
        JsonElement root = summary.RootElement;

        Assert.Equal(Seed.Value, root.GetProperty("seed").GetUInt64());
        Assert.Equal(2048, root.GetProperty("vocabulary").GetInt32());
        Assert.Equal(32767, root.GetProperty("pad").GetInt32());
        Assert.Equal(32768, root.GetProperty("answerBit").GetInt32());
        Assert.Equal([128, 256], root.GetProperty("lengths").EnumerateArray().Select(e => e.GetInt32()));
        Assert.Equal(train, root.GetProperty("trainRows")[1].GetInt32());
        Assert.Equal(validation, root.GetProperty("validationRows")[1].GetInt32());
        Assert.Equal(EvaluationTasks.All.Select(t => t.Name), root.GetProperty("tasks").EnumerateArray().Select(e => e.GetString()));
    }

    private static string Text(ushort[] row, BytePairTokenizer tokenizer) => Encoding.UTF8.GetString(
    [
        .. row.TakeWhile(token => token != CorpusFormat.Padding)
            .SelectMany(token => tokenizer.Bytes(0, token & ~CorpusFormat.Answer).ToArray()),
    ]);

    private ushort[][] Rows(string name, int length)
    {
        using MemoryStream bytes = new();
        using (GZipStream gzip = new(File.OpenRead(_one.Path(name)), CompressionMode.Decompress))
        {
            gzip.CopyTo(bytes);
        }

        byte[] all = bytes.ToArray();
        return [.. all.Chunk(length * sizeof(ushort)).Select(row => row.Chunk(2).Select(b => BinaryPrimitives.ReadUInt16LittleEndian(b)).ToArray())];
    }
}
