using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Contract;
using MPCache.Execution;

namespace MPCache.Bench.Gates;

/// <summary>A program of one gate, and the sizes with which it is measured.</summary>
/// <param name="Name">What the command line and reports call it.</param>
/// <param name="Description">What it computes, for readers of a table.</param>
/// <param name="Program">The program.</param>
/// <param name="Operands">Its states.</param>
/// <param name="Values">Elements that it computes.</param>
internal sealed record GateCase(
    string Name, string Description, CompiledProgram Program, IReadOnlyList<GateOperand> Operands, long Values)
{
    /// <summary>The size of each dimension of the program.</summary>
    public required IReadOnlyDictionary<string, long> Sizes { get; init; }

    /// <summary>The server's weights, [outputs, inputs]; null where the program has none.</summary>
    public (ResidentSchema Schema, int Outputs, int Inputs)? Weights { get; init; }

    /// <summary>The dimensions, in the interface's order.</summary>
    public long[] Dimensions => [.. Program.Interface.Dimensions.Select(d => Sizes[d.Name])];

    /// <summary>The program's operands, in the order of its parameters.</summary>
    public IReadOnlyList<GateOperand> States =>
        [.. Program.Interface.States.Select(s => Operands.Single(o => o.Schema.Name == s.Class))];

    /// <summary>What the plan says.</summary>
    /// <exception cref="MPCacheException">A dimension is larger than the program takes.</exception>
    public PlanTotals Planned
    {
        get
        {
            foreach ((string name, long max) in Program.Interface.Dimensions)
            {
                if (Sizes[name] > max)
                {
                    throw new MPCacheException(
                        FormattableString.Invariant($"{Name} would have {Sizes[name]} {name}, its program takes at most {max}"),
                        "Give fewer --values");
                }
            }

            return Program.Interface.Plan.Evaluate(name => Sizes[name]);
        }
    }
}
