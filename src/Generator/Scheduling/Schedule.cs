using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MPCache.Generator.Ir;
using static MPCache.Generator.ProtocolIr.Communication;

namespace MPCache.Generator.Scheduling;

/// <summary>
/// Orders a program by flights. Every operation that communicates is split into what is put into a flight and what is taken from it; each
/// goes into the earliest flight that its operands allow, and all that are ready share one message. A loop and a condition are barriers.
/// Writes of one tensor of a state stay in their order.
/// </summary>
internal sealed class Schedule
{
    private int flights;

    public static Function Apply(Function function) => function with { Body = new Schedule().Walk(function.Body) };

    private Block Walk(Block block)
    {
        ImmutableArray<Op>.Builder ordered = ImmutableArray.CreateBuilder<Op>();
        List<Op> segment = [];
        foreach (Op op in block.Ops)
        {
            if (op.Body is not null)
            {
                Segment(segment, ordered);
                segment = [];
                ordered.Add(op.WithBlocks(Walk));
            }
            else
            {
                segment.Add(op);
            }
        }

        Segment(segment, ordered);
        return block with { Ops = ordered.ToImmutable() };
    }

    private void Segment(List<Op> segment, ImmutableArray<Op>.Builder ordered)
    {
        Arrivals arrivals = new();
        Dictionary<int, int> depth = [];
        int last = -1;
        for (int i = 0; i < segment.Count; i++)
        {
            Op op = segment[i];
            depth[i] = arrivals.Start(op);
            last = Math.Max(last, depth[i]);
            arrivals.Add(op);
        }

        for (int stage = 0; stage <= last; stage++)
        {
            Op[] here = segment.Where((_, i) => depth[i] == stage).ToArray();
            ordered.AddRange(here.Where(o => !Communicates(o)));
            Op[] sent = here.Where(Communicates).ToArray();
            if (sent.Length == 0)
            {
                continue;
            }

            ordered.AddRange(sent.Select(o => o with { Kind = o.Kind + ".put" }));
            ordered.Add(new Op("flight", [], [], Attributes.Of(
                ("id", (long)flights++), ("server", sent.Any(SentByServer) ? 1L : 0L), ("client", sent.Any(SentByClient) ? 1L : 0L))));
            ordered.AddRange(sent.Select(o => new Op(o.Kind + ".take", [],
                MakesWhenTaken(o.Kind) ? [.. o.Operands, o.Result.Id] : [o.Result.Id], o.Attributes, o.Site)));
        }
    }
}
