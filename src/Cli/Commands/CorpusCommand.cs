using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Evaluation.Corpora;
using MPCache.Evaluation.Documents;
using MPCache.Evaluation.Tasks;

namespace MPCache.Cli.Commands;

/// <summary><c>mpcache corpus</c>: documents and questions to train a small model on, with their tokenizer.</summary>
internal static class CorpusCommand
{
    private const ulong DefaultSeed = 1;
    private const long DefaultTokens = 1_000_000;

    // 2⁴⁰ tokens are more than any disk takes.
    private const long MostTokens = 1L << 40;

    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        Option<string> folder = new("--out") { Description = "The folder that is written to", HelpName = "DIR", Required = true };
        Option<ulong> seed = new("--seed")
        {
            Description = "What everything follows from: the same seed gives the same corpus",
            HelpName = "N",
            DefaultValueFactory = _ => DefaultSeed,
            CustomParser = result => ulong.TryParse(Word(result), NumberStyles.None, CultureInfo.InvariantCulture, out ulong value)
                ? value
                : Refuse<ulong>(result, "--seed", $"a whole number of at most {ulong.MaxValue}"),
        };
        Option<long> tokens = new("--tokens")
        {
            Description = "How many tokens there are for training of each length",
            HelpName = "N",
            DefaultValueFactory = _ => DefaultTokens,
            CustomParser = result =>
                long.TryParse(Word(result), NumberStyles.None, CultureInfo.InvariantCulture, out long value) && value is >= 1 and <= MostTokens
                    ? value
                    : Refuse<long>(result, "--tokens", $"a whole number from 1 to {MostTokens}"),
        };
        Option<IReadOnlyList<EvaluationTask>> tasks = ListOption.Create(
            "--tasks",
            "TASKS",
            "The tasks that documents are made of, separated by commas",
            string.Join(',', EvaluationTasks.All.Select(task => task.Name)),
            EvaluationTasks.Find);
        Option<IReadOnlyList<int>> lengths = ListOption.Create(
            "--lengths", "TOKENS", "The lengths of rows in tokens, separated by commas", "256,512,1024,2048", EvaluateOptions.Length);
        Command command = new("corpus", "Write documents with questions to train a small model on, and their tokenizer.")
        {
            folder, seed, tokens, tasks, lengths,
        };
        command.SetAction((parsed, cancellation) => WriteAsync(
            console,
            parsed.GetRequiredValue(folder),
            new CorpusOptions(new Seed(parsed.GetRequiredValue(seed)), parsed.GetRequiredValue(tokens))
            {
                Tasks = parsed.GetRequiredValue(tasks),
                Lengths = parsed.GetRequiredValue(lengths),
            },
            cancellation));
        return command;
    }

    private static async Task<int> WriteAsync(
        CommandConsole console, string folder, CorpusOptions options, CancellationToken cancellation)
    {
        await Task.Run(() => CorpusWriter.Write(folder, options, console.Progress, cancellation), cancellation).ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static string Word(ArgumentResult result) => result.Tokens[0].Value;

    private static T? Refuse<T>(ArgumentResult result, string option, string what)
    {
        result.AddError($"{option} {Word(result)} is not {what}");
        return default;
    }
}
