using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using MPCache.Evaluation.Tests.TestSupport;
using MPCache.Models.Weights;
using Xunit;

namespace MPCache.Evaluation.Tests.Training;

public sealed class BytePairTokenizerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, string> Wrongs { get; } = new()
    {
        { "nothing of its model", "root.Remove('model')" },
        { "model of type 'WordPiece', not BPE", "model.type" },
        { "a model without a type", "model.no type" },
        { "decoder of type 'WordPiece', not ByteLevel", "decoder.type" },
        { "normalizes text (normalizer)", "normalizer" },
        { "cuts text into words (pre_tokenizer) in a way", "pre_tokenizer.type" },
        { "puts a space before every text", "add_prefix_space" },
        { "which is no regular expression of .NET", "regex" },
        { "leaves out merges at random (dropout)", "dropout" },
        { "takes whole words without merging (ignore_merges)", "ignore_merges" },
        { "vocabulary (model.vocab) that is not an object", "vocab.list" },
        { "no whole number for the token 'a'", "vocab.text" },
        { "numbers the token 'a' 5000, where", "vocab.large" },
        { "numbers the token 'a' -1, where", "vocab.negative" },
        { "to another token", "vocab.twice" },
        { "no token for the byte 0x61", "vocab.byte" },
        { "which is not spelled in the characters of bytes", "vocab.spelling" },
        { "numbers the token '<s>' both 7 and 0", "vocab.control" },
        { "which is not of two tokens", "merges.unknown" },
        { "merge 0 'a b c', which is not of two tokens", "merges.three" },
        { "whose result is no token", "merges.result" },
        { "has the merge 'a b' twice", "merges.twice" },
        { "no list as its model.merges", "merges.object" },
        { "no special token that begins a text", "added.none" },
        { "no special token that ends a text", "added.no end" },
        { "which is not special", "added.ordinary" },
        { "entry of added_tokens without content or number", "added.number" },
    };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AnyTextIsItselfAgain() => Gen.OneOf(Gen.String, Gen.String.Array[3].Select(parts => string.Join(" 42\n", parts))).Sample(text =>
    {
        // Half surrogate pairs are no text.
        string whole = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
        return Decode(TrainedTokenizer.Tokenizer, whole) == whole;
    });

    [Theory]
    [InlineData("<s>hello</s>")]
    [InlineData("naïve — 日本語 😀\u0000\r\n\t")]
    [InlineData("")]
    public void SpelledControlTokensAndRareCharactersStayText(string text)
    {
        Assert.Equal(text, Decode(TrainedTokenizer.Tokenizer, text));
        Assert.DoesNotContain(TrainedTokenizer.Tokenizer.Encode(text).Skip(1), TrainedTokenizer.Tokenizer.EndsText);
    }

    [Fact]
    public void HalfASurrogatePairIsNamed()
    {
        MPCacheException error = Assert.Throws<MPCacheException>(() => TrainedTokenizer.Tokenizer.Encode("ab\ud83d!"));

        Assert.Contains("(U+D83D) at index 2", error.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public void ControlTokensHaveNoBytes()
    {
        BytePairTokenizer tokenizer = TrainedTokenizer.Tokenizer;

        Assert.Equal((0, 1), (tokenizer.BeginOfText, tokenizer.EndOfText));
        Assert.Equal([0, 1], Enumerable.Range(0, tokenizer.VocabularySize).Where(tokenizer.EndsText));
        Assert.Empty(tokenizer.Bytes(0, 0).ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Bytes(0, 2048));
    }

    [Theory]
    [InlineData("""{"type":"ByteLevel","add_prefix_space":false,"use_regex":true}""", "ab1234  5", "ab|1234| | 5")]
    [InlineData("""{"type":"ByteLevel","add_prefix_space":false}""", "ab 12", "ab| 12")]
    [InlineData(
        """{"type":"Sequence","pretokenizers":[{"type":"Digits","individual_digits":true},{"type":"ByteLevel","add_prefix_space":false}]}""",
        "ab12  5", "ab|1|2|  |5")]
    public void OtherWaysToCutAreUnderstood(string cutting, string text, string words)
    {
        // Everything within a word is merged, nothing across two.
        JsonObject root = Small();
        root["pre_tokenizer"] = JsonNode.Parse(cutting);
        foreach (string word in words.Split('|'))
        {
            AddWord(root, ByteAlphabet.Spell(Encoding.UTF8.GetBytes(word)));
        }

        BytePairTokenizer tokenizer = BytePairTokenizer.Read(Write(root));

        Assert.Equal(words.Split('|'), tokenizer.Encode(text).Skip(1).Select(token => tokenizer.Decode(0, token)));
    }

    [Fact]
    public void MergesMayBePairs()
    {
        JsonObject root = Small();
        AddWord(root, "ab");
        int token = root["model"]!["vocab"]!["ab"]!.GetValue<int>();
        root["model"]!["merges"] = new JsonArray(new JsonArray("a", "b"));

        Assert.Equal([0, token], BytePairTokenizer.Read(Write(root)).Encode("ab"));
    }

    [Theory]
    [MemberData(nameof(Wrongs))]
    public void WrongFileIsNamedWithItsFault(string words, string fault)
    {
        JsonObject root = Small();
        Damage(root, fault);
        string path = Write(root);

        MPCacheException error = Assert.Throws<MPCacheException>(() => BytePairTokenizer.Read(path));

        Assert.Contains(words, error.Cause, StringComparison.Ordinal);
        Assert.Contains(path, error.Cause, StringComparison.Ordinal);
        Assert.NotEmpty(error.Cure);
    }

    [Theory]
    [InlineData("{\"model\": {", "no JSON or damaged (line 1)")]
    [InlineData("[1]", "is not an object")]
    [InlineData("", "is empty")]
    [InlineData("GGUF....", "is a GGUF file")]
    public void OtherFilesAreNamed(string content, string words)
    {
        string path = _folder.Path("other.json");
        File.WriteAllText(path, content);

        Assert.Contains(words, Assert.Throws<MPCacheException>(() => BytePairTokenizer.Read(path)).Cause, StringComparison.Ordinal);
    }

    [Fact]
    public void HugeFileIsRefusedUnread()
    {
        string path = _folder.Path("huge.json");
        using (FileStream file = File.Create(path))
        {
            file.SetLength(1L << 32);
        }

        Assert.Contains("at most", Assert.Throws<MPCacheException>(() => BytePairTokenizer.Read(path)).Cause, StringComparison.Ordinal);
    }

    [Fact]
    public void MissingFileAndOtherVocabularyAreNamed()
    {
        string path = Write(Small());

        Assert.Contains(
            "There is no file", Assert.Throws<MPCacheException>(() => BytePairTokenizer.Read(path + "x")).Cause, StringComparison.Ordinal);
        Assert.Contains(
            "has 258 tokens, the model has 512",
            Assert.Throws<MPCacheException>(() => BytePairTokenizer.Read(path, 512)).Cause,
            StringComparison.Ordinal);
    }

    private static void Damage(JsonObject root, string fault)
    {
        JsonNode model = root["model"]!;
        JsonObject vocab = model["vocab"]!.AsObject();
        switch (fault)
        {
            case "root.Remove('model')":
                root.Remove("model");
                break;
            case "model.type":
                model["type"] = "WordPiece";
                break;
            case "model.no type":
                model.AsObject().Remove("type");
                break;
            case "decoder.type":
                root["decoder"]!["type"] = "WordPiece";
                break;
            case "normalizer":
                root["normalizer"] = new JsonObject { ["type"] = "NFC" };
                break;
            case "pre_tokenizer.type":
                root["pre_tokenizer"] = new JsonObject { ["type"] = "Whitespace" };
                break;
            case "add_prefix_space":
                root["pre_tokenizer"] = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = true };
                break;
            case "regex":
                root["pre_tokenizer"]!["pretokenizers"]![0]!["pattern"]!["Regex"] = "(";
                break;
            case "dropout":
                model["dropout"] = 0.1;
                break;
            case "ignore_merges":
                model["ignore_merges"] = true;
                break;
            case "vocab.list":
                model["vocab"] = new JsonArray();
                break;
            case "vocab.text":
                vocab["a"] = "1";
                break;
            case "vocab.large":
                vocab["a"] = 5000;
                break;
            case "vocab.negative":
                vocab["a"] = -1;
                break;
            case "vocab.twice":
                vocab["a"] = vocab["b"]!.GetValue<int>();
                break;
            case "vocab.byte":
                int token = vocab["a"]!.GetValue<int>();
                vocab.Remove("a");
                vocab["bc"] = token;
                break;
            case "vocab.spelling":
                vocab["日"] = vocab.Count + 2;
                break;
            case "vocab.control":
                vocab["<s>"] = 7;
                break;
            case "merges.unknown":
                model["merges"] = new JsonArray("ab c");
                break;
            case "merges.three":
                model["merges"] = new JsonArray("a b c");
                break;
            case "merges.result":
                model["merges"] = new JsonArray("a b");
                break;
            case "merges.twice":
                AddWord(root, "ab");
                model["merges"] = new JsonArray("a b", "a b");
                break;
            case "merges.object":
                model["merges"] = new JsonObject();
                break;
            case "added.none":
                root.Remove("added_tokens");
                break;
            case "added.no end":
                root["added_tokens"]![1]!["content"] = "<end>";
                break;
            case "added.ordinary":
                root["added_tokens"]![1]!["special"] = false;
                break;
            case "added.number":
                root["added_tokens"]![1]!["id"] = "1";
                break;
            default:
                throw new ArgumentException($"There is no fault {fault}.");
        }
    }

    /// <summary>A tokenizer of control tokens and bytes.</summary>
    private static JsonObject Small()
    {
        using MemoryStream stream = new();
        MPCache.Evaluation.Training.BytePairTrainer trainer = new();
        trainer.Train(MPCache.Evaluation.Training.BytePairTrainer.FirstMerge).Write(stream);
        JsonObject root = JsonNode.Parse(stream.ToArray())!.AsObject();
        root["model"]!["vocab"]!.AsObject().Remove("<s>");
        root["model"]!["vocab"]!.AsObject().Remove("</s>");
        return root;
    }

    /// <summary>Adds a word with the merges that make it from its left to its right.</summary>
    private static void AddWord(JsonObject root, string word)
    {
        JsonObject vocab = root["model"]!["vocab"]!.AsObject();
        JsonArray merges = root["model"]!["merges"]!.AsArray();
        for (int end = 2; end <= word.Length; end++)
        {
            if (!vocab.ContainsKey(word[..end]))
            {
                vocab[word[..end]] = vocab.Count + 2;
                merges.Add($"{word[..(end - 1)]} {word[end - 1]}");
            }
        }
    }

    private static string Decode(BytePairTokenizer tokenizer, string text)
    {
        IEnumerable<byte> bytes = tokenizer.Encode(text).SelectMany(token => tokenizer.Bytes(0, token).ToArray());
        return Encoding.UTF8.GetString([.. bytes]);
    }

    private string Write(JsonObject root)
    {
        string path = _folder.Path("tokenizer.json");
        File.WriteAllText(path, root.ToJsonString());
        return path;
    }
}
