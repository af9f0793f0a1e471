using System;
using MPCache.Bench.Costs;
using MPCache.Bench.Layers;

namespace MPCache.Bench.Running;

/// <summary>Where a case's figures come from.</summary>
internal enum CostSource
{
    /// <summary>The plan alone; flights and bytes are exact: a session fails where a run differs from its plan.</summary>
    Planned,

    /// <summary>Runs between two parties, each equal to its plan.</summary>
    Measured,

    /// <summary>The difference of two measured cases.</summary>
    Derived,
}

/// <summary>A case with its costs.</summary>
/// <param name="Case">The case.</param>
/// <param name="Costs">What its plan says.</param>
/// <param name="Baseline">What full attention over all tokens costs, as many layers of it.</param>
/// <param name="Measurement">What runs took; null where it was not run, or its times are those of others.</param>
/// <param name="Online">The online time; null where it was not run.</param>
/// <param name="BaselineOnline">The baseline's; null where that was not run.</param>
internal sealed record CaseResult(
    LayerCase Case, LayerCosts Costs, LayerCosts Baseline, Measurement? Measurement, TimeSpan? Online, TimeSpan? BaselineOnline)
{
    /// <summary>Flights that selecting costs: those beyond full attention to as many tokens as take part.</summary>
    public long AddedFlights => Costs.Totals.Flights - (LayerCosts.Of(Case.Ideal).Totals.Flights * Case.Layers);

    /// <summary>Where the figures come from.</summary>
    public CostSource Source =>
        Measurement is not null ? CostSource.Measured : Online is not null ? CostSource.Derived : CostSource.Planned;
}
