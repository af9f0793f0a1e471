using System.Collections.Generic;
using System.Linq;

namespace MPCache.Cli.Reports.Plans;

/// <summary>A flight, or a loop with what is in it.</summary>
internal abstract record TimelineItem
{
    /// <summary>A plan's flights as a tree: a loop stands once, around what it repeats.</summary>
    public static IReadOnlyList<TimelineItem> Of(PlanCosts plan) => Of(plan.Flights, 0);

    private static List<TimelineItem> Of(IReadOnlyList<FlightCost> flights, int depth)
    {
        List<TimelineItem> items = [];
        for (int i = 0; i < flights.Count;)
        {
            if (flights[i].Loops.Count == depth)
            {
                items.Add(new TimelineFlight(flights[i++]));
                continue;
            }

            LoopCost loop = flights[i].Loops[depth];
            FlightCost[] inside = [.. flights.Skip(i).TakeWhile(f => f.Loops.Count > depth && f.Loops[depth].Number == loop.Number)];
            items.Add(new TimelineLoop(loop, Of(inside, depth + 1)));
            i += inside.Length;
        }

        return items;
    }
}

/// <summary>A flight.</summary>
internal sealed record TimelineFlight(FlightCost Flight) : TimelineItem;

/// <summary>A loop.</summary>
internal sealed record TimelineLoop(LoopCost Loop, IReadOnlyList<TimelineItem> Body) : TimelineItem;
