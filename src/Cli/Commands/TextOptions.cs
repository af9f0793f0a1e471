using System;
using System.CommandLine;
using System.Globalization;
using System.IO;
using MPCache.Cli.Roles;
using MPCache.Models.Policies;

namespace MPCache.Cli.Commands;

/// <summary>Options that say which model and what to generate.</summary>
internal static class TextOptions
{
    /// <summary>The model's file or directory.</summary>
    public static Option<string?> Model() => new("--model")
    {
        Description = "Checkpoint: a llama2.c file of format version 0, a directory of a Hugging Face Llama with config.json and "
            + "model.safetensors, or such a .safetensors file; 'built-in' for a model that continues a text that repeats itself; "
            + "without it the model that comes with the program, which answers questions about documents",
        HelpName = "PATH",
    };

    /// <summary>The tokenizer's file.</summary>
    /// <param name="besideModel">Whether the command has the model as well, and finds a tokenizer beside it.</param>
    public static Option<string?> Tokenizer(bool besideModel) => new("--tokenizer")
    {
        Description = "Tokenizer of the model: a byte-level tokenizer.json, a SentencePiece tokenizer.model, llama2.c's tokenizer.bin, or "
            + "'built-in'; without it "
            + (besideModel ? "the one in the model's directory" : "that of the model that comes with the program"),
        HelpName = "PATH",
    };

    /// <summary>
    /// Requires both or none, because the shipped model and its tokenizer belong together. A directory has its tokenizer with it.
    /// </summary>
    public static void RequireTogether(Command command, Option<string?> model, Option<string?> tokenizer) =>
        command.Validators.Add(result =>
        {
            bool hasModel = result.GetResult(model) is not null;
            bool hasTokenizer = result.GetResult(tokenizer) is not null;
            if (hasModel ? !hasTokenizer && !MayHaveTokenizer(result.GetValue(model)!) : hasTokenizer)
            {
                result.AddError(hasModel
                    ? "a model file needs its tokenizer. Add --tokenizer PATH"
                    : "a tokenizer needs its model. Add --model PATH");
            }
        });

    private static bool MayHaveTokenizer(string model) =>
        model == ModelSource.BuiltIn || Directory.Exists(model) || model.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase);

    /// <summary>The prompt.</summary>
    public static Option<string?> Prompt()
    {
        Option<string?> option = new("--prompt") { Description = "Text to continue", HelpName = "TEXT" };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: "" }])
            {
                result.AddError("the prompt is empty. Give --prompt a text to continue");
            }
        });
        return option;
    }

    /// <summary>How many tokens.</summary>
    public static Option<int> Tokens()
    {
        Option<int> option = new("--tokens")
        {
            Description = "How many tokens to generate at most",
            HelpName = "COUNT",
            DefaultValueFactory = _ => 32,
            CustomParser = result =>
            {
                if (int.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out int count) && count > 0)
                {
                    return count;
                }

                result.AddError($"--tokens {result.Tokens[0].Value} is no number of tokens. Ask for at least 1");
                return 0;
            },
        };
        return option;
    }

    /// <summary>How much of the prompt one call reads.</summary>
    public static Option<int> Chunk()
    {
        Option<int> option = new("--chunk")
        {
            Description = "How many tokens of the prompt one call reads at most; fewer take less memory and more flights",
            HelpName = "TOKENS",
            DefaultValueFactory = _ => GenerationLengths.StandardChunk,
            CustomParser = result =>
            {
                if (int.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out int chunk)
                    && chunk is > 0 and <= GenerationLengths.LongestChunk)
                {
                    return chunk;
                }

                result.AddError(string.Create(
                    CultureInfo.InvariantCulture,
                    $"--chunk {result.Tokens[0].Value} is no chunk of a prompt. Give 1 to {GenerationLengths.LongestChunk} tokens"));
                return 0;
            },
        };
        return option;
    }

    /// <summary>The report's file.</summary>
    public static Option<string?> Json() => new("--json")
    {
        Description = "Write prompt, completion, tokens and costs to this file",
        HelpName = "FILE",
    };
}
