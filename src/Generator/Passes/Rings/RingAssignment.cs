using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Passes;

/// <summary>
/// Gives every value its ring, from the first to the last. A gate that opens a value gives it the demanded ring at once. Only where a truncation
/// or a state cannot, or a gate is said to give a small one, an extension is placed. Values that nobody uses disappear here.
/// </summary>
internal sealed class RingAssignment
{
    private readonly RingProgram program;
    private readonly RingDemands demands;
    private readonly Sketch sketch;

    private RingAssignment(RingProgram program, HashSet<int> small)
    {
        this.program = program;
        demands = new RingDemands(program, small);
        sketch = new Sketch(program, demands);
    }

    /// <summary>The function with rings, where the given gates and what the given loops carry have small ones.</summary>
    public static Sketch Of(RingProgram program, HashSet<int> small)
    {
        RingAssignment assignment = new(program, small);
        assignment.sketch.Body = assignment.Assign(program.Body, null);
        return assignment.sketch;
    }

    /// <param name="block">The block.</param>
    /// <param name="leaving">The values in whose rings the block's own leave it; null where those keep theirs.</param>
    private SketchBlock Assign(RingBlock block, int[]? leaving)
    {
        List<SketchStep> steps = new(block.Ops.Length + (block.Ops.Length / 4));
        foreach (int parameter in block.Parameters)
        {
            sketch.Define(parameter, demands.Of(parameter));
        }

        foreach (int parameter in block.Parameters)
        {
            Extend(parameter, block.Block.Ops.FirstOrDefault(o => o.Operands.Contains(parameter))?.Site ?? -1, steps);
        }

        foreach (RingOp op in block.Ops)
        {
            switch (op.Kind)
            {
                case "check":
                    steps.Add(Step(op, op.Operands, op.Results));
                    break;
                case "for":
                    int[] initial = [.. op.Operands.Select((o, i) => Narrowed(o, demands.Of(op.Blocks[0].Parameters[i]), op, steps))];
                    SketchBlock body = Assign(op.Blocks[0], op.Blocks[0].Parameters);
                    DefineResults(op);
                    steps.Add(Step(op, initial, op.Results, body));
                    foreach (int result in op.Results)
                    {
                        Extend(result, op.Op.Site, steps);
                    }

                    break;
                case "if":
                    SketchBlock[] branches = [.. op.Blocks.Select(b => Assign(b, op.Results))];
                    DefineResults(op);
                    steps.Add(Step(op, op.Operands, op.Results, branches));
                    break;
                default:
                    if (!demands.IsDead(op))
                    {
                        Assign(op, steps);
                    }

                    break;
            }
        }

        int[] yields = [.. block.Yields.Select(
            (y, i) => leaving is null ? sketch.Current(y) : Narrowed(y, demands.Of(leaving[i]), null, steps))];
        return new SketchBlock(block.Parameters, steps, yields);
    }

    private void Assign(RingOp op, List<SketchStep> steps)
    {
        if (op.Form is Form.Permutation or Form.Positions)
        {
            // Revealed comparisons and slots are taken in the smallest ring that their proven range fits.
            int[] chosen = [.. op.Operands.Select((o, i) => i == 0 && op.Kind is "order" or "locate"
                ? Narrowed(o, Comparable(sketch.Current(o), op), op, steps)
                : sketch.Current(o))];
            sketch.Define(op.Result, 0);
            steps.Add(Step(op, chosen, op.Results));
            return;
        }

        if (op.Form is Form.Public or Form.MaskedBit)
        {
            int[] plain = [.. op.Operands.Select(o => op.Form == Form.MaskedBit
                ? Narrowed(o, Signed(sketch.Current(o), op), op, steps)
                : sketch.Current(o))];
            sketch.Define(op.Result, op.Form == Form.Public ? 64 : 1);
            steps.Add(Step(op, plain, op.Results));
            return;
        }

        int needed = op.Form == Form.Revealed ? 0 : demands.Needed(op);
        int ring = op.Form == Form.Revealed ? 0 : demands.Given(op);
        if (needed > 64 && ring > 64)
        {
            throw new CompileError("MPC3002",
                $"the value is used where {needed} bits are needed; the largest ring has 64: "
                    + "declare narrower ranges with .Within(low, high)",
                op.Op.Site);
        }

        if (op.IsExtendable && ring > program.Required(op.Result, op.Op))
        {
            sketch.Larger.Add(op.Result);
        }

        ring = Given(op, ring);
        int[] operands = Operands(op, ring, steps);
        if (op.Kind == "extend" && sketch.Ring(operands[0]) >= ring)
        {
            sketch.Replace(op.Result, operands[0]);
            return;
        }

        if (ring >= needed)
        {
            sketch.Define(op.Result, ring);
            steps.Add(Step(op, operands, op.Results));
            return;
        }

        // The operation cannot give the ring that is needed: extend behind it.
        int small = sketch.Add(op.Result, ring);
        steps.Add(Step(op, operands, [small]));
        steps.Add(Placed("extend", small, sketch.Define(op.Result, needed), op.Op.Site));
    }

