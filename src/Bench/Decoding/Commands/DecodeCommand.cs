using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Linq;
using MPCache.Bench.Commands;
using MPCache.Bench.Decoding.Models;
using MPCache.Bench.Decoding.Reports;
using MPCache.Bench.Decoding.Running;
using MPCache.Bench.Reports;
using MPCache.Cli;
using MPCache.Contract;
using MPCache.Models.Policies;
using MPCache.Transport;

namespace MPCache.Bench.Decoding.Commands;

/// <summary><c>bench decode</c>: what a whole decoding step costs under cache policies.</summary>
internal static class DecodeCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        Option<ModelShape> shape = DecodingOptions.Shape();
        Option<IReadOnlyList<int>> cached = BenchOptions.Cached("512");
        Option<IReadOnlyList<CachePolicy>> policies = DecodingOptions.Policies("full,mpcache");
        Option<NetworkProfile> network = BenchOptions.Network();
        Option<int> repeat = BenchOptions.Repeat();
        Option<int> batch = DecodingOptions.Count("--batch", "How many steps are prepared together", 1, 64);
        Option<bool> planned = new("--plan-only") { Description = "Run nothing: flights and bytes are exact without" };
        Option<bool> breakdown = new("--breakdown") { Description = "Show too what the bytes are for, by gate and by expression" };
        Option<bool> profile = new("--profile")
        {
            Description = "Show too where each party's online time goes and what it allocates, by gate, in the last batch",
        };
        Option<string?> json = BenchOptions.Json();
        Command command = new(
            "decode", "Run whole decoding steps of a model with random weights between two parties and a dealer, and tabulate their costs.")
        {
            shape, cached, policies, network, repeat, batch, planned, breakdown, profile, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            string? report = parsed.GetValue(json);
            ReportFile.Check(report);
            ModelShape model = parsed.GetRequiredValue(shape);
            NetworkProfile between = parsed.GetRequiredValue(network);
            StepCase[] steps =
            [
                .. from tokens in parsed.GetRequiredValue(cached)
                   from policy in parsed.GetRequiredValue(policies)
                   select new StepCase(model, tokens, policy) { Network = between.Programs },
            ];

            // What does not fit is said before anything is run.
            model.CheckContext(steps.Max(s => s.Cached) + parsed.GetValue(batch));
            StepResult[] results = [.. steps.Select(Planned)];
            if (!parsed.GetValue(planned))
            {
                TimeSpan pass = PlainPass.Measure(model.Matrices);
                StepRunner runner = new(between, parsed.GetValue(repeat), parsed.GetValue(batch), console.Progress, parsed.GetValue(profile));
                IReadOnlyList<StepMeasurement> runs = await runner.RunAsync(model, steps, cancellation).ConfigureAwait(false);
                results = [.. results.Zip(runs, (r, m) => r with { Measurement = m, PlainPass = pass })];
            }

            StepTable.Write(console.Out, results);
            if (parsed.GetValue(breakdown))
            {
                StepTable.WriteBreakdowns(console.Out, results);
            }

            StepTable.WriteProfiles(console.Out, results);
            if (report is not null)
            {
                ReportLines.Write(report, results.Select(r => StepLines.Of(between.Name, r)));
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static StepResult Planned(StepCase step)
    {
        IReadOnlyDictionary<string, long> sizes = step.Dimensions;
        Plan plan = step.Program.Interface.Plan;
        long At(string name) => sizes[name];
        return new StepResult(
            "decode", step.Shape.Name,
            [("cached", step.Cached), ("held", step.Held), ("policy", step.Policy.Brief()), ("attended", step.Attended)],
            plan.Evaluate(At), null, null, (PlanBreakdown.ByGate(plan, At), PlanBreakdown.ByExpression(plan, At)));
    }
}
