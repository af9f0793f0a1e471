using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using CsCheck;
using MPCache.Models.Weights;
using MPCache.TestSupport;
using Xunit;

namespace MPCache.Models.Tests.Weights;

public sealed class Llama2TokenizerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void BestScoreIsJoinedFirst()
    {
        // "abc": bc scores better than ab, so a|bc; with nothing for a|bc, ab is never made.
        Llama2Tokenizer tokenizer = Make("bc", "ab", "a", "b", "c", " ");

        Assert.Equal([1, Id(5), Id(2), Id(0)], tokenizer.Encode("abc"));
    }

    [Fact]
    public void LeftmostOfEqualsIsJoinedFirst()
    {
        Llama2Tokenizer tokenizer = Make("aa", "a", " ");

        Assert.Equal([1, Id(2), Id(0), Id(1)], tokenizer.Encode("aaa"));
        Assert.Equal([1, Id(2), Id(0), Id(0)], tokenizer.Encode("aaaa"));
    }

    [Fact]
    public void JoinedPiecesAreJoinedAgain()
    {
        Llama2Tokenizer tokenizer = Make(" the", " th", "th", "t", "h", "e", " ");

        Assert.Equal([1, Id(0), Id(0)], tokenizer.Encode("the the"));
    }

    [Fact]
    public void EmptyTextIsTheBeginningAlone() => Assert.Equal([1], Make("a", " ").Encode(""));

    [Fact]
    public void CharacterWithoutTokenBecomesBytes()
    {
        Llama2Tokenizer tokenizer = Make("a", " ");

        Assert.Equal([1, Id(1), Id(0), 3 + 0xF0, 3 + 0x9F, 3 + 0x98, 3 + 0x80, Id(0)], tokenizer.Encode("a😀a"));
        Assert.Equal([1, Id(1), 3 + (byte)'<', 3 + (byte)'s', 3 + (byte)'>'], tokenizer.Encode("<s>"));
    }

    [Fact]
    public void SpelledControlAndByteTokensStayText()
    {
        Llama2Tokenizer tokenizer = Make("<0x4", "<0x", "<0", "1>", "<", "0", "x", "4", "1", ">", " ");

        IReadOnlyList<int> tokens = tokenizer.Encode("<0x41>");

        Assert.Equal([1, Id(10), Id(0), Id(3)], tokens);
        Assert.Equal("<0x41>", Text(tokenizer, tokens));
    }

    [Fact]
    public void SpaceAfterTheBeginningIsNotText()
    {
        Llama2Tokenizer tokenizer = Make(" a", "a", " ");

        Assert.Equal("a", tokenizer.Decode(1, Id(0)));
        Assert.Equal(" a", tokenizer.Decode(Id(1), Id(0)));
        Assert.Equal("A", tokenizer.Decode(Id(1), 3 + (byte)'A'));
        Assert.Equal("", tokenizer.Decode(Id(1), 2));
        Assert.Equal("\uFFFD", tokenizer.Decode(Id(1), 3 + 0xE2));
        Assert.True(tokenizer.EndsText(1) && tokenizer.EndsText(2) && !tokenizer.EndsText(Id(0)));
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Decode(1, tokenizer.VocabularySize));
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Decode(1, -1));
    }

    [Fact]
    public void TextThatCannotBeEncodedIsNamed()
    {
        Llama2Tokenizer tokenizer = Llama2Tokenizer.Read(_folder.Write(Llama2TokenizerFile.With(byteTokens: false, "a", "b", " ")), 6);

        MPCacheException missing = Assert.Throws<MPCacheException>(() => tokenizer.Encode("abéa"));
        MPCacheException half = Assert.Throws<MPCacheException>(() => tokenizer.Encode("ab\uD83D"));

        Assert.Contains("'é' (U+00E9) at index 2", missing.Message, StringComparison.Ordinal);
        Assert.Contains("half a surrogate pair (U+D83D) at index 2", half.Message, StringComparison.Ordinal);
        Assert.Throws<MPCacheException>(() => Make("a", " ").Encode("\uDE00a"));
        Assert.Equal("\uFFFD", Text(Make("a", " "), Make("a", " ").Encode("\uFFFD")));
    }

    [Fact]
    public void MergingEqualsSearchingAllPairsEachTime()
    {
        string[] pieces = ["ab", "ba", "aab", "bb", "abba", "a ", " b", "abab", "c", "ca", "bca", "é", "éa", "a", "b", " "];
        float[] scores = [.. pieces.Select((_, i) => -(float)(i / 2))];
        byte[] file = Llama2TokenizerFile.Bytes(
            ((string, float)[])[("<unk>", 0), ("<s>", 0), ("</s>", 0), .. pieces.Zip(scores)]);
        Llama2Tokenizer tokenizer = Llama2Tokenizer.Read(_folder.Write(file), 3 + pieces.Length);

        Gen.Char["abc é"].Array[1, 40].Sample(characters =>
        {
            string text = new(characters);
            Assert.Equal([1, .. Naive(" " + text, pieces, scores)], tokenizer.Encode(text));
        });
    }

    [SharedModelFact]
    public void EveryTextSurvivesEncodingAndDecoding()
    {
        Llama2Tokenizer tokenizer = Llama2Tokenizer.Read(SharedFiles.Tokenizer, 512);

        Gen.OneOf(Gen.Int[32, 126], Gen.Int[0xA1, 0xD7FF], Gen.Int[0x10000, 0x10FFFF]).Array[0, 60].Sample(points =>
        {
            string text = string.Concat(points.Select(char.ConvertFromUtf32));
            Assert.Equal(text, Text(tokenizer, tokenizer.Encode(text)));
        });
    }

    [SharedModelFact]
    public void LongPromptIsEncoded()
    {
        Llama2Tokenizer tokenizer = Llama2Tokenizer.Read(SharedFiles.Tokenizer, 512);
        string text = string.Concat(Enumerable.Repeat("Once upon a time, there was a little girl named Lily. ", 2000));

        IReadOnlyList<int> tokens = tokenizer.Encode(text);

        Assert.Equal(text, Text(tokenizer, tokens));
        Assert.Equal(tokenizer.Encode("Once upon a time").Skip(1), tokens.Skip(1).Take(tokenizer.Encode("Once upon a time").Count - 1));
    }

    [Theory]
    [InlineData(6, "has 5 tokens, the model has 6")]
    [InlineData(4, "has 5 tokens, the model has 4")]
    [InlineData(1, "has 5 tokens, the model has 1")]
    public void OtherVocabularyNamesBothSizes(int vocabulary, string cause) =>
        Refused(Llama2TokenizerFile.With(byteTokens: false, "a", "b"), vocabulary, cause);

    [Fact]
    public void TruncatedFileIsRefused()
    {
        byte[] whole = Llama2TokenizerFile.With(byteTokens: false, "a", "bcd");
        foreach (int cut in (int[])[1, 2, 3, 4, 7, 10])
        {
            Refused(whole[..^cut], 5, "is truncated", "within token 4");
        }

        Refused(whole[..4], 5, "has 0 tokens, the model has 5");
        Refused(whole[..3], 5, "truncated", "has 3");
    }

    [Fact]
    public void FileThatIsNoTokenizerIsRefused()
    {
        Refused([], 5, "is empty");
        Refused(Encoding.UTF8.GetBytes("{ \"model\": \"bpe\", \"vocab\": {} }"), 5, "is a text file");
        Refused(Encoding.Latin1.GetBytes("GGUF\u0003\0\0\0"), 5, "is a GGUF file");
        Refused([0, 0, 0, 0, 1, 2, 3, 4], 5, "names pieces of 0 bytes");
        Refused([0, 0, 0, 0x80, 1, 2, 3, 4], 5, "names pieces of -2147483648 bytes");
        Refused([7, 0, 0, 0, 0, 0, 0xC0, 0x7F, 1, 0, 0, 0, 65], 5, "token 0 has score NaN");
        Refused([7, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0x7F, 65], 5, "2147483647 bytes of at most 7");
        Refused([7, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 65], 5, "-1 bytes");
        Refused([7, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 65], 1, "too few for the control tokens");
    }

    [Fact]
    public void MissingFileAndDirectoryAreNamed()
    {
        MPCacheException missing = Assert.Throws<MPCacheException>(() => Llama2Tokenizer.Read(Path.Combine(_folder.Root, "none.bin"), 5));
        MPCacheException folder = Assert.Throws<MPCacheException>(() => Llama2Tokenizer.Read(_folder.Root, 5));

        Assert.Contains("There is no file", missing.Message, StringComparison.Ordinal);
        Assert.Contains("is a directory", folder.Message, StringComparison.Ordinal);
    }

    private static int Id(int piece) => 3 + 256 + piece;

    private static string Text(Tokenizer tokenizer, IReadOnlyList<int> tokens)
    {
        TokenStream stream = new(tokenizer);
        return string.Concat(tokens.Skip(1).Select(stream.Append)) + stream.Complete();
    }

    private Llama2Tokenizer Make(params string[] pieces) =>
        Llama2Tokenizer.Read(_folder.Write(Llama2TokenizerFile.With(byteTokens: true, pieces)), 3 + 256 + pieces.Length);

    private void Refused(byte[] content, int vocabulary, params string[] parts)
    {
        MPCacheException error = Assert.Throws<MPCacheException>(() => Llama2Tokenizer.Read(_folder.Write(content), vocabulary));
        Assert.All(parts, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', error.Message);
    }

    private static IEnumerable<int> Naive(string text, string[] pieces, float[] scores)
    {
        List<string> parts = [.. text.Select(character => character.ToString())];
        while (true)
        {
            int best = -1;
            float bestScore = float.NegativeInfinity;
            for (int i = 0; i + 1 < parts.Count; i++)
            {
                int token = Array.IndexOf(pieces, parts[i] + parts[i + 1]);
                if (token >= 0 && scores[token] > bestScore)
                {
                    (best, bestScore) = (i, scores[token]);
                }
            }

            if (best < 0)
            {
                return parts.Select(part => 3 + Array.IndexOf(pieces, part));
            }

            parts[best] += parts[best + 1];
            parts.RemoveAt(best + 1);
        }
    }
}
