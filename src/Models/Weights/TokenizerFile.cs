using System;
using System.IO;
using System.Linq;

namespace MPCache.Models.Weights;

/// <summary>
/// A tokenizer that a user named, of whatever kind: a llama2.c <c>tokenizer.bin</c>, a SentencePiece <c>tokenizer.model</c>, or a directory
/// that has one. Its content tells the kind; a further kind of tokenizer is added here and nowhere else.
/// </summary>
public static class TokenizerFile
{
    /// <summary>Names in a model's directory. The SentencePiece model comes first: where a checkpoint has it, tokenizer.json is made from
    /// it.</summary>
    private static readonly string[] Names = ["tokenizer.model", "tokenizer.json", "tokenizer.bin"];

    /// <summary>The tokenizer's file in a model's directory; null where there is none.</summary>
    /// <param name="directory">The directory.</param>
    public static string? Find(string directory) => Names.Select(name => Path.Combine(directory, name)).FirstOrDefault(File.Exists);

    /// <summary>Reads a tokenizer.</summary>
    /// <param name="path">The file, or a directory that has one.</param>
    /// <param name="vocabularySize">How many tokens the model has.</param>
    /// <exception cref="MPCacheException">There is nothing, it is of another kind, damaged, or of another vocabulary size.</exception>
    public static Tokenizer Read(string path, int vocabularySize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabularySize, 1);
        if (Directory.Exists(path))
        {
            path = Find(path)
                ?? throw new MPCacheException($"The directory '{path}' has no {string.Join(", ", Names)}", "Name the tokenizer's file");
        }

        Span<byte> start = stackalloc byte[64];
        start = start[..ReadStart(path, start)];
        return IsJson(start) ? BytePairTokenizer.Read(path, vocabularySize)
            : SentencePieceTokenizer.Begins(start) ? SentencePieceTokenizer.Read(path, vocabularySize)
            : Llama2Tokenizer.Read(path, vocabularySize);
    }

    private static int ReadStart(string path, Span<byte> start)
    {
        using FileStream file = ModelFile.Open(path, "a tokenizer");
        try
        {
            return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        }
        catch (Exception error) when (ModelFile.IsFileError(error))
        {
            throw ModelFile.Unreadable(path, error);
        }
    }

    private static bool IsJson(ReadOnlySpan<byte> start) => start.TrimStart("\uFEFF \t\r\n"u8) is [(byte)'{', ..];
}
