using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MPCache.Contract;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Passes;

/// <summary>
/// Tensors of states: appended to in place, or replaced as a whole. Every access must know how many rows the tensor has then: in straight
/// code by what was written before, in a loop because each iteration has tensors of its own, and in a later loop because it goes on behind
/// the tensors of the ones before.
/// </summary>
internal sealed partial class Shapes
{
    private const string Stale = "rows are appended to what the state's tensor was before, not to what it is; append to it as it is now";

    /// <summary>What has been written so far, on the way to where the pass is.</summary>
    private Held held = new();

    /// <summary>Appended, but not written back yet: what the tensor still is, and what it becomes.</summary>
    private readonly Dictionary<string, (Value Before, Value After, Expr Rows)> pending = new(StringComparer.Ordinal);

    private readonly Stack<Enclosing> enclosing = new();

    /// <summary>Counters of the loops left behind.</summary>
    private readonly HashSet<string> ended = new(StringComparer.Ordinal);

    /// <summary>What a tensor or a selection is once it was written.</summary>
    /// <param name="Value">Its value.</param>
    /// <param name="Rows">How many rows it has more than at the entry.</param>
    /// <param name="Attributes">How it is named.</param>
    private sealed record Version(Value Value, Expr Rows, Attributes Attributes)
    {
        /// <summary>Whether it is a selection.</summary>
        public bool IsSelection { get; init; }

        /// <summary>Whether the branch taken decides which of several selections it is.</summary>
        public bool IsEither { get; init; }
    }

    /// <summary>What has been written to states.</summary>
    private sealed record Held
    {
        /// <summary>Tensors and selections that were written, each as it is now.</summary>
        public ImmutableSortedDictionary<string, Version> Versions { get; init; } =
            ImmutableSortedDictionary.Create<string, Version>(StringComparer.Ordinal);

        /// <summary>Arrays of tensors that a loop has written to, each with the index behind those tensors.</summary>
        public ImmutableSortedDictionary<string, Expr> InLoops { get; init; } =
            ImmutableSortedDictionary.Create<string, Expr>(StringComparer.Ordinal);

        /// <summary>Tensors of a field that straight code has written to, by index.</summary>
        public ImmutableSortedDictionary<string, ImmutableList<Expr>> Alone { get; init; } =
            ImmutableSortedDictionary.Create<string, ImmutableList<Expr>>(StringComparer.Ordinal);
    }

    /// <summary>A loop under way: its counter and range, what it writes, and by which indices it has accessed that.</summary>
    private sealed record Enclosing(Expr Counter, Expr Low, Expr High, HashSet<string> Written)
    {
        public Dictionary<string, List<Expr>> Accessed { get; } = new(StringComparer.Ordinal);

        /// <summary>By how much an index grows a step, where that is a positive constant.</summary>
        public long? Step(Expr index)
        {
            string counter = Counter.AsSymbol!;
            long? step = (index.Substitute(counter, Counter + 1) - index).AsConstant;
            return step > 0 && !(index - (Counter * step.Value)).Mentions(counter) ? step : null;
        }
    }

    /// <summary>Appends whose result is written back to where its base was read.</summary>
    private static Dictionary<int, (Op Read, Op Write)> StateAppends(Block block)
    {
        Dictionary<int, Op> definitions = block.Ops.Where(o => o.Results.Length == 1).ToDictionary(o => o.Result.Id);
        Dictionary<int, (Op, Op)> appends = [];
        foreach (Op write in block.Ops.Where(o => o.Kind == "state.write"))
        {
            int written = write.Operands.Last();
            if (definitions.TryGetValue(written, out Op? append) && append.Kind == "append"
                && definitions.TryGetValue(append.Operands[0], out Op? read) && read.Kind == "state.read"
                && read.Attributes.Text("field") == write.Attributes.Text("field") && read.Operands[0] == write.Operands[0])
            {
                appends[written] = (read, write);
            }
        }

        return appends;
    }

