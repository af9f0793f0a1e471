using System;
using System.IO;

namespace MPCache.Models.Weights;

/// <summary>
/// A model that a user named, of whatever kind: a llama2.c checkpoint, a directory of a Hugging Face Llama checkpoint (config.json with
/// model.safetensors or with the files that model.safetensors.index.json lists), or a safetensors file beside its config.json. Opened, its
/// dimensions are known and everything is checked that can be without reading weights, in particular that the files hold as many bytes as
/// the dimensions imply; loading allocates memory for the weights.
/// </summary>
public abstract class CheckpointFile
{
    private const string Kinds = "neither a llama2.c checkpoint of version 0 nor a Hugging Face checkpoint";

    private const string Cure =
        "Name a llama2.c checkpoint, or the directory of a Hugging Face Llama checkpoint with config.json and model.safetensors";

    private protected CheckpointFile()
    {
    }

    /// <summary>The dimensions.</summary>
    public abstract LlamaConfig Config { get; }

    /// <summary>Reads the weights.</summary>
    /// <exception cref="MPCacheException">A file has changed or cannot be read, or a weight is not a finite number.</exception>
    public abstract LlamaCheckpoint Load();

    /// <summary>Finds out by its content what a file or directory is, and opens it.</summary>
    /// <param name="path">The file or directory.</param>
    /// <exception cref="MPCacheException">There is nothing, it is of another kind, damaged, or a model that is no plain
    /// Llama.</exception>
    public static CheckpointFile Open(string path)
    {
        if (Directory.Exists(path) || IsSafetensors(path))
        {
            return HuggingFaceCheckpoint.Open(path);
        }

        return new Llama2Checkpoint(path, Llama2CheckpointReader.ReadConfig(path));
    }

    /// <summary>Opens and loads a model.</summary>
    /// <param name="path">The file or directory.</param>
    /// <exception cref="MPCacheException">See <see cref="Open"/> and <see cref="Load"/>.</exception>
    public static LlamaCheckpoint Read(string path) => Open(path).Load();

    private static bool IsSafetensors(string path)
    {
        using FileStream file = ModelFile.Open(path, "a model");
        Span<byte> start = stackalloc byte[64];
        int read;
        try
        {
            read = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        }
        catch (Exception error) when (ModelFile.IsFileError(error))
        {
            throw ModelFile.Unreadable(path, error);
        }

        string? kind = ModelFile.ForeignKind(start[..read]);
        if (kind == ModelFile.Safetensors || path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        if (kind is not null)
        {
            throw new MPCacheException($"'{path}' is {kind}, {Kinds}", Cure);
        }

        return false;
    }

    private sealed class Llama2Checkpoint(string path, LlamaConfig config) : CheckpointFile
    {
        public override LlamaConfig Config => config;

        public override LlamaCheckpoint Load() => Llama2CheckpointReader.Read(path);
    }
}
