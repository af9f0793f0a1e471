using System.Collections.Generic;
using System.CommandLine;
using System.Linq;
using MPCache.Bench.Commands;
using MPCache.Bench.Decoding.Models;
using MPCache.Bench.Decoding.Reports;
using MPCache.Bench.Decoding.Running;
using MPCache.Bench.Reports;
using MPCache.Cli;
using MPCache.Models.Policies;
using MPCache.Transport;

namespace MPCache.Bench.Decoding.Commands;

/// <summary><c>bench prefill</c>: what reading a prompt costs.</summary>
internal static class PrefillCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        Option<ModelShape> shape = DecodingOptions.Shape();
        Option<int> tokens = DecodingOptions.Count("--tokens", "Tokens of the prompt", 128, BenchOptions.LargestCache);
        Option<int> chunk = DecodingOptions.Count(
            "--chunk", "How much of the prompt one call reads at most", GenerationLengths.StandardChunk, GenerationLengths.LongestChunk);
        Option<NetworkProfile> network = BenchOptions.Network();
        Option<int> repeat = BenchOptions.Repeat();
        Option<bool> planned = new("--plan-only") { Description = "Run nothing: flights and bytes are exact without" };
        Option<bool> breakdown = new("--breakdown") { Description = "Show too what the bytes are for, by gate and by expression" };
        Option<string?> json = BenchOptions.Json();
        Command command = new(
            "prefill", "Read a prompt with a model of random weights between two parties and a dealer, and tabulate the costs.")
        {
            shape, tokens, chunk, network, repeat, planned, breakdown, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            string? report = parsed.GetValue(json);
            ReportFile.Check(report);
            ModelShape model = parsed.GetRequiredValue(shape);
            NetworkProfile between = parsed.GetRequiredValue(network);
            PromptCase prompt = new(model, parsed.GetValue(tokens), parsed.GetValue(chunk));
            model.CheckContext(prompt.Tokens);
            StepResult result = Planned(prompt);
            if (!parsed.GetValue(planned))
            {
                PromptRunner runner = new(between, parsed.GetValue(repeat), console.Progress);
                IReadOnlyList<StepMeasurement> runs = await runner.RunAsync(model, [prompt], cancellation).ConfigureAwait(false);
                result = result with { Measurement = runs[0] };
            }

            StepTable.Write(console.Out, [result]);
            if (parsed.GetValue(breakdown))
            {
                StepTable.WriteBreakdowns(console.Out, [result]);
            }

            if (report is not null)
            {
                ReportLines.Write(report, [StepLines.Of(between.Name, result)]);
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static StepResult Planned(PromptCase prompt) => new(
        "prefill", prompt.Shape.Name, [("tokens", prompt.Tokens), ("chunk", prompt.Chunk), ("calls", prompt.Calls.Count)],
        prompt.Planned, null, null,
        (PlanBreakdown.Together(prompt.Calls.Select(c => PlanBreakdown.ByGate(c.Program.Interface.Plan, name => c.Sizes[name]))),
            PlanBreakdown.Together(prompt.Calls.Select(c => PlanBreakdown.ByExpression(c.Program.Interface.Plan, name => c.Sizes[name])))));
}
