using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Bench.Decoding.Running;
using MPCache.Bench.Running;

namespace MPCache.Bench.Decoding.Reports;

/// <summary>Steps and prompts as lines of a report.</summary>
internal static class StepLines
{
    /// <summary>Describes a step, or a prompt that was read.</summary>
    /// <param name="network">What was emulated between the parties.</param>
    /// <param name="result">What it cost.</param>
    public static StepLine Of(string network, StepResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        StepMeasurement? runs = result.Measurement;
        Timing? offline = runs is null ? null : Timing.Of(runs.Offline);
        Timing? online = runs is null ? null : Timing.Of(runs.Online);
        return new StepLine
        {
            Kind = result.Kind,
            Shape = result.Shape,
            Cached = Fact<int>("cached"),
            Tokens = Fact<int>("tokens"),
            Held = Fact<int>("held"),
            Attended = Fact<double>("attended"),
            Chunk = Fact<int>("chunk"),
            Calls = Fact<int>("calls"),
            Policy = result.Facts.FirstOrDefault(f => f.Name == "policy").Value as string ?? "full",
            Network = network,
            Flights = result.Planned.Flights,
            ServerToClientBytes = result.Planned.ServerToClient,
            ClientToServerBytes = result.Planned.ClientToServer,
            PreparedBytes = result.Planned.Prepared,
            DealerBytes = result.Planned.Tape,
            AllBytes = result.AllBytes,
            OfflineSeconds = offline,
            OnlineSeconds = online,
            WaitingShare = runs?.Waiting.Average(),
            PeakBytes = runs?.PeakBytes,
            PlainPassSeconds = result.PlainPass?.TotalSeconds,
            OfflinePasses = offline?.Median / result.PlainPass?.TotalSeconds,
            OnlinePasses = online?.Median / result.PlainPass?.TotalSeconds,
            BytesByGate = Shares(result.Breakdown.Gates),
            BytesByExpression = Shares(result.Breakdown.Expressions),
        };

        T? Fact<T>(string name)
            where T : struct => result.Facts.FirstOrDefault(f => f.Name == name).Value as T?;
    }

    private static Dictionary<string, long> Shares(IReadOnlyList<CostShare> shares) =>
        shares.GroupBy(s => s.Name).ToDictionary(g => g.Key, g => g.Sum(s => s.All));
}
