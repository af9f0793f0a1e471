using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MPCache.Contract;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Passes;

/// <summary>
/// Tensors of states. Appending happens in place, so every access must know how many rows the tensor has then: in straight code by what was
/// appended before, in a loop because each iteration has a tensor of its own.
/// </summary>
internal sealed partial class Shapes
{
    private const string Replaced = "a state's tensor may only be replaced by itself with rows appended";

    /// <summary>What a tensor is after what was appended and written back, and how many rows came in.</summary>
    private readonly Dictionary<string, (Value Value, Expr Rows)> appended = new(StringComparer.Ordinal);

    /// <summary>Appended, but not written back yet: what the tensor still is, and what it becomes.</summary>
    private readonly Dictionary<string, (Value Before, Value After, Expr Rows)> pending = new(StringComparer.Ordinal);

    /// <summary>Tensors, or arrays of them, that a loop has appended to.</summary>
    private readonly HashSet<string> grownInLoop = new(StringComparer.Ordinal);

    private readonly Stack<(Expr Index, HashSet<string> Written, Dictionary<string, Expr> Accessed)> enclosing = new();

    /// <summary>Appends whose result is written back to where its base was read.</summary>
    private static Dictionary<int, (Op Read, Op Write)> StateAppends(Block block)
    {
        Dictionary<int, Op> definitions = block.Ops.Where(o => o.Results.Length == 1).ToDictionary(o => o.Result.Id);
        Dictionary<int, (Op, Op)> appends = [];
        foreach (Op write in block.Ops.Where(o => o.Kind == "state.write"))
        {
            int written = write.Operands.Last();
            if (!definitions.TryGetValue(written, out Op? append) || append.Kind != "append"
                || !definitions.TryGetValue(append.Operands[0], out Op? read) || read.Kind != "state.read"
                || read.Attributes.Text("field") != write.Attributes.Text("field") || read.Operands[0] != write.Operands[0])
            {
                throw new CompileError("MPC1019", Replaced, write.Site);
            }

            appends[written] = (read, write);
        }

        return appends;
    }

    private void EnterLoop(Op loop, Expr index) => enclosing.Push(
        (index,
        new(loop.Body!.Walk().Where(o => o.Kind == "state.write").Select(StateField), StringComparer.Ordinal),
        new(StringComparer.Ordinal)));

    private void LeaveLoop() => grownInLoop.UnionWith(enclosing.Pop().Written);

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
            throw new CompileError("MPC1019", Replaced, append.Site);
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
            throw new CompileError("MPC1019", Replaced, write.Site);
        }

        pending.Remove(key);
        appended[key] = (waiting.After, waiting.Rows);
    }

    private void StateValue(Op op, Op access, string kind, ImmutableArray<int> operands, Expr extraRows)
    {
        ImmutableArray<Expr> shape = ShapeOf(access.Attributes.Text("shape"));
        Attributes attributes = Attributes.Of(
            ("object", objects[access.Operands[0]]), ("field", access.Attributes.Text("field")), ("low", Attribute(access, "low")),
            ("high", Attribute(access, "high")), ("fractionBits", Attribute(access, "fractionBits")), ("ring", Attribute(access, "ring")),
            ("declared", new ListAttr(shape)));
        if (access.Operands.Length > 1)
        {
            attributes = attributes.With("index", integers[access.Operands[1]]);
            shape = shape.RemoveAt(0);
        }

        Define(op, kind, operands, attributes, shape.SetItem(0, shape[0] + extraRows));
    }

    /// <summary>Names the tensor of an access, where it is certain how often it has grown before.</summary>
    private string StateKey(Op access)
    {
        string field = StateField(access);
        bool element = access.Operands.Length > (access.Kind == "state.write" ? 2 : 1);
        Expr index = element ? integers[access.Operands[1]] : Expr.Zero;
        bool certain = !grownInLoop.Contains(field);
        (Expr Index, HashSet<string> Written, Dictionary<string, Expr> Accessed)[] growing =
            enclosing.Where(l => l.Written.Contains(field)).ToArray();
        if (growing.Length > 0)
        {
            // Every iteration has its own tensor if the index counts with the one loop that appends, and every access of it is alike.
            (Expr counter, _, Dictionary<string, Expr> accessed) = growing[0];
            certain &= growing.Length == 1 && (index - counter).AsConstant is not null
                && (!accessed.TryGetValue(field, out Expr? first) || first.Equals(index));
            accessed[field] = index;
        }

        return certain ? $"{field}[{index}]" : throw new CompileError("MPC1022",
            $"it is not certain how often '{access.Attributes.Text("field")}' has grown here; "
            + "in the loop that appends, name the tensor by the loop's counter alone, and use it in that loop only",
            access.Site);
    }

    private string StateField(Op access) => $"{objects[access.Operands[0]]}.{access.Attributes.Text("field")}";
}
