using System.CommandLine;
using System.Linq;
using System.Threading.Tasks;
using MPCache.Cli.Reports.Ranges;
using MPCache.Cli.Roles;
using MPCache.Models.Generation;
using MPCache.Models.Policies;
using MPCache.Models.Weights;

namespace MPCache.Cli.Commands;

/// <summary>
/// <c>mpcache calibrate</c>: plain runs over sample texts, and how far values went in the ranges that the programs declare: of expressions,
/// weights and what the cache holds.
/// </summary>
internal static class CalibrateCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        Option<string?> model = TextOptions.Model();
        Option<string?> tokenizer = TextOptions.Tokenizer(besideModel: true);
        Option<string[]> prompts = new("--prompt")
        {
            Description = "A sample text; once for each",
            HelpName = "TEXT",
            DefaultValueFactory = _ => [],
        };
        prompts.Validators.Add(result =>
        {
            if (result.Tokens.Any(t => t.Value.Length == 0))
            {
                result.AddError("a prompt is empty. Give --prompt a text to continue");
            }
        });
        Option<int> count = TextOptions.Tokens();
        Option<CachePolicy> policy = PolicyOptions.Policy();
        Option<string?> json = new("--json") { Description = "Write every range to this file", HelpName = "FILE" };
        Command command = new("calibrate", "Compare the ranges that the programs declare with what plain runs over sample texts see.")
        {
            model, tokenizer, prompts, count, policy, json,
        };
        TextOptions.RequireTogether(command, model, tokenizer);
        command.SetAction((parsed, cancellation) =>
        {
            ModelSource source = ModelSource.Load(parsed.GetValue(model));
            TokenizerSource words = TokenizerSource.For(parsed.GetValue(model), parsed.GetValue(tokenizer));
            Tokenizer read = words.Read(source.Config);
            string? report = parsed.GetValue(json);
            ReportFile.Check(report);
            string[] texts = parsed.GetValue(prompts) is { Length: > 0 } given ? given : [words.DefaultPrompt];
            GenerationRequest[] requests =
            [
                .. texts.Select(t => new GenerationRequest([.. read.Encode(t)], parsed.GetValue(count), read.EndsText)
                {
                    Policy = parsed.GetRequiredValue(policy),
                }),
            ];
            foreach (GenerationRequest request in requests)
            {
                _ = request.Lengths(source.Config);
            }

            using RangeRecorder recorder = RangeRecorder.Start(recordOnly: true);
            for (int i = 0; i < requests.Length; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                console.Progress($"{source.Name} in plain numbers, text {i + 1} of {requests.Length}");
                _ = PlainGeneration.Run(source.Config, source.Weights, requests[i]);
            }

            CalibratedRange[] ranges = [.. recorder.Observations.Select(o => new CalibratedRange(o))];
            CalibrationTable.Write(console.Out, ranges);
            if (report is not null)
            {
                CalibrationReport.Write(report, ranges);
            }

            return Task.FromResult(ranges.FirstOrDefault(r => r.Verdict == RangeVerdict.Left) is CalibratedRange left
                ? throw new MPCacheException(
                    $"a declared range was left: {left.Seen}", "Widen it, or find what made the value grow")
                : ExitCode.Done);
        });
        return command;
    }
}
