using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Passes;

/// <summary>
/// A function whose rings are chosen, before it is written: its operations by reference, narrowings and extensions where they are placed. What
/// choices are compared by; only the chosen one is built.
/// </summary>
internal sealed class Sketch
{
    private readonly RingProgram program;
    private readonly RingDemands demands;
    private readonly List<int> originals;
    private readonly List<int> rings;
    private readonly int[] current;

    public Sketch(RingProgram program, RingDemands demands)
    {
        this.program = program;
        this.demands = demands;
        current = new int[program.Values.Length];
        originals = new(2 * current.Length);
        rings = new(2 * current.Length);
        for (int id = 0; id < current.Length; id++)
        {
            originals.Add(id);
            rings.Add(Undefined);
            current[id] = id;
        }
    }

    /// <summary>The ring of a value that is not defined.</summary>
    private const int Undefined = -1;

    /// <summary>What leaves the function, and its operations.</summary>
    public SketchBlock Body { get; set; } = new([], [], []);

    /// <summary>Gates that give a larger ring than their interval needs, in the order of their numbers.</summary>
    public SortedSet<int> Larger { get; } = [];

    /// <summary>One more than the largest number of a value.</summary>
    public int Count => rings.Count;

    /// <summary>Bits of a value's ring.</summary>
    public int Ring(int value) => rings[value];

    /// <summary>Bits that a value's interval needs.</summary>
    public int Required(int value, Op at) => program.Required(originals[value], at);

    /// <summary>The same, of a value that was already found to have a ring.</summary>
    public int Required(int value) => program.Values[originals[value]].Tensor.Number!.RequiredRing;

    public Form Form(int value) => program.Values[originals[value]].Tensor.Form;

    /// <summary>What stands for one of the program's values where it is read.</summary>
    public int Current(int value) => current[value];

    public void Replace(int value, int by) => current[value] = by;

    public int Define(int value, int ring)
    {
        rings[value] = ring;
        return value;
    }

    /// <summary>A new value, what another is in another ring.</summary>
    public int Add(int of, int ring)
    {
        originals.Add(originals[of]);
        rings.Add(ring);
        return rings.Count - 1;
    }

    /// <summary>The function that is sketched.</summary>
    public Function Build() => program.Function with { Body = Build(Body, program.Body.Block) };

    private Block Build(SketchBlock block, Block original) => new(
        [.. block.Parameters.Select(Value)], [.. block.Steps.Select(Build)], [.. block.Yields])
    {
        Observed = Observed(original),
    };

    private Op Build(SketchStep step)
    {
        ImmutableArray<Value> results = [.. step.Results.Select(Value)];
        if (step.Op is null)
        {
            return new Op(step.Kind, results, [.. step.Operands], Attributes.None, step.Site);
        }

        int block = 0;
        Op op = step.Op.Op.WithBlocks(b => Build(step.Blocks[block++], b));
        return op with { Results = results, Operands = [.. step.Operands] };
    }

    private Value Value(int id)
    {
        Value original = program.Values[originals[id]];
        return original.Type is TensorType { Number: { } number } tensor && rings[id] != Undefined
            ? new Value(id, tensor with { Number = number with { Ring = rings[id] } })
            : original;
    }

    /// <summary>
    /// Expressions whose values remain. A comparison that is used by choices alone stays a bit and is never brought into a ring: then the
    /// bit is what there is to see.
    /// </summary>
    private ImmutableArray<Observation> Observed(Block block)
    {
        Dictionary<int, Op> bits = block.Ops.Where(o => o.Kind == "bits.combine").ToDictionary(o => o.Result.Id);
        return
        [
            .. block.Observed
                .Select(o => o with
                {
                    Value = !demands.IsUsed(o.Value) && bits.TryGetValue(o.Value, out Op? combine) ? combine.Operands[0] : o.Value,
                })
                .Where(o => rings[current[o.Value]] != Undefined)
                .Select(o => o with { Value = current[o.Value] }),
        ];
    }
}

/// <summary>A block of a sketch.</summary>
internal sealed record SketchBlock(int[] Parameters, List<SketchStep> Steps, int[] Yields);

/// <summary>An operation of a sketch; without one, a value that is narrowed or extended.</summary>
/// <param name="Op">The operation.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Operands">What it reads.</param>
/// <param name="Results">What it gives.</param>
/// <param name="Blocks">The blocks of a structured operation.</param>
/// <param name="Site">The author's expression that it is placed for.</param>
internal sealed record SketchStep(RingOp? Op, string Kind, int[] Operands, int[] Results, SketchBlock[] Blocks, int Site)
{
    /// <summary>The flights that it takes by itself.</summary>
    public int Flights => Op?.Flights ?? (Kind == "extend" ? 1 : 0);

    /// <summary>What it does with an operand that was extended.</summary>
    public RingReading Reading => Op?.Reading ?? (Kind == "extend" ? RingReading.Waits : RingReading.Moves);
}
