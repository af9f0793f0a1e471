using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace MPCache.Generator.Ir;

/// <summary>A value: its number and type. Numbers are unique within a function.</summary>
internal sealed record Value(int Id, IrType Type)
{
    public TensorType Tensor => (TensorType)Type;

    public override string ToString() => $"%{Id}";
}

/// <summary>
/// An operation. What it computes is its kind; operands and results are values; a loop has a body, a condition two. Immutable: passes build
/// new ones.
/// </summary>
/// <param name="Kind">The kind's name in the text, such as <c>matmul</c>.</param>
/// <param name="Results">The values it defines.</param>
/// <param name="Operands">The numbers of the values it uses.</param>
/// <param name="Attributes">What belongs to the operation itself.</param>
/// <param name="Site">The author's expression it stands for, or −1.</param>
/// <param name="Body">The body of a structured operation; of an <c>if</c>, what happens where its condition holds.</param>
/// <param name="Otherwise">What happens where the condition of an <c>if</c> does not hold.</param>
internal sealed record Op(
    string Kind, ImmutableArray<Value> Results, ImmutableArray<int> Operands, Attributes Attributes, int Site = -1, Block? Body = null,
    Block? Otherwise = null)
{
    public Value Result => Results[0];

    /// <summary>The blocks of a structured operation, in program order; none of any other.</summary>
    public IEnumerable<Block> Blocks => Body is null ? [] : Otherwise is null ? [Body] : [Body, Otherwise];

    /// <summary>What its blocks use, those inside them included.</summary>
    public IEnumerable<int> UsedInside() => Blocks.SelectMany(b => b.All())
        .SelectMany(b => b.Ops.SelectMany(o => o.Operands).Concat(b.Yields).Concat(b.Observed.Select(o => o.Value)));

    /// <summary>The operation with other blocks in the place of its own.</summary>
    public Op WithBlocks(Func<Block, Block> map) =>
        this with { Body = Body is null ? null : map(Body), Otherwise = Otherwise is null ? null : map(Otherwise) };
}

/// <summary>
/// Straight-line operations with structured operations among them. A block's parameters are a loop's index and carried values.
/// </summary>
internal sealed record Block(ImmutableArray<Value> Parameters, ImmutableArray<Op> Ops, ImmutableArray<int> Yields)
{
    /// <summary>
    /// What a trace shows of each run of this block, in the order of the author's expressions. Like sites, no part of what is computed.
    /// </summary>
    public ImmutableArray<Observation> Observed { get; init; } = [];

    /// <summary>The operations of this block and of the blocks inside it, in program order.</summary>
    public IEnumerable<Op> Walk()
    {
        foreach (Op op in Ops)
        {
            yield return op;
            if (op.Body is not null)
            {
                foreach (Op inner in op.Blocks.SelectMany(b => b.Walk()))
                {
                    yield return inner;
                }
            }
        }
    }

    /// <summary>This block and the blocks inside it.</summary>
    public IEnumerable<Block> All()
    {
        yield return this;
        foreach (Op op in Ops)
        {
            if (op.Body is not null)
            {
                foreach (Block inner in op.Blocks.SelectMany(b => b.All()))
                {
                    yield return inner;
                }
            }
        }
    }
}

/// <summary>An expression of the author's and the value that it has here.</summary>
/// <param name="Site">The expression.</param>
/// <param name="Value">The value's number.</param>
/// <param name="Scale">
/// Fraction bits of the raw integers as the expression's value, once they are decided. The value's own type may say otherwise where one
/// value stands for several expressions: a product with a power of two is a matter of the scale alone.
/// </param>
internal sealed record Observation(int Site, int Value, int Scale = 0);

/// <summary>A parameter of a function: its value, the author's name, and what attributes say of it.</summary>
internal sealed record Parameter(Value Value, string Name, Attributes Attributes);

/// <summary>An expression of the author's: its text and where it stands relative to the start of its declaration.</summary>
internal sealed record Site(string Function, int Start, int Length, string Text);

/// <summary>
/// A method of the author's as IR. <see cref="Attributes"/> holds what its declaration says (precision, dimensions, networks).
/// </summary>
internal sealed record Function(
    string Name, Attributes Attributes, ImmutableArray<Parameter> Parameters, Block Body, ImmutableArray<Site> Sites)
{
    /// <summary>One more than the largest value number.</summary>
    public int NextId => Parameters.Select(p => p.Value.Id)
        .Concat(Body.All().SelectMany(b => b.Parameters.Concat(b.Ops.SelectMany(op => op.Results))).Select(v => v.Id))
        .DefaultIfEmpty(-1).Max() + 1;
}
