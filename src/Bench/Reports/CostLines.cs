using System;
using System.Linq;
using MPCache.Bench.Costs;
using MPCache.Bench.Layers;
using MPCache.Bench.Running;
using MPCache.Transport;

namespace MPCache.Bench.Reports;

/// <summary>Cases of <c>bench attention</c> as lines of a report.</summary>
internal static class CostLines
{
    /// <summary>The value of <see cref="IReportLine.Kind"/>.</summary>
    public const string Kind = "attention";

    /// <summary>Describes a case.</summary>
    /// <param name="network">What was emulated between the parties.</param>
    /// <param name="result">The case.</param>
    public static AttentionLine Of(NetworkProfile network, CaseResult result)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(result);
        (LayerCase layer, LayerCosts costs, LayerCosts full) = (result.Case, result.Costs, result.Baseline);
        return new AttentionLine
        {
            Kind = Kind,
            Shape = layer.Shape.Name,
            Heads = layer.Shape.Heads,
            Size = layer.Shape.Size,
            Cached = layer.Cached,
            Static = layer.Kept.ToString(),
            Held = layer.Held,
            Policy = layer.Policy.Name,
            Attended = layer.Attended,
            AddedFlights = result.AddedFlights,
            FallsBackToFull = layer.FallsBack,
            Layers = layer.Layers,
            Network = network.Name,
            Source = result.Source.ToString().ToLowerInvariant(),
            Flights = costs.Totals.Flights,
            ServerToClientBytes = costs.Totals.ServerToClient,
            ClientToServerBytes = costs.Totals.ClientToServer,
            PreparedBytes = costs.Totals.Prepared,
            DealerBytes = costs.Totals.Tape,
            AllBytes = costs.All,
            Baseline = new BaselineCosts(
                full.Totals.Flights, full.Totals.ServerToClient, full.Totals.ClientToServer, full.Totals.Prepared, full.Totals.Tape, full.All),
            BytesByPurpose = Enum.GetValues<Purpose>().ToDictionary(BreakdownTable.Name, p => costs.ByPurpose[p]),
            OfflineSeconds = result.Measurement is null ? null : Timing.Of(result.Measurement.Offline),
            OnlineSeconds = result.Measurement is not null ? Timing.Of(result.Measurement.Online)
                : result.Online is TimeSpan difference ? Timing.Difference(difference)
                : null,
            PeakBytes = result.Measurement?.PeakBytes,
        };
    }
}
