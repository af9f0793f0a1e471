using System;
using System.Collections.Generic;
using System.Linq;

namespace MPCache.Cli.Reports.Plans;

/// <summary>What became of a line of a plan.</summary>
internal enum PlanChangeKind
{
    /// <summary>It was not there before.</summary>
    Added,

    /// <summary>It is there no more.</summary>
    Removed,

    /// <summary>It costs something else.</summary>
    Changed,
}

/// <summary>A line that differs; null on the side where there is none.</summary>
internal sealed record PlanChange(PlanChangeKind Kind, PlanLine? Before, PlanLine? After)
{
    /// <summary>The line itself, as it is now or as it was.</summary>
    public PlanLine Line => After ?? Before!;
}

/// <summary>One total of both plans.</summary>
internal sealed record TotalChange(string Name, long Before, long After);

/// <summary>Two plans side by side: the totals, and every line that differs.</summary>
internal sealed class PlanComparison
{
    /// <summary>Compares.</summary>
    /// <param name="before">The plan from before.</param>
    /// <param name="after">The plan as it is now.</param>
    public PlanComparison(PlanCosts before, PlanCosts after)
    {
        Before = before;
        After = after;
        Totals =
        [
            new("flights", before.Totals.Flights, after.Totals.Flights),
            new("server→client bytes", before.Totals.ServerToClient, after.Totals.ServerToClient),
            new("client→server bytes", before.Totals.ClientToServer, after.Totals.ClientToServer),
            new("prepared bytes", before.Totals.Prepared, after.Totals.Prepared),
            new("dealer→client bytes", before.Totals.Tape, after.Totals.Tape),
        ];
        IReadOnlyList<PlanLine> old = PlanLine.Of(before);
        IReadOnlyList<PlanLine> now = PlanLine.Of(after);
        Dictionary<(string, string), PlanLine> was = old.ToDictionary(Key);
        HashSet<(string, string)> kept = [.. now.Select(Key)];
        Changes =
        [
            .. now.Where(n => was.GetValueOrDefault(Key(n)) != n).Select(n => was.TryGetValue(Key(n), out PlanLine? o)
                ? new PlanChange(PlanChangeKind.Changed, o, n)
                : new PlanChange(PlanChangeKind.Added, null, n)),
            .. old.Where(o => !kept.Contains(Key(o))).Select(o => new PlanChange(PlanChangeKind.Removed, o, null)),
        ];
    }

    /// <summary>The plan from before.</summary>
    public PlanCosts Before { get; }

    /// <summary>The plan as it is now.</summary>
    public PlanCosts After { get; }

    /// <summary>Flights and bytes of both.</summary>
    public IReadOnlyList<TotalChange> Totals { get; }

    /// <summary>What differs: what is there now in the order of the program, then what is gone.</summary>
    public IReadOnlyList<PlanChange> Changes { get; }

    /// <summary>The totals that have grown.</summary>
    public IEnumerable<TotalChange> Increases => Totals.Where(t => t.After > t.Before);

    /// <summary>Dimensions that are not of the same size in both; a plan without the dimension has none.</summary>
    public IEnumerable<(string Name, long? Before, long? After)> Sizes =>
        from name in Before.Dimensions.Keys.Union(After.Dimensions.Keys).Order(StringComparer.Ordinal)
        let was = Before.Dimensions.TryGetValue(name, out long b) ? b : (long?)null
        let now = After.Dimensions.TryGetValue(name, out long a) ? a : (long?)null
        where was != now
        select (name, was, now);

    private static (string, string) Key(PlanLine line) => (line.Expression, line.Gate);
}
