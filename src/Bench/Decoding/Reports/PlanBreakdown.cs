using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Contract;

namespace MPCache.Bench.Decoding.Reports;

/// <summary>What a gate, or an expression of the author's, costs in a call.</summary>
/// <param name="Name">The gate or the expression.</param>
/// <param name="Online">Bytes of both directions.</param>
/// <param name="Prepared">Bytes of the prepared message.</param>
/// <param name="Tape">Bytes from the dealer.</param>
/// <param name="Flights">Flights in which it has a part.</param>
internal sealed record CostShare(string Name, long Online, long Prepared, long Tape, long Flights)
{
    /// <summary>All bytes.</summary>
    public long All => Online + Prepared + Tape;
}

/// <summary>The bytes of a plan by gate and by expression.</summary>
internal static class PlanBreakdown
{
    /// <summary>What messages' headers are called.</summary>
    public const string Headers = "headers";

    /// <summary>The costs by gate, the largest first.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="dimension">The value of each dimension.</param>
    public static IReadOnlyList<CostShare> ByGate(Plan plan, Func<string, long> dimension) => Sum(plan, dimension, (gate, _) => gate);

    /// <summary>The costs by the author's expression, the largest first.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="dimension">The value of each dimension.</param>
    public static IReadOnlyList<CostShare> ByExpression(Plan plan, Func<string, long> dimension) =>
        Sum(plan, dimension, (gate, expression) => expression.Length > 0 ? expression : gate);

    /// <summary>The costs of several calls.</summary>
    /// <param name="calls">Those of each call.</param>
    public static IReadOnlyList<CostShare> Together(IEnumerable<IReadOnlyList<CostShare>> calls) =>
    [
        .. calls.SelectMany(c => c).GroupBy(c => c.Name).Select(g => new CostShare(
            g.Key, g.Sum(s => s.Online), g.Sum(s => s.Prepared), g.Sum(s => s.Tape), g.Sum(s => s.Flights))).OrderByDescending(s => s.All),
    ];

    private static CostShare[] Sum(Plan plan, Func<string, long> dimension, Func<string, string, string> key)
    {
        ArgumentNullException.ThrowIfNull(plan);
        Dictionary<string, CostShare> sums = [];
        Visit(plan.Nodes, dimension);
        PlanTotals totals = plan.Evaluate(dimension);
        long header = totals.Prepared > 0 ? Wire.HeaderBytes : 0;
        Add(Headers, new CostShare(Headers, 0, header, 0, 0));
        return [.. sums.Values.Where(s => s.All > 0).OrderByDescending(s => s.All)];

        void Add(string name, CostShare more)
        {
            CostShare sum = sums.GetValueOrDefault(name) ?? new CostShare(name, 0, 0, 0, 0);
            sums[name] = new CostShare(
                name, sum.Online + more.Online, sum.Prepared + more.Prepared, sum.Tape + more.Tape, sum.Flights + more.Flights);
        }

        void Visit(IReadOnlyList<PlanNode> nodes, Func<string, long> at)
        {
            foreach (PlanNode node in nodes)
            {
                switch (node)
                {
                    case FlightNode flight:
                        int messages = (flight.ServerSends ? 1 : 0) + (flight.ClientSends ? 1 : 0);
                        Add(Headers, new CostShare(Headers, messages * Wire.HeaderBytes, 0, 0, 0));
                        foreach (IGrouping<string, PlanEntry> part in flight.Entries.GroupBy(e => key(e.Gate, e.Expression)))
                        {
                            long bytes = part.Sum(e => e.ServerToClient.Evaluate(at) + e.ClientToServer.Evaluate(at));
                            Add(part.Key, new CostShare(part.Key, bytes, 0, 0, 1));
                        }

                        break;
                    case TapeNode tape:
                        Add(key(tape.Gate, tape.Expression), new CostShare("", 0, 0, tape.Bytes.Evaluate(at), 0));
                        break;
                    case PreparedNode prepared:
                        Add(key(prepared.Gate, prepared.Expression), new CostShare("", 0, prepared.Bytes.Evaluate(at), 0, 0));
                        break;
                    case IfNode choice:
                        Visit(choice.Taken(at), at);
                        break;
                    case LoopNode loop:
                        for (long i = loop.Low.Evaluate(at), high = loop.High.Evaluate(at); i < high; i++)
                        {
                            long index = i;
                            Visit(loop.Body, name => name == loop.Index ? index : at(name));
                        }

                        break;
                }
            }
        }
    }
}
