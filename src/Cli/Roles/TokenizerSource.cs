using System.Globalization;
using System.IO;
using MPCache.Models.Weights;

namespace MPCache.Cli.Roles;

/// <summary>The client's tokenizer.</summary>
/// <param name="path">The file or directory; <see cref="ModelSource.BuiltIn"/>; null for that of the shipped model.</param>
internal sealed class TokenizerSource(string? path)
{
    /// <summary>The tokenizer that is named, or the one beside a model that is named alone.</summary>
    /// <param name="model">The model as it is named, null for the shipped one.</param>
    /// <param name="tokenizer">The tokenizer; null where none is named.</param>
    /// <exception cref="MPCacheException">There is none beside the model.</exception>
    public static TokenizerSource For(string? model, string? tokenizer)
    {
        if (tokenizer is not null || model is null or ModelSource.BuiltIn)
        {
            return new TokenizerSource(tokenizer ?? model);
        }

        string directory = Directory.Exists(model) ? model : Path.GetDirectoryName(Path.GetFullPath(model))!;
        string found = TokenizerFile.Find(directory)
            ?? throw new MPCacheException($"There is no tokenizer in '{directory}'", "Name the model's tokenizer with --tokenizer");
        return new TokenizerSource(found);
    }

    /// <summary>The prompt where the user gives none.</summary>
    public string DefaultPrompt => path switch
    {
        null => ShippedModel.ShortPrompt,
        ModelSource.BuiltIn => BuiltInModel.DefaultPrompt,
        _ => "Once upon a time",
    };

    /// <summary>Finds out early whether there is a file at all; its contents are read when the model is known.</summary>
    /// <exception cref="MPCacheException">There is none.</exception>
    public void CheckFile()
    {
        if (path is not (null or ModelSource.BuiltIn) && !File.Exists(path) && !Directory.Exists(path))
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
        if (path != ModelSource.BuiltIn)
        {
            return TokenizerFile.Read(path ?? ShippedModel.Directory, config.Vocabulary);
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
