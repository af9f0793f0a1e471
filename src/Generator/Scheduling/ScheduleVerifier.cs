using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Generator.Ir;
using MPCache.Generator.ProtocolIr;

namespace MPCache.Generator.Scheduling;

/// <summary>
/// Proves of every stretch between loops and branches that it has as many flights as its longest chain of messages, and that every message
/// is put before its flight and taken right behind it: no flight can be merged or left out without breaking a dependency. Proves too that a
/// state is written in the order of the program.
/// </summary>
internal static class ScheduleVerifier
{
    /// <exception cref="InvalidOperationException">A flight is missing, superfluous, or in the wrong place.</exception>
    public static void Verify(Function protocol, Function scheduled) => Verify(protocol.Body, scheduled.Body);

    private static void Verify(Block protocol, Block scheduled)
    {
        List<int> chains = Chains(protocol).ToList();
        List<int> flights = Flights(scheduled).ToList();
        if (!chains.SequenceEqual(flights))
        {
            throw new InvalidOperationException(
                $"the longest chains of messages are ({string.Join(", ", chains)}), the flights ({string.Join(", ", flights)})");
        }

        Order(scheduled);
        Writes(protocol, scheduled);
        foreach ((Block source, Block placed) in protocol.Ops.SelectMany(o => o.Blocks)
            .Zip(scheduled.Ops.SelectMany(o => o.Blocks), (a, b) => (a, b)))
        {
            Verify(source, placed);
        }
    }

    /// <summary>The longest chain of messages of each stretch, computed from the unscheduled program.</summary>
    private static IEnumerable<int> Chains(Block block)
    {
        Dictionary<int, int> depth = [];
        Dictionary<string, int> written = [];
        int longest = 0;
        foreach (Op op in block.Ops)
        {
            if (op.Body is not null)
            {
                yield return longest;
                depth.Clear();
                written.Clear();
                longest = 0;
                continue;
            }

            string? target = StateWrites.Target(op);
            int before = op.Operands.Select(o => depth.TryGetValue(o, out int d) ? d : 0).DefaultIfEmpty(0)
                .Append(target is not null && written.TryGetValue(target, out int earlier) ? earlier : 0).Max();
            if (target is not null)
            {
                written[target] = before;
            }

            int after = Communication.Communicates(op) ? before + 1 : before;
            foreach (Value result in op.Results)
            {
                depth[result.Id] = after;
            }

            longest = Math.Max(longest, after);
        }

        yield return longest;
    }

    private static void Writes(Block protocol, Block scheduled)
    {
        static ILookup<string, int> Of(Block block) => block.Ops.Where(StateWrites.IsWrite)
            .ToLookup(o => StateWrites.Target(o)!, o => o.Result.Id, StringComparer.Ordinal);

        ILookup<string, int> placed = Of(scheduled);
        foreach (IGrouping<string, int> writes in Of(protocol).Where(w => !w.SequenceEqual(placed[w.Key])))
        {
            throw new InvalidOperationException($"{writes.Key} is not written in the order of the program");
        }
    }

    private static IEnumerable<int> Flights(Block block)
    {
        int flights = 0;
        foreach (Op op in block.Ops)
        {
            if (op.Body is not null)
            {
                yield return flights;
                flights = 0;
            }
            else if (op.Kind == "flight")
            {
                flights++;
            }
        }

        yield return flights;
    }

    private static void Order(Block block)
    {
        HashSet<int> ready = [.. block.Parameters.Select(p => p.Id)];
        HashSet<int> inside = [.. block.Ops.SelectMany(o => o.Results).Select(r => r.Id)];
        List<int> put = [];
        Queue<int> due = new();
        foreach (Op op in block.Ops)
        {
            if (op.Kind.EndsWith(".take", StringComparison.Ordinal))
            {
                int taken = op.Operands.Last();
                if (due.Count == 0 || due.Dequeue() != taken)
                {
                    throw new InvalidOperationException($"%{taken} is not taken in the order in which it was put");
                }

                ready.Add(taken);
                continue;
            }

            if (due.Count > 0)
            {
                throw new InvalidOperationException($"%{due.Peek()} has not been taken behind its flight");
            }

            if (op.Kind == "flight")
            {
                due = new Queue<int>(put);
                put = [];
                continue;
            }

            foreach (int missing in op.Operands.Where(o => inside.Contains(o) && !ready.Contains(o)))
            {
                throw new InvalidOperationException($"{op.Kind} uses %{missing} before it has arrived");
            }

            if (op.Kind.EndsWith(".put", StringComparison.Ordinal))
            {
                put.Add(op.Result.Id);
            }
            else
            {
                ready.UnionWith(op.Results.Select(r => r.Id));
            }
        }

        if (put.Count > 0 || due.Count > 0)
        {
            throw new InvalidOperationException("a message is never sent or never taken");
        }
    }
}
