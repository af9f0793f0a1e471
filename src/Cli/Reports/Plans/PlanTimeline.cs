using System.Collections.Generic;
using System.Linq;

namespace MPCache.Cli.Reports.Plans;

/// <summary>A flight, or a loop or branch with what is in it.</summary>
internal abstract record TimelineItem
{
    /// <summary>A plan's flights as a tree: a loop stands once, around what it repeats, and a branch around what happens in it.</summary>
    public static IReadOnlyList<TimelineItem> Of(PlanCosts plan) => Of(plan.Flights, 0);

    private static List<TimelineItem> Of(IReadOnlyList<FlightCost> flights, int depth)
    {
        List<TimelineItem> items = [];
        for (int i = 0; i < flights.Count;)
        {
            if (flights[i].Around.Count == depth)
            {
                items.Add(new TimelineFlight(flights[i++]));
                continue;
            }

            RegionCost region = flights[i].Around[depth];
            FlightCost[] inside = [.. flights.Skip(i).TakeWhile(f => f.Around.Count > depth && f.Around[depth].Number == region.Number)];
            IReadOnlyList<TimelineItem> body = Of(inside, depth + 1);
            items.Add(region is LoopCost loop ? new TimelineLoop(loop, body) : new TimelineBranch((BranchCost)region, body));
            i += inside.Length;
        }

        return items;
    }
}

/// <summary>A flight.</summary>
internal sealed record TimelineFlight(FlightCost Flight) : TimelineItem;

/// <summary>A loop.</summary>
internal sealed record TimelineLoop(LoopCost Loop, IReadOnlyList<TimelineItem> Body) : TimelineItem;

/// <summary>A branch.</summary>
internal sealed record TimelineBranch(BranchCost Branch, IReadOnlyList<TimelineItem> Body) : TimelineItem;
