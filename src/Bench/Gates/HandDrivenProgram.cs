using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Contract;
using MPCache.Execution;

namespace MPCache.Bench.Gates;

/// <summary>
/// A gate by itself, without the operator of the language around it: driven as generated code drives it, under a plan of its own.
/// </summary>
/// <param name="name">The gate's name.</param>
/// <param name="states">The states that it reads.</param>
/// <param name="nodes">Its tape and flights over the dimension <c>rows</c>.</param>
internal abstract class HandDrivenProgram(string name, IReadOnlyList<StateSchema> states, IReadOnlyList<PlanNode> nodes) : CompiledProgram
{
    private const long MostRows = 1 << 20;

    /// <summary>The dimension over which plans are written: elements.</summary>
    protected static Expr Rows { get; } = Expr.Symbol("rows");

    /// <inheritdoc/>
    public override ProgramInterface Interface { get; } = new(
        name, "", [new ProgramDimension("rows", MostRows)], [], [], [], [],
        [.. states.Select(s => new ProgramObject("x", s.Name, [.. s.Fields.Select(f => new ProgramField(f.Name, [Rows]))], []))], [], [],
        PlanText.Print(new Plan(name, nodes)));

    /// <summary>A state of one tensor for operands of a ring.</summary>
    protected static StateSchema Operand(string name, int ring, double low, double high) =>
        new(name, "rows", 0, ring, [new StateField("Values", "rows", false, low, high)]);

    /// <summary>A flight in which both parties send the same number of bytes.</summary>
    protected static FlightNode Flight(int id, string gate, Expr bytes) =>
        new(id, [new PlanEntry(gate, "", bytes, bytes, "covered by fresh masks")]);

    /// <summary>The value that a state holds.</summary>
    protected static RingValue Held(CallFrame frame, int state)
    {
        ArgumentNullException.ThrowIfNull(frame);
        return frame.States[state].Fields[0].Tensors[0].Value;
    }
}
