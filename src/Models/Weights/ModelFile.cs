using System;
using System.Collections.Generic;
using System.IO;
using System.Security;
using System.Text;
using System.Text.Unicode;

namespace MPCache.Models.Weights;

/// <summary>
/// A file that a user named: opened so that every way it can be wrong is an <see cref="MPCacheException"/>, and its kind told from its
/// first bytes, so that a message can say what the file is instead of only what it is not.
/// </summary>
internal static class ModelFile
{
    /// <summary>The kind that <see cref="ForeignKind"/> gives safetensors files.</summary>
    public const string Safetensors = "a safetensors file";

    /// <summary>Opens an existing, non-empty, regular file for one pass of reading.</summary>
    /// <param name="path">Where the file is.</param>
    /// <param name="what">What the file should be, for messages, e.g. <c>a checkpoint</c>.</param>
    /// <exception cref="MPCacheException">There is no such file, it is a directory, it is empty, or it may not be read.</exception>
    public static FileStream Open(string path, string what)
    {
        if (string.IsNullOrWhiteSpace(path))
        {
            throw new MPCacheException($"No file was named where {what} is needed", "Name a file");
        }

        if (Directory.Exists(path))
        {
            throw new MPCacheException($"'{path}' is a directory, not {what}", "Name a file inside of it");
        }

        if (!File.Exists(path))
        {
            throw new MPCacheException($"There is no file '{path}', where {what} is needed", "Check the path");
        }

        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        }
        catch (Exception error) when (IsFileError(error))
        {
            throw Unreadable(path, error);
        }

        if (!file.CanSeek || file.Length == 0)
        {
            string cause = file.CanSeek ? "is empty" : "is a pipe or device";
            file.Dispose();
            throw new MPCacheException($"'{path}' {cause}, not {what}", "Name a complete file");
        }

        return file;
    }

    /// <summary>Whether an exception comes from the file system rather than from a defect.</summary>
    public static bool IsFileError(Exception error) =>
        error is IOException or UnauthorizedAccessException or SecurityException or NotSupportedException or ArgumentException;

    /// <summary>The error for a file that exists and cannot be read.</summary>
    public static MPCacheException Unreadable(string path, Exception error) =>
        new($"'{path}' cannot be read ({error.Message.ReplaceLineEndings(" ").TrimEnd('.')})", "Check its permissions and the disk", error);

    /// <summary>What kind of well-known file begins with these bytes; null where nothing is recognised.</summary>
    /// <param name="start">The first bytes, as many as are at hand.</param>
    public static string? ForeignKind(ReadOnlySpan<byte> start)
    {
        foreach ((string magic, string kind) in Magics)
        {
            if (start.Length >= magic.Length && Encoding.Latin1.GetString(start[..magic.Length]) == magic)
            {
                return kind;
            }
        }

        // A safetensors file begins with the length of its JSON header in eight bytes.
        if (start.Length > 9 && start[8] == '{' && start[9] is (byte)'"' or (byte)' ' or (byte)'}')
        {
            return Safetensors;
        }

        return start.Length >= 4 && IsText(start) ? "a text file" : null;
    }

    private static IEnumerable<(string Magic, string Kind)> Magics =>
    [
        ("GGUF", "a GGUF file"),
        ("lmgg", "a ggml file"),
        ("fmgg", "a ggml file"),
        ("tjgg", "a ggml file"),
        ("24ka", "a llama2.c checkpoint of version 1 or later"),
        ("PK\u0003\u0004", "a zip archive (PyTorch saves these)"),
        ("\u0080\u0002", "a Python pickle"),
        ("\u001f\u008b", "a gzip archive"),
        ("\u0089PNG", "a PNG image"),
        ("%PDF", "a PDF document"),
        ("\u007fELF", "an executable"),
        ("version https://git-lfs", "a Git LFS pointer to the file, which 'git lfs pull' replaces"),
        ("\u0093NUMPY", "a NumPy array"),
    ];

    private static bool IsText(ReadOnlySpan<byte> start)
    {
        foreach (byte value in start)
        {
            if (value is < 32 and not ((byte)'\n' or (byte)'\r' or (byte)'\t'))
            {
                return false;
            }
        }

        // The last character may be cut.
        for (int cut = 0; cut < 4; cut++)
        {
            if (Utf8.IsValid(start[..^cut]))
            {
                return true;
            }
        }

        return false;
    }
}
