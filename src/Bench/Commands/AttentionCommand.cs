using System.Collections.Generic;
using System.CommandLine;
using System.Linq;
using MPCache.Bench.Layers;
using MPCache.Bench.Reports;
using MPCache.Bench.Running;
using MPCache.Cli;
using MPCache.Transport;

namespace MPCache.Bench.Commands;

/// <summary><c>bench attention</c>: what a layer's attention costs in a decoding step, policy by policy.</summary>
internal static class AttentionCommand
{
    private const string StandardPolicies =
        "full,streaming,clusters,clusters-exact,clusters-sharing,mpcache,mpcache-exact,mpcache-sharing,mpcache-pair";

    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        Option<LayerShape> shape = BenchOptions.Shape();
        Option<IReadOnlyList<int>> cached = BenchOptions.Cached("512,1024,2048");
        Option<IReadOnlyList<Ratio>> kept = BenchOptions.Static("1,0.3,0.15");
        Option<IReadOnlyList<LayerPolicy>> policies = BenchOptions.Policies(StandardPolicies);
        Option<NetworkProfile> network = BenchOptions.Network();
        Option<int> repeat = BenchOptions.Repeat();
        Option<int> largest = BenchOptions.MeasureUpTo();
        Option<bool> planned = new("--plan-only") { Description = "Run nothing: flights and bytes are exact without" };
        Option<bool> breakdown = new("--breakdown") { Description = "Show too what the bytes are for" };
        Option<string?> json = BenchOptions.Json();
        Command command = new(
            "attention", "Run one attention layer of one decoding step between two parties and a dealer, and tabulate its costs.")
        {
            shape, cached, kept, policies, network, repeat, largest, planned, breakdown, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            string? report = parsed.GetValue(json);
            ReportFile.Check(report);
            NetworkProfile between = parsed.GetRequiredValue(network);
            LayerCase[] cases = [.. Cases(
                parsed.GetRequiredValue(shape), parsed.GetRequiredValue(cached), parsed.GetRequiredValue(kept),
                parsed.GetRequiredValue(policies), between.Programs)];
            int most = parsed.GetValue(planned) ? 0 : parsed.GetValue(largest);
            CaseRunner runner = new(between, parsed.GetValue(repeat), most, console.Progress);
            IReadOnlyList<CaseResult> results = await runner.RunAsync(cases, cancellation).ConfigureAwait(false);
            MachineHead.Write(console.Out);
            CostTable.Write(console.Out, results);
            if (parsed.GetValue(breakdown))
            {
                BreakdownTable.Write(console.Out, results);
            }

            if (report is not null)
            {
                ReportLines.Write(report, results.Select(result => CostLines.Of(between, result)));
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static IEnumerable<LayerCase> Cases(
        LayerShape shape, IReadOnlyList<int> cached, IReadOnlyList<Ratio> kept, IReadOnlyList<LayerPolicy> policies, Network programs) =>
        from tokens in cached
        from share in kept
        from policy in policies
        select new LayerCase(shape, tokens, share, policy) { Network = programs };
}