    /// <summary>The ring that an operation gives, where it has no choice.</summary>
    private int Given(RingOp op, int ring)
    {
        switch (op.Kind)
        {
            case "truncate":
                return RingOf(op.Operands[0]) - op.By;
            case "state.read" or "state.append" or "state.assign":
                int required = program.Required(op.Result, op.Op);
                return required <= op.StateRing
                    ? op.StateRing
                    : throw new CompileError("MPC3002", $"the state's range needs {required} bits, its ring has {op.StateRing}", op.Op.Site);
            case "exponential":
                return Math.Max(ring, op.LookupRing + 1);
            case "extend":
                return Math.Max(ring, sketch.Required(sketch.Current(op.Operands[0]), op.Op));
            case "reveal":
                return sketch.Required(sketch.Current(op.Operands[0]), op.Op);
            default:
                return ring;
        }
    }

    /// <summary>What an operation reads, in the rings in which it reads it.</summary>
    private int[] Operands(RingOp op, int ring, List<SketchStep> steps)
    {
        int[] operands = op.Operands;
        for (int i = 0; i < op.Operands.Length; i++)
        {
            int operand = sketch.Current(op.Operands[i]);
            int read = Narrowed(op.Operands[i], Read(op, operand, ring), op, steps);
            if (read != operands[i])
            {
                operands = operands == op.Operands ? [.. operands] : operands;
                operands[i] = read;
            }
        }

        return operands;
    }

    private int Read(RingOp op, int operand, int ring) => op.Kind switch
    {
        "truncate" => sketch.Ring(operand),
        "state.read" or "state.append" or "state.assign" => op.StateRing,
        "shl" => ring - op.By,
        "exponential" or "piecewise" => Math.Max(sketch.Required(operand, op.Op), op.LookedUp),
        "coarse.maximum" => op.ComparedBits,
        "extend" or "piecewise.octaves" or "reveal" => sketch.Required(operand, op.Op),
        _ => sketch.Form(operand) == Form.Masked ? ring : sketch.Ring(operand),
    };

    private int RingOf(int value) => sketch.Ring(sketch.Current(value));

    private void DefineResults(RingOp op)
    {
        foreach (int result in op.Results)
        {
            sketch.Define(result, demands.Of(result));
        }
    }

    /// <summary>Extends what a loop carries in a small ring, for those that need it in a larger one.</summary>
    private void Extend(int carried, int site, List<SketchStep> steps)
    {
        int ring = demands.Extended(carried);
        if (ring > sketch.Ring(carried))
        {
            int extended = sketch.Add(carried, ring);
            steps.Add(Placed("extend", carried, extended, site));
            sketch.Replace(carried, extended);
        }
    }

    /// <summary>The value in a smaller ring: its low bits.</summary>
    private int Narrowed(int value, int ring, RingOp? op, List<SketchStep> steps)
    {
        int id = sketch.Current(value);
        int present = sketch.Ring(id);
        if (present == ring || sketch.Form(id) != Form.Masked)
        {
            return id;
        }

        if (present < ring)
        {
            throw new CompileError("MPC9001", $"%{id} has {present} bits where {ring} are needed by {op?.Kind ?? "yield"}",
                op?.Op.Site ?? -1);
        }

        int narrow = sketch.Add(id, ring);
        steps.Add(Placed("narrow", id, narrow, op?.Op.Site ?? -1));
        return narrow;
    }

    /// <summary>The ring in which a value's sign is taken: as it is neither truncated nor extended there, half of the ring is its own.</summary>
    private int Signed(int value, RingOp op) => Math.Max(2, Comparable(value, op) - 1);

    /// <summary>The ring in which shuffled rows are compared.</summary>
    private int Comparable(int value, RingOp op)
    {
        int ring = sketch.Required(value, op.Op);
        return ring <= MPCache.Gates.Compare.LargestRing
            ? ring
            : throw new CompileError("MPC3002",
                $"comparing these values takes {ring} bits, and at most {MPCache.Gates.Compare.LargestRing} are compared; "
                + "declare narrower ranges with .Within(low, high)",
                op.Op.Site);
    }

    private static SketchStep Step(RingOp op, int[] operands, int[] results, params SketchBlock[] blocks) =>
        new(op, op.Kind, operands, results, blocks, op.Op.Site);

    private static SketchStep Placed(string kind, int operand, int result, int site) => new(null, kind, [operand], [result], [], site);
}
