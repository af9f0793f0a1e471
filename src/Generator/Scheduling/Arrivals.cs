using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Generator.Ir;
using MPCache.Generator.ProtocolIr;

namespace MPCache.Generator.Scheduling;

/// <summary>How many flights of a stretch without loops and branches have come when each of its operations can begin.</summary>
internal sealed class Arrivals
{
    private readonly Dictionary<int, int> available = [];
    private readonly Dictionary<string, int> written = new(StringComparer.Ordinal);

    /// <summary>Flights before the operation: what it reads has come, and what it writes was written as the program said before.</summary>
    public int Start(Op op)
    {
        int start = op.Operands.Select(o => available.TryGetValue(o, out int at) ? at : 0).DefaultIfEmpty(0).Max();
        return StateWrites.Target(op) is string target && written.TryGetValue(target, out int before) ? Math.Max(start, before) : start;
    }

    /// <summary>Adds the next operation of the stretch.</summary>
    /// <returns>Flights when its results are there.</returns>
    public int Add(Op op)
    {
        int start = Start(op);
        int done = Communication.Communicates(op) ? start + 1 : start;
        foreach (Value result in op.Results)
        {
            available[result.Id] = done;
        }

        if (StateWrites.Target(op) is string target)
        {
            written[target] = start;
        }

        return done;
    }
}