    /// <summary>Whether a tensor of a state is read and written by the same index, which may be computed only behind the append.</summary>
    private bool IsSame(Block block, Op read, Op write)
    {
        if (!IsElement(read))
        {
            return true;
        }

        bool IsDue(Op op) => op.Kind.StartsWith("int.", StringComparison.Ordinal) && op.Kind != "int.size"
            && !integers.ContainsKey(op.Result.Id) && op.Operands.All(integers.ContainsKey);
        foreach (Op op in block.Ops.TakeWhile(o => !ReferenceEquals(o, write)).Where(IsDue))
        {
            Visit(op);
        }

        return !integers.TryGetValue(write.Operands[1], out Expr? written) || written.Equals(integers[read.Operands[1]]);
    }

    private void EnterLoop(Op loop, Expr counter, Expr low, Expr high) => enclosing.Push(new Enclosing(counter, low, high,
        new(loop.Body!.Walk().Where(o => o.Kind is "state.write" or "state.keep").Select(StateField), StringComparer.Ordinal)));

    private void LeaveLoop()
    {
        Enclosing left = enclosing.Pop();
        ended.Add(left.Counter.AsSymbol!);
        foreach (string field in left.Written.Where(left.Accessed.ContainsKey))
        {
            Expr last = left.Accessed[field].Aggregate((a, b) => (b - a).AsConstant > 0 ? b : a);
            held = held with { InLoops = held.InLoops.SetItem(field, last.Substitute(left.Counter.AsSymbol!, left.High - 1) + 1) };
        }
    }

    private void StateRead(Op op)
    {
        string key = StateKey(op);
        if (pending.TryGetValue(key, out (Value Before, Value After, Expr Rows) waiting))
        {
            tensors[op.Result.Id] = waiting.Before;
        }
        else if (held.Versions.TryGetValue(key, out Version? current))
        {
            tensors[op.Result.Id] = current.Value;
        }
        else
        {
            StateValue(op, op, "state.read", [], Expr.Zero);
        }
    }

    private void StateAppend(Op append, Op read)
    {
        NotInStack(append, read);
        Value rows = tensors[append.Operands[1]];
        ImmutableArray<Expr> declared = ShapeOf(read.Attributes.Text("shape"));
        ImmutableArray<Expr> row = IsElement(read) ? declared.RemoveAt(0) : declared;
        Require(append, rows.Tensor.Rank == row.Length, $"rows {rows.Type} do not fit the state's shape [{string.Join(", ", row)}]");
        for (int i = 1; i < row.Length; i++)
        {
            Same(append, row[i], rows.Tensor.Shape[i]);
        }

        string key = StateKey(read);
        held.Versions.TryGetValue(key, out Version? current);
        if (pending.ContainsKey(key) || (current is not null && tensors[read.Result.Id].Id != current.Value.Id))
        {
            throw new CompileError("MPC1019", Stale, append.Site);
        }

        Expr total = (current?.Rows ?? Expr.Zero) + rows.Tensor.Shape[0];
        Value before = tensors[read.Result.Id];
        StateValue(append, read, "state.append", [rows.Id], total);
        pending[key] = (before, tensors[append.Result.Id], total);
    }

    private void StateWrite(Op write)
    {
        string key = StateKey(write);
        if (!pending.TryGetValue(key, out (Value Before, Value After, Expr Rows) waiting)
            || waiting.After.Id != tensors[write.Operands.Last()].Id)
        {
            throw new CompileError("MPC1019", Stale, write.Site);
        }

        pending.Remove(key);
        Written(write, key, new Version(waiting.After, waiting.Rows, StateAttributes(write, IsElement(write))));
    }

    /// <summary>The whole tensor is replaced; its rows may be more or fewer than before.</summary>
    private void StateAssign(Op write)
    {
        NotInStack(write, write);
        Value value = tensors[write.Operands.Last()];
        bool element = IsElement(write);
        ImmutableArray<Expr> declared = ShapeOf(write.Attributes.Text("shape"));
        ImmutableArray<Expr> row = element ? declared.RemoveAt(0) : declared;
        Require(write, value.Tensor.Rank == row.Length, $"{value.Type} does not fit the state's shape [{string.Join(", ", row)}]");
        for (int i = 1; i < row.Length; i++)
        {
            Same(write, row[i], value.Tensor.Shape[i]);
        }

        string key = StateKey(write);
        if (pending.ContainsKey(key))
        {
            throw new CompileError("MPC1019", Stale, write.Site);
        }

        Attributes attributes = StateAttributes(write, element);
        Value assigned = Emit(write, "state.assign", [value.Id], attributes, value.Tensor.Shape);
        Written(write, key, new Version(assigned, value.Tensor.Shape[0] - row[0], attributes));
    }

