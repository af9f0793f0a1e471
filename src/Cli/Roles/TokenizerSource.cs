using System.Globalization;
using System.IO;
using MPCache.Models.Weights;

namespace MPCache.Cli.Roles;

/// <summary>The client's tokenizer: from a file, or that of the built-in model.</summary>
/// <param name="path">The file; null for the built-in one.</param>
internal sealed class TokenizerSource(string? path)
{
    /// <summary>The tokenizer that is named, or the one beside a model that is named alone.</summary>
    /// <param name="model">The model's file or directory; null for the built-in one.</param>
    /// <param name="tokenizer">The tokenizer; null where none is named.</param>
    /// <exception cref="MPCacheException">There is none beside the model.</exception>
    public static TokenizerSource For(string? model, string? tokenizer)
    {
        if (tokenizer is not null || model is null)
        {
            return new TokenizerSource(tokenizer);
        }

        string directory = Directory.Exists(model) ? model : Path.GetDirectoryName(Path.GetFullPath(model))!;
        string found = TokenizerFile.Find(directory)
            ?? throw new MPCacheException($"There is no tokenizer in '{directory}'", "Name the model's tokenizer with --tokenizer");
        return new TokenizerSource(found);
    }

    /// <summary>The prompt where the user gives none.</summary>
    public string DefaultPrompt => path is null ? BuiltInModel.DefaultPrompt : "Once upon a time";

    /// <summary>Finds out early whether there is a file at all; its contents are read when the model is known.</summary>
    /// <exception cref="MPCacheException">There is none.</exception>
    public void CheckFile()
    {
        if (path is not null && !File.Exists(path) && !Directory.Exists(path))
        {
            throw new MPCacheException(
                $"There is no file '{path}', where a tokenizer is needed", "Check the path given as --tokenizer");
        }
    }

    /// <summary>Reads the tokenizer of a model.</summary>
    /// <param name="config">The model.</param>
    /// <exception cref="MPCacheException">The file is no tokenizer, or that of another vocabulary.</exception>
    public Tokenizer Read(LlamaConfig config)
    {
        if (path is not null)
        {
            return TokenizerFile.Read(path, config.Vocabulary);
        }

        Tokenizer builtIn = BuiltInModel.Create().Tokenizer;
        (int mine, int needed) = (builtIn.VocabularySize, config.Vocabulary);
        return mine == needed
            ? builtIn
            : throw new MPCacheException(
                string.Create(CultureInfo.InvariantCulture, $"the built-in tokenizer has {mine} tokens, the model has {needed}"),
                "Name the model's tokenizer with --tokenizer");
    }
}
