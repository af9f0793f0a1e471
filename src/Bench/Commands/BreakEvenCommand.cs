using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.Linq;
using MPCache.Bench.BreakEven;
using MPCache.Bench.Layers;
using MPCache.Bench.Reports;
using MPCache.Bench.Running;
using MPCache.Cli;
using MPCache.Transport;

namespace MPCache.Bench.Commands;

/// <summary><c>bench break-even</c>: from how many cached tokens a policy takes less time than full attention.</summary>
internal static class BreakEvenCommand
{
    private static readonly int[] Shown = [512, 2048, 8192];

    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        Option<LayerShape> shape = BenchOptions.Shape();
        Option<IReadOnlyList<int>> cached = BenchOptions.Cached("512,1024,2048");
        Option<IReadOnlyList<Ratio>> kept = BenchOptions.Static("1,0.3,0.15");
        Option<IReadOnlyList<LayerPolicy>> policies = BenchOptions.Policies("full,clusters,mpcache,mpcache-pair");
        Option<IReadOnlyList<NetworkProfile>> networks = BenchOptions.Networks("loopback,lan,wan");
        Option<int> repeat = BenchOptions.Repeat();
        Command command = new(
            "break-even",
            "Measure over loopback, fit a line through the times, add the network's latency and bandwidth, and find the number of cached "
            + "tokens from which a policy takes less time than full attention.")
        {
            shape, cached, kept, policies, networks, repeat,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(cached) is { } lengths && lengths.Distinct().Count() < 2)
            {
                result.AddError("--cached has one length, which makes no line. Give at least two");
            }

            if (result.GetValue(policies) is { } chosen && chosen.FirstOrDefault(p => p.Less is not null) is LayerPolicy derived)
            {
                string pair = $"{derived.Name.Split('-')[0]}-pair";
                result.AddError($"--policy: {derived.Name} is a difference and has no time of its own. Take {pair}");
            }
        });
        command.SetAction(async (parsed, cancellation) =>
        {
            LayerShape form = parsed.GetRequiredValue(shape);
            IReadOnlyList<LayerPolicy> chosen = parsed.GetRequiredValue(policies);
            LayerCase[] cases =
            [
                .. from tokens in parsed.GetRequiredValue(cached)
                   from policy in chosen.Prepend(LayerPolicy.Full).Distinct()
                   select new LayerCase(form, tokens, LayerCase.Everything, policy),
            ];
            CaseRunner runner = new(NetworkProfile.Loopback, parsed.GetValue(repeat), BenchOptions.LargestCache, console.Progress);
            IReadOnlyList<CaseResult> results = await runner.RunAsync(cases, cancellation).ConfigureAwait(false);

            Dictionary<LayerPolicy, LinearFit> fits = [];
            foreach (LayerPolicy policy in cases.Select(c => c.Policy).Distinct())
            {
                fits.Add(policy, Fit(policy, results));
            }

            MachineHead.Write(console.Out);
            WriteFits(console, fits);
            WriteCrossings(console, form, fits, parsed.GetRequiredValue(kept), parsed.GetRequiredValue(networks), chosen);
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>A line through the quickest runs: what else a machine does only adds.</summary>
    private static LinearFit Fit(LayerPolicy policy, IReadOnlyList<CaseResult> results)
    {
        (int Tokens, double Milliseconds)[] points =
        [
            .. from result in results
               where result.Case.Policy == policy && !result.Case.FallsBack && result.Measurement is not null
               select (result.Case.Held, result.Measurement!.Online.Min().TotalMilliseconds),
        ];
        return points.Select(p => p.Tokens).Distinct().Count() > 1
            ? LinearFit.Of(points)
            : throw new MPCacheException(
                $"{policy.Name} selects at fewer than two of these lengths, which makes no line", "Give larger lengths as --cached");
    }

    private static void WriteFits(CommandConsole console, Dictionary<LayerPolicy, LinearFit> fits)
    {
        MarkdownTable.Row(console.Out, ["over loopback", "ms", "µs a token in the cache"]);
        MarkdownTable.Row(console.Out, ["---", "---:", "---:"]);
        foreach ((LayerPolicy policy, LinearFit fit) in fits)
        {
            MarkdownTable.Row(console.Out, [policy.Name, Number(fit.Start), Number(fit.Slope * 1000)]);
        }

        console.Out.WriteLine();
    }

    private static void WriteCrossings(
        CommandConsole console, LayerShape shape, Dictionary<LayerPolicy, LinearFit> fits, IReadOnlyList<Ratio> kept,
        IReadOnlyList<NetworkProfile> networks, IReadOnlyList<LayerPolicy> policies)
    {
        MarkdownTable.Row(console.Out,
        [
            "network", "policy", "ρ_s", "less time from",
            .. Shown.Select(n => FormattableString.Invariant($"ms at {n}: full, policy (times less)")),
        ]);
        MarkdownTable.Row(console.Out, ["---", "---", "---:", "---:", .. Shown.Select(_ => "---:")]);
        foreach (NetworkProfile network in networks)
        {
            foreach (LayerPolicy policy in policies)
            {
                foreach (Ratio share in kept.Where(k => policy != LayerPolicy.Full || k != LayerCase.Everything))
                {
                    TimeModel model = new(fits[LayerPolicy.Full], fits[policy]);
                    LayerCase layer = new(shape, BenchOptions.LargestCache, share, policy);
                    int? crossing = model.Crossing(layer, network, BenchOptions.LargestCache);
                    MarkdownTable.Row(console.Out,
                    [
                        network.Name, policy.Name, share.ToString(),
                        crossing is int from
                            ? from.ToString(CultureInfo.InvariantCulture)
                            : FormattableString.Invariant($"none up to {BenchOptions.LargestCache}"),
                        .. Shown.Select(n => Compare(model.At(layer with { Cached = n }, network))),
                    ]);
                }
            }
        }

        console.Out.WriteLine();
    }

    private static string Compare((double Policy, double Full) times) =>
        $"{Number(times.Full)}, {Number(times.Policy)} ({(times.Full / times.Policy).ToString("0.00", CultureInfo.InvariantCulture)})";

    private static string Number(double number) => number.ToString("0.0", CultureInfo.InvariantCulture);
}
