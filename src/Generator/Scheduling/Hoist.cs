using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MPCache.Generator.Ir;
using MPCache.Generator.ProtocolIr;

namespace MPCache.Generator.Scheduling;

/// <summary>
/// Moves messages out from behind loops and branches that they do not depend on. Either is a barrier: what stands behind it would wait for
/// it. A message moves, with the local work that makes it, into a stretch before the loop if a flight that is there anyway can carry it; so
/// a stretch becomes shorter and none longer. A state that the block writes stays where it is, and so does whatever is read of it behind
/// the loop; of any other a read may come earlier.
/// </summary>
internal static class Hoist
{
    public static Function Apply(Function function) => function with { Body = Walk(function.Body) };

    private static Block Walk(Block block)
    {
        List<Op> ops = block.Ops.Select(o => o.WithBlocks(Walk)).ToList();
        HashSet<string> written = [.. ops.SelectMany(Written)];
        for (int loop = ops.FindIndex(o => o.Body is not null); loop >= 0; loop = ops.FindIndex(loop + 1, o => o.Body is not null))
        {
            Stretch before = new(ops.Take(loop).Reverse().TakeWhile(o => o.Body is null).Reverse());
            HashSet<int> moving = before.Joined(ops, loop, written);
            if (moving.Count > 0)
            {
                List<Op> moved = ops.Where((_, i) => moving.Contains(i)).ToList();
                List<Op> rest = ops.Where((_, i) => !moving.Contains(i)).ToList();
                rest.InsertRange(loop, moved);
                ops = rest;
                loop += moved.Count;
            }
        }

        return block with { Ops = ops.ToImmutableArray() };
    }

    /// <summary>The tensors and selections of states that an operation writes, in all rows and layers.</summary>
    private static IEnumerable<string> Written(Op op) => op.Body is not null ? op.Blocks.SelectMany(b => b.Ops.SelectMany(Written))
        : StateWrites.IsWrite(op) ? [StateWrites.Member(op)] : [];

    private static bool Stays(Op op, HashSet<string> written) => op.Body is not null || op.Kind is "check" or "reveal"
        || StateWrites.IsWrite(op)
        || (op.Kind.StartsWith("state.", StringComparison.Ordinal) && written.Contains(StateWrites.Member(op)));

    /// <summary>A stretch without loops: by when each of its values is there, in flights, and how many flights it has.</summary>
    private sealed class Stretch
    {
        private readonly Arrivals arrivals = new();
        private readonly int flights;

        public Stretch(IEnumerable<Op> ops)
        {
            foreach (Op op in ops)
            {
                flights = Math.Max(flights, arrivals.Add(op));
            }
        }

        /// <summary>The operations behind a loop whose messages the stretch's flights can carry, and those that they are made of.</summary>
        public HashSet<int> Joined(List<Op> ops, int loop, HashSet<string> written)
        {
            HashSet<int> late = [.. ops.Skip(loop).SelectMany(o => o.Results).Select(r => r.Id)];
            Dictionary<int, int> producer = [];
            HashSet<int> messages = [];
            for (int i = loop + 1; i < ops.Count; i++)
            {
                Op op = ops[i];
                bool fixedPlace = Stays(op, written) || op.Operands.Any(o => late.Contains(o) && !producer.ContainsKey(o));
                if (fixedPlace || (Communication.Communicates(op) && arrivals.Start(op) >= flights))
                {
                    continue;
                }

                arrivals.Add(op);
                foreach (Value result in op.Results)
                {
                    producer[result.Id] = i;
                }

                if (Communication.Communicates(op))
                {
                    messages.Add(i);
                }
            }

            HashSet<int> needed = [];
            foreach (int message in messages)
            {
                Need(message);
            }

            return needed;

            void Need(int index)
            {
                if (needed.Add(index))
                {
                    foreach (int operand in ops[index].Operands.Where(producer.ContainsKey))
                    {
                        Need(producer[operand]);
                    }
                }
            }
        }
    }
}
