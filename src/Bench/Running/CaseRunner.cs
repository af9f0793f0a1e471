using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Bench.Costs;
using MPCache.Bench.Layers;
using MPCache.Transport;

namespace MPCache.Bench.Running;

/// <summary>Runs cases, those of as many tokens in one session after the other, and puts measurements beside plans.</summary>
/// <param name="network">What is emulated between server and client.</param>
/// <param name="repeat">How often each case is run.</param>
/// <param name="largest">The most tokens with which a case is run; above it only the plan counts.</param>
/// <param name="progress">Where progress is reported to.</param>
internal sealed class CaseRunner(NetworkProfile network, int repeat, int largest, Action<string> progress)
{
    /// <summary>Runs cases.</summary>
    /// <param name="cases">The cases.</param>
    /// <param name="cancellation">Ends the runs.</param>
    /// <returns>Their costs, in the same order.</returns>
    public async Task<IReadOnlyList<CaseResult>> RunAsync(IReadOnlyList<LayerCase> cases, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(cases);
        LayerCosts[] costs = [.. cases.Select(LayerCosts.Of)];
        Dictionary<LayerCase, Measurement> measured = [];
        foreach (IGrouping<(LayerShape Shape, int Held), LayerCase> group in cases.SelectMany(Needed).Distinct()
            .Where(c => c.Held <= largest).GroupBy(c => (c.Shape, c.Held)))
        {
            await MeasureAsync(group.Key.Shape, group.Key.Held, [.. group], measured, cancellation).ConfigureAwait(false);
        }

        return [.. cases.Select((c, i) => Result(c, costs[i], measured))];
    }

    /// <summary>What must be run for a case: itself, or the two cases of which it is the difference.</summary>
    private static IEnumerable<LayerCase> Needed(LayerCase layer) =>
        layer.FallsBack && layer.Layers > 1 ? []
        : layer.FallsBack || layer.Policy.Less is null ? [layer]
        : [Pair(layer), layer with { Policy = layer.Policy.Less }];

    private static LayerCase Pair(LayerCase layer) =>
        layer with { Policy = LayerPolicy.All.Single(p => p.Program == layer.Policy.Program && p.Less is null) };

    private static CaseResult Result(LayerCase layer, LayerCosts costs, Dictionary<LayerCase, Measurement> measured)
    {
        Measurement? own = measured.GetValueOrDefault(layer);
        TimeSpan? online = own?.MedianOnline;
        if (own is null && layer.Policy.Less is not null && measured.TryGetValue(Pair(layer), out Measurement? pair)
            && measured.TryGetValue(layer with { Policy = layer.Policy.Less }, out Measurement? single))
        {
            online = pair.MedianOnline - single.MedianOnline;
        }

        LayerCosts full = LayerCosts.Of(layer.Baseline);
        TimeSpan? fullOnline = measured.GetValueOrDefault(layer.Baseline)?.MedianOnline;
        return new CaseResult(layer, costs, full.Times(layer.Layers), own, online, fullOnline * layer.Layers);
    }

    private async Task MeasureAsync(
        LayerShape shape, int held, IReadOnlyList<LayerCase> cases, Dictionary<LayerCase, Measurement> measured,
        CancellationToken cancellation)
    {
        progress(FormattableString.Invariant($"{shape.Name}: a cache of {held} tokens"));
        LayerSession session = await LayerSession.StartAsync(new LayerTokens(shape, held), network, cancellation).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            // What is the same program with the same dimensions is run once, such as every policy that falls back.
            foreach (IGrouping<string, LayerCase> same in cases.GroupBy(Call))
            {
                Measurement measurement = await session.RunAsync(same.First(), repeat, cancellation).ConfigureAwait(false);
                string policies = string.Join(", ", same.Select(c => c.Policy.Name).Distinct());
                progress(FormattableString.Invariant($"  {policies}: {measurement.MedianOnline.TotalMilliseconds:0.0} ms online"));
                foreach (LayerCase layer in same)
                {
                    measured[layer] = measurement;
                }
            }
        }
    }

    private static string Call(LayerCase layer) =>
        $"{layer.Program.Interface.Name} {string.Join(' ', layer.Dimensions.Select(d => FormattableString.Invariant($"{d.Value}")))}";
}
