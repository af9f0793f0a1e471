using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using MPCache.Evaluation.Documents;
using MPCache.Evaluation.Tasks;
using MPCache.Models.Weights;

namespace MPCache.Evaluation.Scoring;

/// <summary>
/// Passages of a file: it is cut into pieces of the length that is asked for, which follow each other without a gap, and samples are pieces
/// in an order that follows from the seed.
/// </summary>
public sealed class FileText : ITextSource
{
    private const int HashDigits = 8;

    private readonly string path;
    private readonly int begin;
    private readonly int[] tokens;

    private FileText(string path, string name, int begin, int[] tokens)
    {
        this.path = path;
        Name = name;
        this.begin = begin;
        this.tokens = tokens;
    }

    /// <summary>The file's name without its ending, and a hash of what is in it.</summary>
    public string Name { get; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file, UTF-8.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <exception cref="MPCacheException">It cannot be read, is no UTF-8, or has a character that the tokenizer cannot express.</exception>
    public static FileText Load(string path, Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        byte[] bytes = ReadBytes(path);
        string text;
        try
        {
            text = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw new MPCacheException($"the text '{path}' is no UTF-8: {e.Message.TrimEnd('.')}", "Give a text file in UTF-8", e);
        }

        string word = string.Concat(
            Path.GetFileNameWithoutExtension(path).Select(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '_'));
        string hash = Convert.ToHexStringLower(SHA256.HashData(bytes))[..HashDigits];
        return new FileText(path, $"{word}:{hash}", tokenizer.BeginOfText, [.. tokenizer.Encode(text).Skip(1)]);
    }

    /// <inheritdoc/>
    public IReadOnlyList<int> Read(Seed seed, int length, int sample)
    {
        // Each piece has the token that begins a text before it.
        int size = length - 1;
        int pieces = tokens.Length / size;
        if (sample >= pieces)
        {
            throw new MPCacheException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the text '{path}' has {tokens.Length} tokens, of which {sample + 1} passages of {length} tokens cannot be made"),
                "Give a longer text, shorter lengths or fewer samples");
        }

        int piece = Orders.Shuffled(new SeededRandom(seed.Derive("passages", length)), pieces)[sample];
        return [begin, .. tokens.AsSpan(piece * size, size)];
    }

    private static byte[] ReadBytes(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new MPCacheException(
                $"the text '{path}' cannot be read: {e.Message.TrimEnd('.')}", "Give a text file that exists and may be read", e);
        }
    }
}
