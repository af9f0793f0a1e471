using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MPCache.Contract;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Tests.TestSupport;

/// <summary>Changes to a function that no pass would make, for verifiers to find.</summary>
internal static class Damage
{
    public static Op Find(this Function function, string kind) => function.Body.Walk().First(o => o.Kind == kind);

    /// <summary>The last operation of a kind, or one so many before it.</summary>
    public static Op Last(this Function function, string kind, int nth = 0) =>
        function.Body.Walk().Where(o => o.Kind == kind).Reverse().ElementAt(nth);

    public static Value Defined(this Function function, int id) =>
        function.Body.All().SelectMany(b => b.Parameters.Concat(b.Ops.SelectMany(o => o.Results))).First(r => r.Id == id);

    /// <summary>Whether a comparison is one whose outcome stays secret.</summary>
    public static bool IsHidden(this Function function, Op combine)
    {
        Op opened = function.Body.Walk().First(o => o.Results.Any(r => r.Id == combine.Operands[0]));
        Op digits = function.Body.Walk().First(o => o.Results.Any(r => r.Id == opened.Operands[0]));
        return function.Defined(digits.Operands[0]).Tensor.Form == Form.Masked;
    }

    /// <summary>Replaces every operation of a kind, or those of it that a condition picks.</summary>
    public static Function Change(this Function function, string kind, Func<Op, Function, Op> change, Func<Op, bool>? which = null) =>
        function with { Body = Map(function.Body, op => op.Kind == kind && which?.Invoke(op) != false ? [change(op, function)] : [op]) };

    /// <summary>Replaces the last operation of a kind.</summary>
    public static Function ChangeLast(this Function function, string kind, Func<Op, Function, Op> change, Func<Op, bool>? which = null)
    {
        Op last = function.Body.Walk().Last(o => o.Kind == kind && which?.Invoke(o) != false);
        return function.Change(kind, change, op => op.Result.Id == last.Result.Id);
    }

    /// <summary>Replaces operations from the first of a kind on.</summary>
    public static Function ChangeAfter(this Function function, string first, Func<Op, bool> which, Func<Op, Op> change)
    {
        bool reached = false;
        return function with { Body = Map(function.Body, op => (reached |= op.Kind == first) && which(op) ? [change(op)] : [op]) };
    }

    /// <summary>Puts operations behind every operation of a kind.</summary>
    public static Function After(
        this Function function, string kind, Func<Op, Function, IEnumerable<Op>> added, Func<Op, bool>? which = null) => function with
    {
        Body = Map(function.Body, op => op.Kind == kind && which?.Invoke(op) != false ? [op, .. added(op, function)] : [op]),
    };

    /// <summary>Moves an operation of the loop in front of it.</summary>
    public static Function OutOfLoop(this Function function, string kind)
    {
        Op loop = function.Body.Ops.First(o => o.Kind == "for");
        Op moved = loop.Body!.Ops.First(o => o.Kind == kind);
        Op without = loop with { Body = loop.Body with { Ops = loop.Body.Ops.Remove(moved) } };
        return function with
        {
            Body = function.Body with { Ops = [.. function.Body.Ops.SelectMany(o => o == loop ? [moved, without] : new[] { o })] },
        };
    }

    /// <summary>Moves the last operation of a kind in front of the first of another.</summary>
    public static Function Moved(this Function function, string kind, string before)
    {
        Op moved = function.Body.Ops.Last(o => o.Kind == kind);
        ImmutableArray<Op> rest = function.Body.Ops.Remove(moved);
        int at = rest.IndexOf(rest.First(o => o.Kind == before));
        return function with { Body = function.Body with { Ops = rest.Insert(at, moved) } };
    }

    /// <summary>The same operation once more.</summary>
    public static IEnumerable<Op> Again(this Op op, Function function) => [op with { Results = [op.Result with { Id = function.NextId }] }];

    public static Op WithNumber(this Op op, Func<Number, Number> change) =>
        op with { Results = [op.Result with { Type = op.Result.Tensor with { Number = change(op.Result.Tensor.Number!) } }] };

    public static Op WithShape(this Op op, Func<ImmutableArray<Expr>, ImmutableArray<Expr>> change) =>
        op with { Results = [op.Result with { Type = op.Result.Tensor with { Shape = change(op.Result.Tensor.Shape) } }] };

    public static Op WithForm(this Op op, Form form) =>
        op with { Results = [op.Result with { Type = op.Result.Tensor with { Form = form } }] };

    /// <summary>An attribute set, or removed where it has no value.</summary>
    public static Op With(this Op op, string name, Attr? value) =>
        op with { Attributes = value is null ? op.Attributes.Without(name) : op.Attributes.With(name, value) };

    /// <summary>The same operation on other values.</summary>
    public static Op On(this Op op, params int[] operands) => op with { Operands = [.. operands] };

    /// <summary>Positions out of nowhere.</summary>
    public static Op Positions(this Function function) => new("local.constant",
        [new Value(function.NextId, function.Find("order.kept").Result.Tensor with { Form = Form.Positions })], [], Attributes.None);

    public static Function WithShape(this Function function, string kind, Func<ImmutableArray<Expr>, ImmutableArray<Expr>> change) =>
        function.Change(kind, (op, _) => op.WithShape(change));

    private static Block Map(Block block, Func<Op, IEnumerable<Op>> change) => block with
    {
        Ops = block.Ops.SelectMany(o => change(o.WithBlocks(b => Map(b, change)))).ToImmutableArray(),
    };
}
