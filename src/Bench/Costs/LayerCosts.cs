using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Bench.Layers;
using MPCache.Contract;
using MPCache.Transport;

namespace MPCache.Bench.Costs;

/// <summary>What a case costs by its plan, without having been run.</summary>
/// <param name="Totals">Flights and bytes.</param>
/// <param name="LargerBytes">Of each flight the bytes of its larger message, summed.</param>
/// <param name="ByPurpose">The bytes by purpose, tape and both directions.</param>
internal sealed record LayerCosts(PlanTotals Totals, long LargerBytes, IReadOnlyDictionary<Purpose, long> ByPurpose)
{
    private const int BitsPerByte = 8;

    /// <summary>Online bytes of both directions.</summary>
    public long Online => Totals.ServerToClient + Totals.ClientToServer;

    /// <summary>All bytes: both directions, the prepared message and the tape.</summary>
    public long All => Online + Totals.Prepared + Totals.Tape;

    /// <summary>Evaluates the plan of a case.</summary>
    /// <exception cref="MPCacheException">There are more tokens than the programs take.</exception>
    public static LayerCosts Of(LayerCase layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        if (layer.FallsBack)
        {
            LayerCosts full = Of(layer with { Policy = LayerPolicy.Full });
            return full.Times(layer.Layers);
        }

        IReadOnlyDictionary<string, long> dimensions = layer.Dimensions;
        Plan plan = layer.Program.Interface.Plan;
        long At(string name) => dimensions[name];
        LayerCosts costs = new(plan.Evaluate(At), Larger(plan.Nodes, At), GateCosts.Of(plan, At));
        return layer.Policy.Less is null ? costs : costs.Plus(Of(layer with { Policy = layer.Policy.Less }), -1);
    }

    /// <summary>How long the network takes: one latency a flight, and the larger message of each at the bandwidth of a direction.</summary>
    public TimeSpan On(NetworkProfile network)
    {
        ArgumentNullException.ThrowIfNull(network);
        double seconds = network.BitsPerSecond is long rate ? (double)LargerBytes * BitsPerByte / rate : 0;
        return (network.Latency * Totals.Flights) + TimeSpan.FromSeconds(seconds);
    }

    /// <summary>The costs of as many layers.</summary>
    public LayerCosts Times(int layers) => Plus(this, layers - 1);

    private LayerCosts Plus(LayerCosts other, int times) => new(
        Totals + (other.Totals * times), LargerBytes + (other.LargerBytes * times),
        ByPurpose.ToDictionary(p => p.Key, p => p.Value + (other.ByPurpose[p.Key] * times)));

    private static long Larger(IReadOnlyList<PlanNode> nodes, Func<string, long> at) => nodes.Sum(node => node switch
    {
        FlightNode flight => Math.Max(
            flight.Entries.Sum(e => e.ServerToClient.Evaluate(at)) + (flight.ServerSends ? Wire.HeaderBytes : 0),
            flight.Entries.Sum(e => e.ClientToServer.Evaluate(at)) + (flight.ClientSends ? Wire.HeaderBytes : 0)),
        IfNode choice => Larger(choice.Taken(at), at),
        LoopNode loop => Iterations(loop, at).Sum(inside => Larger(loop.Body, inside)),
        _ => 0,
    });

    private static IEnumerable<Func<string, long>> Iterations(LoopNode loop, Func<string, long> outside)
    {
        long high = loop.High.Evaluate(outside);
        for (long i = loop.Low.Evaluate(outside); i < high; i++)
        {
            long at = i;
            yield return name => name == loop.Index ? at : outside(name);
        }
    }
}
