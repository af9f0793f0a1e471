using System;
using System.Collections.Generic;

namespace MPCache.Generator.Passes;

/// <summary>
/// How many flights a sketched function will take, by its longest chains: what choices are compared by before anything is built. The stretches
/// between loops and branches count each for itself, those of a loop as often as it is taken to run, those of both branches.
/// </summary>
internal sealed class Chains
{
    /// <summary>What a loop's step counts, whose number is no constant.</summary>
    private const int LoopSteps = 16;

    private readonly List<SketchStep> steps = [];
    private readonly List<Stretch> stretches = [];

    // Of each value: the stretch that gives it, and when; what other stretches give is there from the start.
    private readonly int[] home;
    private readonly int[] times;

    // Of each step: the operand that it reads early, and what it reads in its place.
    private readonly List<EarlyOperand> early = [];
    private readonly List<int> longest = [];

    /// <param name="sketch">The function.</param>
    public Chains(Sketch sketch)
    {
        home = new int[sketch.Count];
        times = new int[sketch.Count];
        for (int id = 0; id < home.Length; id++)
        {
            home[id] = -1;
        }

        Lay(sketch.Body, 1);
        for (int i = 0; i < stretches.Count; i++)
        {
            longest.Add(Longest(i));
            Flights += stretches[i].Times * longest[i];
        }
    }

    /// <summary>The flights of all stretches.</summary>
    public int Flights { get; private set; }

    /// <summary>The operations in program order, those of blocks behind the operation that they belong to.</summary>
    public IReadOnlyList<SketchStep> Steps => steps;

    /// <summary>Whether they become fewer where a product reads an operand as it was before.</summary>
    /// <param name="step">The product's place among the steps.</param>
    /// <param name="operand">What it reads early.</param>
    public bool Shorten(int step, EarlyOperand operand)
    {
        EarlyOperand before = early[step];
        int stretch = home[steps[step].Results[0]];
        early[step] = operand;
        bool shorten = Longest(stretch) < longest[stretch];
        early[step] = before;
        return shorten;
    }

    /// <summary>Lets a product read an operand as it was before.</summary>
    /// <param name="step">The product's place among the steps.</param>
    /// <param name="operand">What it reads early.</param>
    public void Read(int step, EarlyOperand operand)
    {
        int stretch = home[steps[step].Results[0]];
        early[step] = operand;
        int needed = Longest(stretch);
        Flights += stretches[stretch].Times * (needed - longest[stretch]);
        longest[stretch] = needed;
    }

    private void Lay(SketchBlock block, int count)
    {
        int first = steps.Count;
        foreach (SketchStep step in block.Steps)
        {
            if (step.Blocks.Length == 0)
            {
                foreach (int result in step.Results)
                {
                    home[result] = stretches.Count;
                }
            }

            steps.Add(step);
            early.Add(EarlyOperand.None);
            if (step.Blocks.Length > 0)
            {
                stretches.Add(new Stretch(first, steps.Count - 1, count));
                foreach (SketchBlock inner in step.Blocks)
                {
                    // A session takes one of two branches, and a choice that shortens either is a good one.
                    Lay(inner, step.Kind == "if" ? count : count * LoopSteps);
                }

                first = steps.Count;
            }
        }

        stretches.Add(new Stretch(first, steps.Count, count));
    }

    private int Longest(int stretch)
    {
        int longest = 0;
        for (int i = stretches[stretch].First; i < stretches[stretch].End; i++)
        {
            SketchStep step = steps[i];
            int start = 0;
            foreach (int operand in step.Operands)
            {
                int source = operand == early[i].Operand ? early[i].Source : operand;
                start = home[source] == stretch ? Math.Max(start, times[source]) : start;
            }

            int done = start + step.Flights;
            longest = Math.Max(longest, done);
            foreach (int result in step.Results)
            {
                times[result] = done;
            }
        }

        return longest;
    }

    private readonly record struct Stretch(int First, int End, int Times);
}

/// <summary>An operand of a product, and the value that is read in its place: as it was before it was extended.</summary>
internal readonly record struct EarlyOperand(int Operand, int Source)
{
    public static readonly EarlyOperand None = new(-1, -1);
}
