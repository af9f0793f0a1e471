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

/// <summary>Tokenizers of every kind through one door, and SentencePiece models.</summary>
public sealed class TokenizerFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ContentTellsTheKind()
    {
        Assert.IsType<Llama2Tokenizer>(TokenizerFile.Read(_folder.Write(Llama2TokenizerFile.With(false, "a", " "), "x"), 5));
        Assert.IsType<SentencePieceTokenizer>(TokenizerFile.Read(_folder.Write(SentencePieceFile.With(false, "a", "▁"), "x"), 5));
        Refused(_folder.Write("\uFEFF \n{\"version\": \"1.0\"}"u8.ToArray(), "x"), 5, "says nothing of");
        Refused(_folder.Write("GGUF\u0003\0\0\0"u8.ToArray(), "x"), 5, "is a GGUF file");
        Refused(_folder.Write([], "x"), 5, "is empty");
        Refused(Path.Combine(_folder.Root, "none"), 5, "There is no file");
    }

    [Fact]
    public void DirectoryHasATokenizer()
    {
        Refused(_folder.Root, 5, "has no tokenizer.model, tokenizer.json, tokenizer.bin");
        Assert.Null(TokenizerFile.Find(_folder.Root));

        _folder.Write(Llama2TokenizerFile.With(false, "a", " "), "tokenizer.bin");
        Assert.IsType<Llama2Tokenizer>(TokenizerFile.Read(_folder.Root, 5));

        _folder.Write(SentencePieceFile.With(false, "a", "▁"), "tokenizer.model");
        Assert.IsType<SentencePieceTokenizer>(TokenizerFile.Read(_folder.Root, 5));
        Assert.Equal("tokenizer.model", Path.GetFileName(TokenizerFile.Find(_folder.Root)));
    }

    [Fact]
    public void SentencePieceTextIsCutAndPutTogether()
    {
        Tokenizer tokenizer = Make(byteTokens: true, "▁t", "he", "▁a", "▁the", "▁", "t", "h", "e", "a", "<", "s", ">");

        Assert.Equal(1, tokenizer.BeginOfText);
        Assert.Equal(271, tokenizer.VocabularySize);
        Assert.Equal([1, 262, 261], tokenizer.Encode("the a"));
        Assert.Equal([1], tokenizer.Encode(""));
        Assert.Equal([1, 261, 268, 269, 270, 267], tokenizer.Encode("a<s>a"));
        Assert.Equal([1, 263, 3 + 0xF0, 3 + 0x9F, 3 + 0x98, 3 + 0x80], tokenizer.Encode("😀"));
        Assert.Equal("the", tokenizer.Decode(1, 262));
        Assert.Equal(" the", tokenizer.Decode(261, 262));
        Assert.Equal("A", tokenizer.Decode(1, 3 + (byte)'A'));
        Assert.Equal("", tokenizer.Decode(261, 2));
        Assert.True(tokenizer.EndsText(1) && tokenizer.EndsText(2) && !tokenizer.EndsText(0) && !tokenizer.EndsText(262));
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Decode(1, 271));
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Decode(1, -1));
    }

    [Fact]
    public void TextThatCannotBeEncodedIsNamed()
    {
        Tokenizer tokenizer = Make(byteTokens: false, "▁", "a", "b");

        Unencoded("abéa", "no token for 'é' (U+00E9)");
        Unencoded("a😀", "no token for '😀' (U+1F600)");
        Unencoded("ab\uD83D", "half a surrogate pair (U+D83D) at index 2");
        Unencoded("\uDE00a", "half a surrogate pair (U+DE00) at index 0");

        void Unencoded(string text, string cause) =>
            Assert.Contains(cause, Assert.Throws<MPCacheException>(() => tokenizer.Encode(text)).Message, StringComparison.Ordinal);
    }

    /// <summary>llama2.c's files are made from SentencePiece models, and cut text in the same way.</summary>
    [SharedModelFact]
    public void SentencePieceAndLlama2AgreeOnTheSameVocabulary()
    {
        Llama2Tokenizer known = Llama2Tokenizer.Read(SharedFiles.Tokenizer, 512);
        Tokenizer tokenizer = TokenizerFile.Read(_folder.Write(SentencePieceFile.Bytes(true, Stories())), 512);

        Gen.OneOf(Gen.Int[97, 122], Gen.Int[97, 105], Gen.Int[32, 46], Gen.Int[0xA1, 0x2FF], Gen.Int[0x1F600, 0x1F640]).Array[0, 60].Sample(
            points =>
            {
                string text = string.Concat(points.Select(char.ConvertFromUtf32));
                IReadOnlyList<int> tokens = tokenizer.Encode(text);
                Assert.Equal(known.Encode(text), tokens);
                TokenStream stream = new(tokenizer);
                Assert.Equal(text, string.Concat(tokens.Skip(1).Select(stream.Append)) + stream.Complete());
            });

        string story = string.Concat(Enumerable.Repeat("Once upon a time, there was a little girl named Lily. ", 200));
        Assert.Equal(known.Encode(story), tokenizer.Encode(story));
        for (int token = 3; token < 512; token++)
        {
            Assert.Equal(known.Decode(5, token), tokenizer.Decode(5, token));
        }
    }

    [Fact]
    public void DamagedSentencePieceModelIsRefused()
    {
        byte[] whole = SentencePieceFile.With(false, "a", "▁");
        Refused(_folder.Write(whole), 6, "has 5 tokens, the model has 6");
        for (int length = 3; length < whole.Length; length++)
        {
            // Without its last message, the normalizer's, it is a smaller model.
            if (length != whole.Length - 18)
            {
                Refused(_folder.Write(whole[..length]), 5, "file.bin");
            }
        }

        Refused(_folder.Write(SentencePieceFile.Bytes(false, [], bos: 500)), 3, "no token for the beginning of a text", "number 500 and 0");
        Refused(_folder.Write(SentencePieceFile.Bytes(false, [], bos: ulong.MaxValue)), 3, "no token for the beginning", "number 0 and 0");
        Refused(_folder.Write(SentencePieceFile.With(false, "a", "a")), 5, "is no SentencePiece model, damaged");
        Refused(_folder.Write([0x0A, 0xFF, 0x0A, 0xFF, 0xFF, 0xFF, 0x7F]), 5, "is no SentencePiece model, damaged");
        Refused(_folder.Write(SentencePieceFile.Piece("a", 0, SentencePieceFile.Kind.Normal)), 1, "is no SentencePiece model, damaged");

        Random random = new(3);
        for (int trial = 0; trial < 500; trial++)
        {
            byte[] damaged = [.. whole];
            damaged[random.Next(3, damaged.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                // What is still a model reads; nothing but an error of ours may come of the rest.
                TokenizerFile.Read(_folder.Write(damaged), 5).Encode("a a");
            }
            catch (MPCacheException)
            {
            }
        }
    }

    private static IEnumerable<(string, float, SentencePieceFile.Kind)> Stories()
    {
        using BinaryReader reader = new(File.OpenRead(SharedFiles.Tokenizer));
        reader.ReadInt32();
        for (int token = 0; token < 512; token++)
        {
            float score = reader.ReadSingle();
            string piece = Encoding.UTF8.GetString(reader.ReadBytes(reader.ReadInt32()));
            if (token >= 3)
            {
                yield return token < 259
                    ? (piece, 0, SentencePieceFile.Kind.Byte)
                    : (piece.Replace(' ', '▁'), score, SentencePieceFile.Kind.Normal);
            }
        }
    }

    private static void Refused(string path, int vocabulary, params string[] parts)
    {
        MPCacheException error = Assert.Throws<MPCacheException>(() => TokenizerFile.Read(path, vocabulary));
        Assert.All(parts, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', error.Message);
    }

    private Tokenizer Make(bool byteTokens, params string[] pieces) =>
        TokenizerFile.Read(_folder.Write(SentencePieceFile.With(byteTokens, pieces)), 3 + (byteTokens ? 256 : 0) + pieces.Length);
}
