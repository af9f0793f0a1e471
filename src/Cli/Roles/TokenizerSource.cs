using System.Globalization;
using System.IO;
using MPCache.Models.Weights;

namespace MPCache.Cli.Roles;

/// <summary>The client's tokenizer: from a file, or that of the built-in model.</summary>
/// <param name="path">The file; null for the built-in one.</param>
internal sealed class TokenizerSource(string? path)
{
    /// <summary>The prompt where the user gives none.</summary>
    public string DefaultPrompt => path is null ? BuiltInModel.DefaultPrompt : "Once upon a time";

    /// <summary>Finds out early whether there is a file at all; its contents are read when the model is known.</summary>
    /// <exception cref="MPCacheException">There is none.</exception>
    public void CheckFile()
    {
        if (path is not null && !File.Exists(path))
        {
            throw new MPCacheException(
                $"There is no file '{path}', where a llama2.c tokenizer is needed", "Check the path given as --tokenizer");
        }
    }

    /// <summary>Reads the tokenizer of a model.</summary>
    /// <param name="config">The model.</param>
    /// <exception cref="MPCacheException">The file is no tokenizer, or that of another vocabulary.</exception>
    public Tokenizer Read(LlamaConfig config)
    {
        if (path is not null)
        {
            return Llama2Tokenizer.Read(path, config.Vocabulary);
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
