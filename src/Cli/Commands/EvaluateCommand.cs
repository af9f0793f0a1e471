using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Cli.Plots;
using MPCache.Cli.Reports;
using MPCache.Cli.Roles;
using MPCache.Evaluation.Documents;
using MPCache.Evaluation.Scoring;
using MPCache.Evaluation.Tasks;
using MPCache.Models.Policies;
using MPCache.Models.Weights;
using MPCache.Transport;

namespace MPCache.Cli.Commands;

/// <summary>
/// <c>mpcache evaluate</c>: how well a model answers from long prompts under each cache policy, in plain and, for a part of the samples,
/// between two parties; and how well it predicts texts, in plain.
/// </summary>
internal static class EvaluateCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        Option<string?> model = EvaluateOptions.Model();
        Option<string?> tokenizer = EvaluateOptions.Tokenizer();
        Option<IReadOnlyList<CachePolicy>> policies = EvaluateOptions.Policies();
        Option<IReadOnlyList<EvaluationTask>> tasks = EvaluateOptions.Tasks();
        Option<string?> text = EvaluateOptions.Text();
        Option<IReadOnlyList<int>> lengths = EvaluateOptions.Lengths();
        Option<int> samples = EvaluateOptions.Count("--samples", "How many samples there are of each task or text and length", 10, 1);
        Option<int> between = EvaluateOptions.Count(
            "--private", "How many of the tasks' samples also run between two parties, which is slow; texts do not", 0, 0);
        Option<int> threads = EvaluateOptions.Threads();
        Option<ulong> seed = EvaluateOptions.Seed();
        Option<string> folder = EvaluateOptions.Folder();
        Command command = new("evaluate", "Measure how well a model answers from long prompts, and predicts texts, under each cache policy.")
        {
            model, tokenizer, policies, tasks, text, lengths, samples, between, threads, seed, folder,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(text) is not null && result.GetValue(tasks) is { } named && !named.Any(t => t is TextTask))
            {
                result.AddError("--text is read by the task text, which is not named. Add --tasks text");
            }
        });
        command.SetAction((parsed, cancellation) =>
        {
            string? named = parsed.GetValue(model);
            string path = named ?? ShippedModel.Directory;
            ModelSource source = ModelSource.Load(path);
            TokenizerSource words = TokenizerSource.For(path, parsed.GetValue(tokenizer));
            Tokenizer read = words.Read(source.Config);
            IReadOnlyList<EvaluationTask> all = parsed.GetRequiredValue(tasks);
            EvaluationSettings settings = new(
                parsed.GetRequiredValue(policies), [.. all.Where(t => t is not TextTask)], [.. parsed.GetRequiredValue(lengths).Order()],
                parsed.GetRequiredValue(samples), parsed.GetRequiredValue(between), new Seed(parsed.GetRequiredValue(seed)))
            {
                Texts = [.. all.OfType<TextTask>().Select(_ => EvaluateOptions.Source(parsed.GetValue(text), read))],
            };
            return RunAsync(
                console, named is null ? source with { Name = "the trained model that comes with the program" } : source, words,
                new EvaluationModel(source.Config, source.Weights, read), settings, parsed.GetRequiredValue(folder),
                parsed.GetRequiredValue(threads), cancellation);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        CommandConsole console, ModelSource source, TokenizerSource words, EvaluationModel model, EvaluationSettings settings,
        string folder, int threads, CancellationToken cancellation)
    {
        LocalGeneration local = new(CommandConsole.Silent, source, words, NetworkProfile.Loopback);
        Evaluator evaluator = new(model, settings, async (prompt, policy, tokens, stop) =>
        {
            TextRequest request = new(prompt, tokens, policy, GenerationLengths.StandardChunk);
            return (await local.RunAsync(request, stop).ConfigureAwait(false)).Tokens;
        });
        evaluator.Check();
        string fingerprint = model.Fingerprint();
        using ResultsFile results = ResultsFile.Open(folder, fingerprint, settings.Seed.Value);
        console.Progress(string.Create(
            CultureInfo.InvariantCulture,
            $"{source.Name}: {settings.PlainCases} cases in plain, {settings.PrivateCases} between two parties, "
                + $"{results.Results.Count} results so far"));
        await EvaluationProgress.RunAsync(
            console, settings, results, finished => evaluator.RunAsync(results, threads, finished, cancellation)).ConfigureAwait(false);

        Summary summary = Summary.Of(fingerprint, settings, results.Results);
        SummaryFiles.Write(folder, summary);
        if (summary.Lines.Count > 0)
        {
            EvaluationTable.Write(console.Out, summary);
            PlotFiles.Write(folder, summary);
        }

        if (summary.Perplexities.Count > 0)
        {
            PerplexityTable.Write(console.Out, summary);
        }

        console.Progress($"results, summary and plots are in '{folder}'");
        return ExitCode.Done;
    }
}
