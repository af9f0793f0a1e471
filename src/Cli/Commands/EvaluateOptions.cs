using System;
using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Linq;
using MPCache.Evaluation.Scoring;
using MPCache.Evaluation.Tasks;
using MPCache.Models.Policies;
using MPCache.Models.Weights;

namespace MPCache.Cli.Commands;

/// <summary>Options that say what is evaluated.</summary>
internal static class EvaluateOptions
{
    private const string StandardPolicies = "full,mpcache,snapkv,streaming";
    private const string StandardTasks = "needle,keys,labelling,questions";
    private const string StandardLengths = "256,512";
    private const string Lessons = "lessons";
    private const int MostThreads = 1024;

    /// <summary>The model.</summary>
    public static Option<string?> Model()
    {
        Option<string?> option = TextOptions.Model();
        option.Description = "Checkpoint: a directory of a Hugging Face Llama, its .safetensors file, or a llama2.c file; without it the "
            + "small trained model that comes with the program";
        return option;
    }

    /// <summary>The tokenizer.</summary>
    public static Option<string?> Tokenizer()
    {
        Option<string?> option = TextOptions.Tokenizer(besideModel: true);
        option.Description = "Tokenizer of the model; without it the one in the model's directory";
        return option;
    }

    /// <summary>The policies.</summary>
    public static Option<IReadOnlyList<CachePolicy>> Policies() => PolicyOptions.Several(
        "--policies", "Cache policies, separated by commas, as in full,mpcache,'mpcache levels=1'", StandardPolicies);

    /// <summary>The tasks.</summary>
    public static Option<IReadOnlyList<EvaluationTask>> Tasks() => List(
        "--tasks", "TASKS",
        "Tasks, separated by commas: " + string.Join(", ", EvaluationTasks.All.Select(t => t.Name))
            + " (the last asks nothing: it measures perplexity)",
        StandardTasks, EvaluationTasks.Find);

    /// <summary>The text whose perplexity is measured.</summary>
    public static Option<string?> Text() => new("--text")
    {
        Description = $"Of what the task text measures the perplexity: a text file in UTF-8, or '{Lessons}' for documents with questions and "
            + "answers in them; without it prose, as in the other tasks' documents",
        HelpName = "FILE",
    };

    /// <summary>The source of texts that the task <c>text</c> reads.</summary>
    /// <param name="text">The option's value; null for none.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <exception cref="MPCacheException">It is a file that cannot be read.</exception>
    public static ITextSource Source(string? text, Tokenizer tokenizer) => text switch
    {
        null => new GrammarText(tokenizer),
        Lessons => new LessonText(tokenizer),
        _ => FileText.Load(text, tokenizer),
    };

    /// <summary>The lengths.</summary>
    public static Option<IReadOnlyList<int>> Lengths() => List(
        "--lengths", "TOKENS", "Lengths of prompt and answer together, or of a text, in tokens, separated by commas", StandardLengths, Length);

    /// <summary>Reads a length in tokens.</summary>
    internal static int Length(string word) =>
        int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int length) && length > 0
            ? length
            : throw new MPCacheException($"'{word}' is no number of tokens", $"Give lengths such as {StandardLengths}");

    /// <summary>How many of something.</summary>
    public static Option<int> Count(string name, string description, int otherwise, int least) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => otherwise,
        CustomParser = result => Number(result, name, least, int.MaxValue),
    };

    /// <summary>How many plain cases run at a time.</summary>
    public static Option<int> Threads() => new("--threads")
    {
        Description = "How many plain cases run at a time; as many as there are processors unless stated",
        HelpName = "N",
        DefaultValueFactory = _ => Environment.ProcessorCount,
        CustomParser = result => Number(result, "--threads", 1, MostThreads),
    };

    /// <summary>What samples are made from.</summary>
    public static Option<ulong> Seed() => new("--seed")
    {
        Description = "What the samples follow from: the same seed gives the same samples",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
        CustomParser = result =>
        {
            string word = result.Tokens[0].Value;
            if (!ulong.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value))
            {
                result.AddError($"--seed {word} is not a whole number. Give one of at most {ulong.MaxValue}");
            }

            return value;
        },
    };

    /// <summary>Where results go.</summary>
    public static Option<string> Folder() => new("--out")
    {
        Description = "The folder that is written to; an evaluation that was interrupted goes on there",
        HelpName = "DIR",
        Required = true,
    };

    private static int Number(ArgumentResult result, string option, int least, int most)
    {
        string word = result.Tokens[0].Value;
        if (int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= least && value <= most)
        {
            return value;
        }

        result.AddError(string.Create(
            CultureInfo.InvariantCulture,
            $"{option} {word} is not a whole number from {least} to {most}. Give one such as {Math.Max(1, least)}"));
        return least;
    }

    private static Option<IReadOnlyList<T>> List<T>(string name, string help, string description, string otherwise, Func<string, T> read) =>
        ListOption.Create(name, help, description, otherwise, read);
}
