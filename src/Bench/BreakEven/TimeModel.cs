using System;
using MPCache.Bench.Costs;
using MPCache.Bench.Layers;
using MPCache.Transport;

namespace MPCache.Bench.BreakEven;

/// <summary>
/// How long a step takes on a network that was not measured: a latency a flight, the larger message of each flight at the bandwidth of a
/// direction, and what it took over loopback, where the programs for a local network ran.
/// </summary>
/// <param name="Full">Full attention over loopback.</param>
/// <param name="Policy">The policy over loopback.</param>
internal sealed record TimeModel(LinearFit Full, LinearFit Policy)
{
    private const int Step = 16;

    /// <summary>The times of a step and of as many layers of full attention over all tokens that were ever cached.</summary>
    public (double Policy, double Full) At(LayerCase layer, NetworkProfile network)
    {
        ArgumentNullException.ThrowIfNull(layer);
        ArgumentNullException.ThrowIfNull(network);
        layer = layer with { Network = network.Programs };
        LayerCosts full = LayerCosts.Of(layer.Baseline).Times(layer.Layers);
        double compute = layer.FallsBack ? Full.At(layer.Held) * layer.Layers : Policy.At(layer.Held);
        return (
            LayerCosts.Of(layer).On(network).TotalMilliseconds + compute,
            full.On(network).TotalMilliseconds + (Full.At(layer.Cached) * layer.Layers));
    }

    /// <summary>
    /// The number of cached tokens, a multiple of 16, from which on the policy takes less time than full attention at every length up to
    /// the largest; null where there is none.
    /// </summary>
    /// <param name="layer">The policy, the shape and the share that static eviction leaves.</param>
    /// <param name="network">The network.</param>
    /// <param name="largest">The largest number of cached tokens.</param>
    public int? Crossing(LayerCase layer, NetworkProfile network, int largest)
    {
        ArgumentNullException.ThrowIfNull(layer);
        int? from = null;
        for (int cached = largest / Step * Step; cached >= Step; cached -= Step)
        {
            (double mine, double full) = At(layer with { Cached = cached }, network);
            if (mine >= full)
            {
                break;
            }

            from = cached;
        }

        return from;
    }
}
