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

    /// <summary>What a tensor is after what was appended and written back, and how many rows came in.</summary>
    private readonly Dictionary<string, (Value Value, Expr Rows)> appended = new(StringComparer.Ordinal);

    /// <summary>Appended, but not written back yet: what the tensor still is, and what it becomes.</summary>
    private readonly Dictionary<string, (Value Before, Value After, Expr Rows)> pending = new(StringComparer.Ordinal);

    /// <summary>Arrays of tensors that a loop has written to, each with the index behind those tensors.</summary>
    private readonly Dictionary<string, Expr> writtenInLoop = new(StringComparer.Ordinal);

    /// <summary>Tensors of a field that straight code has written to, by index.</summary>
    private readonly Dictionary<string, List<Expr>> writtenAlone = new(StringComparer.Ordinal);

    private readonly Stack<Enclosing> enclosing = new();

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
        if (read.Operands.Length == 1)
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
        foreach (string field in left.Written.Where(left.Accessed.ContainsKey))
        {
            Expr last = left.Accessed[field].Aggregate((a, b) => (b - a).AsConstant > 0 ? b : a);
            writtenInLoop[field] = last.Substitute(left.Counter.AsSymbol!, left.High - 1) + 1;
        }
    }

    private void StateRead(Op op)
    {
        string key = StateKey(op);
        if (pending.TryGetValue(key, out (Value Before, Value After, Expr Rows) waiting))
        {
            tensors[op.Result.Id] = waiting.Before;
        }
        else if (appended.TryGetValue(key, out (Value Value, Expr Rows) current))
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
        NotInBranch(append, read);
        NotInStack(append, read);
        Value rows = tensors[append.Operands[1]];
        ImmutableArray<Expr> declared = ShapeOf(read.Attributes.Text("shape"));
        ImmutableArray<Expr> row = read.Operands.Length > 1 ? declared.RemoveAt(0) : declared;
        Require(append, rows.Tensor.Rank == row.Length, $"rows {rows.Type} do not fit the state's shape [{string.Join(", ", row)}]");
        for (int i = 1; i < row.Length; i++)
        {
            Same(append, row[i], rows.Tensor.Shape[i]);
        }

        string key = StateKey(read);
        bool grown = appended.TryGetValue(key, out (Value Value, Expr Rows) current);
        if (pending.ContainsKey(key) || (grown && tensors[read.Result.Id].Id != current.Value.Id))
        {
            throw new CompileError("MPC1019", Stale, append.Site);
        }

        Expr total = grown ? current.Rows + rows.Tensor.Shape[0] : rows.Tensor.Shape[0];
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
        appended[key] = (waiting.After, waiting.Rows);
        Written(write);
    }

    /// <summary>The whole tensor is replaced; its rows may be more or fewer than before.</summary>
    private void StateAssign(Op write)
    {
        NotInBranch(write, write);
        NotInStack(write, write);
        Value value = tensors[write.Operands.Last()];
        bool element = write.Operands.Length > 2;
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

        Value assigned = Emit(write, "state.assign", [value.Id], StateAttributes(write, element), value.Tensor.Shape);
        appended[key] = (assigned, value.Tensor.Shape[0] - row[0]);
        Written(write);
    }

    private void Written(Op write)
    {
        if (enclosing.Count == 0)
        {
            string field = StateField(write);
            (writtenAlone.TryGetValue(field, out List<Expr>? list) ? list : writtenAlone[field] = []).Add(StateIndex(write));
        }
    }

    private void StateValue(Op op, Op access, string kind, ImmutableArray<int> operands, Expr extraRows)
    {
        bool element = access.Operands.Length > 1;
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
        return IsCertain(field, index) ? $"{field}[{index}]" : throw new CompileError("MPC1022",
            $"it is not certain how often '{access.Attributes.Text("field")}' has grown here; "
            + "in a loop that writes it, name its tensors by the loop's counter alone, each by one index, behind those of loops before; "
            + "where single tensors of it were written, by indices of which it is known that they are others",
            access.Site);
    }

    private Expr StateIndex(Op access) => access.Operands.Length > (access.Kind is "state.write" or "state.keep" ? 2 : 1)
        ? integers[access.Operands[1]]
        : Expr.Zero;

    private bool IsCertain(string field, Expr index)
    {
        if (writtenAlone.TryGetValue(field, out List<Expr>? alone) && !alone.All(written => IsKnown(index, written)))
        {
            return false;
        }

        Enclosing[] writing = enclosing.Where(l => l.Written.Contains(field)).ToArray();
        if (writing.Length != 1)
        {
            return writing.Length == 0 && !writtenInLoop.ContainsKey(field);
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
        return !writtenInLoop.TryGetValue(field, out Expr? written) || (first - written).AsConstant >= 0;
    }

    /// <summary>Whether it is known of two indices that they are the same, or that in no step of a loop they are.</summary>
    private bool IsKnown(Expr index, Expr written) => (index - written).AsConstant is not null || enclosing.Any(
        l => l.Step(index) is not null && (index.Substitute(l.Counter.AsSymbol!, l.Low) - written).AsConstant > 0);

    private string StateField(Op access) => $"{objects[access.Operands[0]]}.{access.Attributes.Text("field")}";
}
