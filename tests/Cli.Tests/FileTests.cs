using System;
using System.IO;
using System.Text;
using System.Threading.Tasks;
using MPCache.Cli.Tests.TestSupport;
using MPCache.TestSupport;
using Xunit;

namespace MPCache.Cli.Tests;

/// <summary>Files that are missing, damaged or of another kind, and prompts that the model cannot take.</summary>
public sealed class FileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string model;
    private readonly string tokenizer;

    public FileTests()
    {
        model = folder.Write("model.bin", TinyModel.Checkpoint());
        tokenizer = folder.Write("tokenizer.bin", TinyModel.Tokenizer());
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("demo")]
    [InlineData("serve")]
    public async Task MissingModel(string command)
    {
        string[] others = command == "demo" ? ["--tokenizer", tokenizer] : [];

        (await RunningCommand.RunAsync([command, "--model", folder.File("none.bin"), .. others])).Fails(1, "There is no file", "none.bin", "Check the path");
    }

    [Theory]
    [InlineData(0, "is empty")]
    [InlineData(20, "is truncated")]
    [InlineData(200, "is truncated")]
    public async Task TruncatedModel(int bytes, string words)
    {
        string cut = folder.Write("cut.bin", TinyModel.Checkpoint()[..bytes]);

        (await RunningCommand.RunAsync("demo", "--model", cut, "--tokenizer", tokenizer)).Fails(1, "cut.bin", words);
        (await RunningCommand.RunAsync("serve", "--model", cut)).Fails(1, "cut.bin", words);
    }

    [Theory]
    [InlineData("GGUF\u0003\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "a GGUF file")]
    [InlineData("Once upon a time, there was a little girl named Lily.", "a text file")]
    public async Task ForeignModel(string contents, string words)
    {
        string foreign = folder.Write("foreign.bin", Encoding.Latin1.GetBytes(contents));

        Outcome outcome = await RunningCommand.RunAsync("demo", "--model", foreign, "--tokenizer", tokenizer);

        outcome.Fails(1, "foreign.bin", words, "llama2.c checkpoint");
    }

    [Fact]
    public async Task ModelWithAWeightOutsideOfTheDeclaredRange()
    {
        string large = folder.Write("large.bin", TinyModel.Checkpoint(largest: 5));
        string[] words = ["the weight Embedding[0, 0] = 5", "[-4, 4]", "[Range(-5, 5)] for LlamaWeights.Embedding"];

        (await RunningCommand.RunAsync("demo", "--model", large, "--tokenizer", tokenizer)).Fails(1, words);
        (await RunningCommand.RunAsync("serve", "--model", large)).Fails(1, words);
    }

    [Fact]
    public async Task HuggingFaceDirectoryBringsItsTokenizer()
    {
        string directory = HuggingFace(model: out _).Write("F16");
        string json = folder.File("report.json");

        (await RunningCommand.RunAsync("demo", "--model", directory, "--prompt", "ab", "--tokens", "3", "--json", json)).Succeeds();

        Report report = Report.Read(json);
        report.IsConsistent(3);
        Assert.Equal(report.PlainTokens, report.Tokens);
    }

    [Fact]
    public async Task HuggingFaceFileAndATokenizerByItself()
    {
        HuggingFace(model: out string file).Write("BF16");
        string json = folder.File("report.json");

        (await RunningCommand.RunAsync(
            "demo", "--model", file, "--tokenizer", tokenizer, "--prompt", "ab", "--tokens", "2", "--json", json)).Succeeds();
        Report report = Report.Read(json);
        report.IsConsistent(2);
        Assert.Equal(report.PlainTokens, report.Tokens);

        (await RunningCommand.RunAsync("plan", "llama.decode", "--model", file, "--dim", "tokens=4")).Succeeds();
    }

    [Fact]
    public async Task HuggingFaceDirectoryThatDoesNotFit()
    {
        HuggingFaceFolder written = HuggingFace(model: out string file);
        string directory = written.Write();
        File.Delete(Path.Combine(directory, "tokenizer.model"));
        (await RunningCommand.RunAsync("demo", "--model", directory)).Fails(1, "There is no tokenizer in", "--tokenizer");

        written.Settings["rms_norm_eps"] = 1e-6;
        written.Write();
        (await RunningCommand.RunAsync("serve", "--model", directory)).Fails(1, "rms_norm_eps", "1E-06");

        written.Settings["rope_scaling"] = "yarn";
        written.Write();
        (await RunningCommand.RunAsync("serve", "--model", directory)).Fails(1, "config.json", "rope_scaling \"yarn\"");

        File.Delete(Path.Combine(directory, "config.json"));
        (await RunningCommand.RunAsync("serve", "--model", file)).Fails(1, "There is no", "config.json");
    }

    [Fact]
    public async Task TokenizerOfAnotherVocabulary()
    {
        string other = folder.Write("other.bin", TinyModel.Tokenizer("e", "f"));

        Outcome outcome = await RunningCommand.RunAsync("demo", "--model", model, "--tokenizer", other);

        outcome.Fails(1, "other.bin", "10 tokens", "the model has 8");
    }

    [Theory]
    [InlineData("demo")]
    [InlineData("generate")]
    public async Task MissingTokenizer(string command)
    {
        string[] others = command == "demo" ? ["--model", model] : [];

        (await RunningCommand.RunAsync([command, "--tokenizer", folder.File("none.bin"), .. others])).Fails(1, "There is no file", "none.bin", "tokenizer");
    }

    [Fact]
    public async Task TruncatedTokenizer()
    {
        string cut = folder.Write("cut.bin", TinyModel.Tokenizer()[..^3]);

        (await RunningCommand.RunAsync("demo", "--model", model, "--tokenizer", cut)).Fails(1, "cut.bin", "is truncated");
    }

    [Fact]
    public async Task PromptLongerThanTheContext()
    {
        Outcome outcome = await RunningCommand.RunAsync("demo", "--prompt", new string('a', 256));
        outcome.Fails(1, "the prompt has 257 tokens", "context 256", "Shorten the prompt");
    }

    [Fact]
    public async Task PromptWithACharacterThatTheVocabularyLacks()
    {
        (await RunningCommand.RunAsync("demo", "--prompt", "the cät")).Fails(1, "no token for 'ä'", "index 5");
    }

    [Fact]
    public async Task ReportThatCannotBeWrittenIsToldBeforeTheWork()
    {
        Outcome outcome = await RunningCommand.RunAsync("demo", "--json", Path.Combine(folder.File("none"), "report.json"));

        outcome.Fails(1, "report.json", "cannot be written", "--json");
        Assert.Empty(outcome.Out);
    }

    [Fact]
    public async Task GenerationEndsWhereTheContextEnds()
    {
        string json = folder.File("report.json");
        Outcome outcome = (await RunningCommand.RunAsync(
            "demo", "--model", model, "--tokenizer", tokenizer, "--prompt", "ab", "--tokens", "100", "--json", json)).Succeeds();

        // Beginning of text, space, a, b leave four rows of the cache; the last token generated needs none.
        Report report = Report.Read(json);
        report.IsConsistent(TinyModel.Context - 4 + 1);
        Assert.Equal(report.PlainTokens, report.Tokens);
        Assert.Contains("leaves room for 5", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PromptThatFillsTheContextHasRoomForOneToken()
    {
        string json = folder.File("report.json");
        (await RunningCommand.RunAsync(
            "demo", "--model", model, "--tokenizer", tokenizer, "--prompt", "abcdab", "--tokens", "7", "--json", json)).Succeeds();

        Report report = Report.Read(json);
        report.IsConsistent(1);
        Assert.Equal(report.PlainTokens, report.Tokens);
    }

    [Fact]
    public async Task PromptOneTokenLongerThanTheContext()
    {
        Outcome outcome = await RunningCommand.RunAsync("demo", "--model", model, "--tokenizer", tokenizer, "--prompt", "abcdabc");
        outcome.Fails(1, "the prompt has 9 tokens", "context 8");
    }

    /// <summary>A model with the vocabulary of the tiny one, and a SentencePiece tokenizer beside it.</summary>
    private HuggingFaceFolder HuggingFace(out string model)
    {
        string directory = Directory.CreateDirectory(folder.File("huggingface")).FullName;
        model = Path.Combine(directory, "model.safetensors");
        File.WriteAllBytes(
            Path.Combine(directory, "tokenizer.model"), SentencePieceFile.With(byteTokens: false, ["▁", .. TinyModel.Pieces[4..]]));
        HuggingFaceFolder written = new(
            directory, dim: 8, hidden: 8, layers: 1, heads: 2, groups: 1, vocabulary: TinyModel.Pieces.Length);

        // The control tokens have no logit of their own, so that the text does not end.
        Array.Clear(written.Tensors["lm_head.weight"].Values, 0, 3 * 8);
        return written;
    }
}