    private void Written(Op write, string key, Version version)
    {
        held = held with { Versions = held.Versions.SetItem(key, version) };
        if (enclosing.Count == 0)
        {
            string field = StateField(write);
            ImmutableList<Expr> alone = held.Alone.TryGetValue(field, out ImmutableList<Expr>? list) ? list : [];
            held = held with { Alone = held.Alone.SetItem(field, alone.Add(StateIndex(write))) };
        }
    }

    /// <summary>
    /// States behind two branches. What either of them has written is what the branch taken has made of it: read anew, with as many rows as
    /// there are then. Of tensors in loops it is certain only what is certain whichever branch was taken.
    /// </summary>
    /// <param name="choice">The condition.</param>
    /// <param name="condition">What it says.</param>
    /// <param name="then">What is held behind the first branch, where <see cref="held"/> is behind the second.</param>
    private void Join(Op choice, Condition condition, Held then)
    {
        Held otherwise = held;
        held = otherwise with
        {
            InLoops = otherwise.InLoops.SetItems(then.InLoops.Select(
                l => new KeyValuePair<string, Expr>(l.Key, otherwise.InLoops.TryGetValue(l.Key, out Expr? end) ? Later(end, l.Value) : l.Value))),
            Alone = otherwise.Alone.SetItems(then.Alone.Select(a => new KeyValuePair<string, ImmutableList<Expr>>(
                a.Key, otherwise.Alone.TryGetValue(a.Key, out ImmutableList<Expr>? others) ? [.. a.Value.Union(others)] : a.Value))),
        };
        foreach (string key in then.Versions.Keys.Union(otherwise.Versions.Keys).ToArray())
        {
            Version? first = then.Versions.TryGetValue(key, out Version? made) ? made : null;
            Version? second = otherwise.Versions.TryGetValue(key, out Version? other) ? other : null;
            if (!ReferenceEquals(first, second) && Joint(choice, condition, first, second) is Version joint)
            {
                held = held with { Versions = held.Versions.SetItem(key, joint) };
            }
        }
    }

    /// <summary>What is behind two branches that differ in it; null where nobody can ask for it any more, since the loop around it ended.</summary>
    private Version? Joint(Op choice, Condition condition, Version? first, Version? second)
    {
        Version written = (first ?? second)!;
        if (written.Attributes.Has("index") && written.Attributes.Expr("index").Symbols().Any(ended.Contains))
        {
            return null;
        }

        if (written.IsSelection)
        {
            return written with { IsEither = true };
        }

        Expr rows = Expr.If(condition, first?.Rows ?? Expr.Zero, second?.Rows ?? Expr.Zero);
        ImmutableArray<Expr> declared = written.Attributes.List("declared");
        ImmutableArray<Expr> row = written.Attributes.Has("index") ? declared.RemoveAt(0) : declared;
        Value now = Emit(choice, "state.read", [], written.Attributes, row.SetItem(0, row[0] + rows));
        return new Version(now, rows, written.Attributes);
    }

    private static Expr Later(Expr a, Expr b) => (b - a).AsConstant is long apart ? (apart > 0 ? b : a) : Expr.Max(a, b);

    private void StateValue(Op op, Op access, string kind, ImmutableArray<int> operands, Expr extraRows)
    {
        bool element = IsElement(access);
        ImmutableArray<Expr> shape = ShapeOf(access.Attributes.Text("shape"));
        shape = element ? shape.RemoveAt(0) : shape;
        Define(op, kind, operands, StateAttributes(access, element), shape.SetItem(0, shape[0] + extraRows));
    }

