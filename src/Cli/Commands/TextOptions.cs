using System.CommandLine;
using System.Globalization;
using MPCache.Models.Policies;

namespace MPCache.Cli.Commands;

/// <summary>Options that say which model and what to generate.</summary>
internal static class TextOptions
{
    /// <summary>The model's file.</summary>
    public static Option<string?> Model() => new("--model")
    {
        Description = "llama2.c checkpoint of format version 0; without it the built-in model, which continues a text that repeats itself",
        HelpName = "FILE",
    };

    /// <summary>The tokenizer's file.</summary>
    public static Option<string?> Tokenizer() => new("--tokenizer")
    {
        Description = "llama2.c tokenizer of the model; without it that of the built-in model",
        HelpName = "FILE",
    };

    /// <summary>Requires both files or none: the built-in model and its tokenizer belong together.</summary>
    public static void RequireTogether(Command command, Option<string?> model, Option<string?> tokenizer) =>
        command.Validators.Add(result =>
        {
            bool hasModel = result.GetResult(model) is not null;
            if (hasModel != result.GetResult(tokenizer) is not null)
            {
                result.AddError(hasModel
                    ? "a model file needs its tokenizer. Add --tokenizer FILE"
                    : "a tokenizer file needs its model. Add --model FILE");
            }
        });

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
