using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MPCache.Contract;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Passes;

/// <summary>
/// Weights that only some branches use for a value. They are put in at the beginning, beside other inputs, so that they take no flight of
/// their own; where the branches that use them are not taken, no element of them is.
/// </summary>
internal sealed class BranchWeights
{
    /// <summary>Branches in more places than this say less than the weight costs.</summary>
    private const int MostPlaces = 4;

    private readonly HashSet<string> counters = new(StringComparer.Ordinal);
    private readonly Dictionary<int, List<Condition>> uses = [];

    public static Function Apply(Function function)
    {
        BranchWeights pass = new();
        foreach (Op op in function.Body.Ops.Where(o => o.Kind == "weights.value"))
        {
            pass.uses[op.Result.Id] = [];
        }

        pass.Walk(function.Body, Condition.Constant(true));
        int nextId = function.NextId;
        ImmutableArray<Op>.Builder ops = ImmutableArray.CreateBuilder<Op>();
        foreach (Op op in function.Body.Ops)
        {
            if (op.Kind != "weights.value" || pass.Needed(op.Result.Id) is not Condition condition)
            {
                ops.Add(op);
                continue;
            }

            TensorType type = op.Result.Tensor;
            Value taken = new(nextId++, type with { Shape = [Expr.If(condition, type.Count, Expr.Zero)] });
            Expr start = Expr.If(condition, op.Attributes.Expr("start"), Expr.Zero);
            ops.Add(op with { Results = [taken], Attributes = op.Attributes.With("start", start) });
            ops.Add(new Op("reshape", [op.Result], [taken.Id], Attributes.None, op.Site));
        }

        return function with { Body = function.Body with { Ops = ops.ToImmutable() } };
    }

    /// <summary>Where a weight is used at all; null where that is everywhere, or in too many places.</summary>
    private Condition? Needed(int weight)
    {
        Condition[] places = [.. uses[weight].Distinct()];
        return places.Length is 0 or > MostPlaces || places.Any(p => p.AsConstant is not null || places.Contains(p.Negation))
            ? null
            : places.Aggregate(Condition.Or);
    }

    private void Walk(Block block, Condition path)
    {
        foreach (Op op in block.Ops)
        {
            Use(op.Operands, path);
            if (op.Kind == "if")
            {
                Condition condition = op.Attributes.Condition("condition");
                Walk(op.Body!, Condition.And(path, Fixed(condition)));
                Walk(op.Otherwise!, Condition.And(path, Fixed(condition.Negation)));
            }
            else if (op.Body is not null)
            {
                counters.Add(op.Attributes.Text("index"));
                Walk(op.Body, path);
            }
        }

        Use(block.Yields, path);
        Use(block.Observed.Select(o => o.Value), path);
    }

    /// <summary>
    /// What a condition says that is the same in all steps of the loops around: what a counter decides is decided anew in each of them, and
    /// the weight is put in once.
    /// </summary>
    private Condition Fixed(Condition condition) => !condition.Symbols().Any(counters.Contains)
        ? condition
        : condition.Conjuncts().Select(c => Condition.Compare(c.Left, c.Comparison, c.Right))
            .Where(c => !c.Symbols().Any(counters.Contains)).Aggregate(Condition.Constant(true), Condition.And);

    private void Use(IEnumerable<int> values, Condition path)
    {
        foreach (int value in values.Where(uses.ContainsKey))
        {
            uses[value].Add(path);
        }
    }
}