    private Attributes StateAttributes(Op access, bool element)
    {
        Attributes attributes = Attributes.Of(
            ("object", objects[access.Operands[0]]), ("field", access.Attributes.Text("field")), ("low", Attribute(access, "low")),
            ("high", Attribute(access, "high")), ("fractionBits", Attribute(access, "fractionBits")), ("ring", Attribute(access, "ring")),
            ("declared", new ListAttr(ShapeOf(access.Attributes.Text("shape")))));
        return element ? attributes.With("index", integers[access.Operands[1]]) : attributes;
    }

    /// <summary>Names the tensor of an access, where it is certain how often it has grown before.</summary>
    private string StateKey(Op access)
    {
        string field = StateField(access);
        Expr index = StateIndex(access);
        WithinArray(access, index);
        return IsCertain(field, index) ? $"{field}[{index}]" : throw new CompileError("MPC1022",
            $"it is not certain how often '{access.Attributes.Text("field")}' has grown here; "
            + "in a loop that writes it, name its tensors by the loop's counter alone, each by one index, behind those of loops before; "
            + "where single tensors of it were written, by indices of which it is known that they are others",
            access.Site);
    }

    private Expr StateIndex(Op access) => IsElement(access) ? integers[access.Operands[1]] : Expr.Zero;

    /// <summary>Whether an access is to one tensor of an array, and not to a property that is a tensor itself.</summary>
    private static bool IsElement(Op access) => access.Operands.Length > (access.Kind is "state.write" or "state.keep" ? 2 : 1);

    /// <summary>No session makes a state whose arrays are empty.</summary>
    private void ArraysHaveTensors()
    {
        foreach (Op access in function.Body.Walk().Where(o => o.Kind.StartsWith("state.", StringComparison.Ordinal) && IsElement(o)))
        {
            known.AtLeastOne(ShapeOf(access.Attributes.Text("shape"))[0]);
        }
    }

    /// <summary>A state's array has a tensor of this number: for certain, or the session checks.</summary>
    private void WithinArray(Op access, Expr index)
    {
        if (!IsElement(access) || DependsOnIteration(index))
        {
            return;
        }

        Expr size = ShapeOf(access.Attributes.Text("shape"))[0];
        string beyond = $"'{access.Attributes.Text("field")}' has {size} tensors, numbered from 0 on, and none of the number {index}";
        AtMost(access, Expr.Zero, index, beyond);
        AtMost(access, index + 1, size, beyond);
    }

    private bool IsCertain(string field, Expr index)
    {
        if (held.Alone.TryGetValue(field, out ImmutableList<Expr>? alone) && !alone.All(written => IsKnown(index, written)))
        {
            return false;
        }

        Enclosing[] writing = enclosing.Where(l => l.Written.Contains(field)).ToArray();
        if (writing.Length != 1)
        {
            return writing.Length == 0 && !held.InLoops.ContainsKey(field);
        }

        // Every iteration has tensors of its own if the indices count with the one loop that writes, in steps in which they stay apart.
        Enclosing loop = writing[0];
        List<Expr> accessed = loop.Accessed.TryGetValue(field, out List<Expr>? before) ? before : loop.Accessed[field] = [];
        if (loop.Step(index) is not long step || accessed.Any(a => (index - a).AsConstant is not long apart
            || (apart != 0 && apart % step == 0) || loop.Step(a) != step))
        {
            return false;
        }

        accessed.Add(index);
        Expr first = index.Substitute(loop.Counter.AsSymbol!, loop.Low);
        return !held.InLoops.TryGetValue(field, out Expr? written) || (first - written).AsConstant >= 0;
    }

    /// <summary>Whether it is known of two indices that they are the same, or that in no step of a loop they are.</summary>
    private bool IsKnown(Expr index, Expr written) => (index - written).AsConstant is not null || enclosing.Any(
        l => l.Step(index) is not null && (index.Substitute(l.Counter.AsSymbol!, l.Low) - written).AsConstant > 0);

    private string StateField(Op access) => $"{objects[access.Operands[0]]}.{access.Attributes.Text("field")}";
}
