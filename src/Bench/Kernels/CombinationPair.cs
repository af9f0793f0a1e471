using System;
using MPCache.Execution;

namespace MPCache.Bench.Kernels;

/// <summary>A combination of masked values, and the loop over a plane that is the same by hand.</summary>
/// <param name="Name">What it does.</param>
/// <param name="Rows">Rows of the result.</param>
/// <param name="Length">Words of each.</param>
/// <param name="Loop">The loop by hand.</param>
/// <param name="X">Its first operand.</param>
/// <param name="Y">Its second, where there is one.</param>
/// <param name="Combine">The combination.</param>
internal sealed record CombinationPair(
    string Name, int Rows, int Length, CombinationsByHand.Plane Loop, RingValue X, RingValue Y, Func<Run, RingValue> Combine)
{
    /// <summary>A run makes so many values at least: single calls are shorter than what starts a run.</summary>
    private const int ValuesARun = 1 << 17;

    private static readonly GateStage Stage = new();

    private int Count => Rows * Length;

    /// <summary>Both as a kernel.</summary>
    public Kernel Kernel()
    {
        int repeats = Math.Max(1, ValuesARun / Count);
        string size = FormattableString.Invariant($"{Rows} × {Length} values");
        return new Kernel($"fused {Name}", size, (double)repeats * Count, "values", () => Repeat(repeats, Combine))
        {
            ByHand = () => Repeat(repeats, ByHand),
        };
    }

    /// <summary>What both compute: the first plane, then the second.</summary>
    public (ulong[] Fused, ulong[] ByHand) Results()
    {
        (RingValue fused, RingValue byHand) = (Combine(Stage.Server()), ByHand(Stage.Server()));
        return ([.. fused.First, .. fused.Second], [.. byHand.First, .. byHand.Second]);
    }

    private static void Repeat(int repeats, Func<Run, RingValue> combine)
    {
        Run run = Stage.Server();
        for (int i = 0; i < repeats; i++)
        {
            run.Free(combine(run));
        }
    }

    private RingValue ByHand(Run run)
    {
        RingValue z = new(run.Rent(Count), run.Rent(Count), Count);
        Loop(X.First, Y.First, z.First, Rows);
        Loop(X.Second, Y.Second, z.Second, Rows);
        return z;
    }
}
