using System.Collections.Generic;
using System.Linq;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Passes;

/// <summary>
/// Gives every value its ring. A value needs two bits more than its interval; beyond that, rings are demanded by who uses a value
/// (<see cref="RingDemands"/>), and every gate gives what is demanded where it can (<see cref="RingAssignment"/>).
/// <para>Where an extension stands is a choice: a gate may also give no more than its interval needs, and be extended behind, beside other
/// flights, rather than demand a larger ring of all before it. Every gate that waits for an extension is tried, and what makes the longest
/// chains shorter is kept. Choices are compared by sketches; one function is built.</para>
/// </summary>
internal static class Rings
{
    public static Function Apply(Function function)
    {
        RingProgram program = new(function);
        HashSet<int> small = [];
        Sketch best = RingAssignment.Of(program, small);
        WideProducts wide = new(best);
        foreach (int candidate in Waiting(best).Concat(program.Squared))
        {
            small.Add(candidate);
            Sketch sketch = RingAssignment.Of(program, small);
            WideProducts other = new(sketch);
            if (other.Flights < wide.Flights)
            {
                (best, wide) = (sketch, other);
            }
            else
            {
                small.Remove(candidate);
            }
        }

        return wide.Rewrite(best.Build());
    }

    /// <summary>Gates that give larger rings than they need of values that are extended right before them, local steps aside.</summary>
    private static List<int> Waiting(Sketch sketch)
    {
        HashSet<int> extended = [];
        HashSet<int> behind = [];
        Visit(sketch.Body);
        return [.. sketch.Larger.Where(behind.Contains)];

        void Visit(SketchBlock block)
        {
            foreach (SketchStep step in block.Steps)
            {
                foreach (SketchBlock inner in step.Blocks)
                {
                    Visit(inner);
                }

                if (step.Blocks.Length == 0 && (step.Kind == "extend" || step.Operands.Any(extended.Contains)))
                {
                    (step.Kind == "extend" || step.Flights == 0 ? extended : behind).UnionWith(step.Results);
                }
            }
        }
    }
}
