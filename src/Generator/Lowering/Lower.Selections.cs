using System.Collections.Immutable;
using System.Linq;
using MPCache.Contract;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Lowering;

/// <summary>Shuffles, revealed orders, and rows taken and placed at positions that are known only while running.</summary>
internal sealed partial class Lower
{
    private int loops;

    /// <summary>Rows in a secret order, held by the client.</summary>
    private Value Shuffle(int id, Value order, TensorType type)
    {
        Value source = withheld.TryGetValue(id, out Withheld? late) && !map.ContainsKey(id)
            ? late.Value.Tensor.Form == Form.Additive ? OpenTo(late.Value, late.Type, late.Truncate, Form.HeldByServer) : Masked(id)
            : Masked(id);
        return Shuffle(source, order, type, inverse: false);
    }

    /// <summary>Rows to the party that moves second, who then holds them: the client in a secret order, the server back in the public one.</summary>
    private Value Shuffle(Value source, Value order, TensorType type, bool inverse)
    {
        TensorType result = type with { Form = inverse ? Form.HeldByServer : Form.HeldByClient, Number = source.Tensor.Number };
        return Emit("shuffle", [source.Id, order.Id],
            Attributes.Of(("inverse", inverse ? 1L : 0L), ("from", inverse ? "client" : "server"), ("row", RowSize(type, order)),
                ("ring", (long)source.Tensor.Number!.Ring), ("slot", Slot())), result);
    }

    private Value ToAdditive(Value value) =>
        Emit("local.additive", [value.Id], Attributes.Of(("ring", (long)value.Tensor.Number!.Ring)), Additive(value.Tensor));

    private Value Tell(Value held) => Emit("tell", [held.Id],
        Attributes.Of(("ring", (long)held.Tensor.Number!.Ring), ("from", held.Tensor.Form == Form.HeldByServer ? "server" : "client"),
            ("slot", Slot())),
        held.Tensor with { Form = Form.Masked });

    private Value OpenTo(Value share, TensorType type, int truncate, Form holder)
    {
        int ring = type.Number!.Ring;
        return Emit("opento", [share.Id],
            Attributes.Of(("ring", (long)ring), ("truncate", (long)truncate), ("slot", Slot()),
                ("from", holder == Form.HeldByServer ? "client" : "server")),
            type with { Form = holder, Number = Truncated(type.Number, truncate) });
    }

    /// <summary>Comparisons between shuffled rows, and where they leave rows undecided, a second round between those.</summary>
    private Value Order(Op op)
    {
        TensorType rows = typed[op.Operands[0]].Tensor;
        Value keys = Masked(op.Operands[0]);
        Attributes groups = Groups(rows);
        Expr count = rows.Shape[rows.Rank - 1];
        Value compared = Compare(keys, groups, Gates.Order.Pivots(count), null);
        TensorType standing = rows with { Form = Form.Ranking, Number = new Number(0, 0, 0, 0) };
        Value ranking = Emit("order.rank", [compared.Id],
            groups.With("pivots", Gates.Order.Pivots(count)).With("keep", op.Attributes.Expr("count")), standing);
        Expr capacity = Gates.Order.Capacity(count);
        if (Gates.Order.Refines(count).AsConstant != 0)
        {
            if (depth + 1 > LargestDepth)
            {
                throw new Passes.CompileError("MPC1001", "loops nest at most three deep; TopK is a loop itself", op.Site);
            }

            ImmutableArray<Op>.Builder outer = ops;
            ops = ImmutableArray.CreateBuilder<Op>();
            Value before = new(nextId++, standing);
            Value undecided = Emit("order.undecided", [before.Id], groups.With("capacity", capacity),
                rows with { Form = Form.Positions, Shape = rows.Shape.SetItem(rows.Rank - 1, capacity), Number = new Number(0, 0, 0, 0) });
            TensorType few = keys.Tensor with { Shape = rows.Shape.SetItem(rows.Rank - 1, capacity) };
            Value taken = Emit("remask.gather", [keys.Id, undecided.Id],
                Attributes.Of(("rows", count), ("row", Expr.One), ("ring", (long)keys.Tensor.Number!.Ring)), Additive(few));
            Value masked = Open(taken, few, 0, "re-mask");
            Value again = Compare(masked, groups.With("rows", capacity), capacity, undecided);
            Value after = Emit("order.refine", [before.Id, undecided.Id, again.Id], groups, standing);
            Block body = new([before], ops.ToImmutable(), [after.Id]);
            ops = outer;
            Value refined = new(nextId++, standing);
            string index = "i" + loops++.ToString(System.Globalization.CultureInfo.InvariantCulture);
            ops.Add(new Op("for", [refined], [ranking.Id],
                Attributes.Of(("index", index), ("low", 0L), ("high", Gates.Order.Refines(count))), site, body));
            ranking = refined;
        }

        return Emit("order.kept", [ranking.Id], Attributes.None, op.Result.Tensor);
    }

    private Value Compare(Value keys, Attributes groups, Expr pivots, Value? slots)
    {
        int ring = keys.Tensor.Number!.Ring;
        Expr pairs = Gates.Order.Pairs(groups.Expr("rows"), pivots);
        TensorType each = new([groups.Expr("groups"), pairs], Form.Unshared, keys.Tensor.Number);
        TensorType bits = each with { Form = Form.XorBit, Number = new Number(1, 0, 0, 1) };
        TensorType open = bits with { Form = Form.MaskedBit };
        Value differences = Emit("order.pairs", [keys.Id],
            groups.With("pivots", pivots).With("ring", (long)ring).With("slot", Slot()), each);
        Value digits = Emit("compare.digits", [differences.Id],
            Attributes.Of(("ring", (long)ring), ("thresholds", new ListAttr([Expr.Zero])), ("slot", Slot())), bits);
        Value opened = Emit("openbits", [digits.Id], OpenBits(Gates.Compare.Planes(ring), "digit comparisons"), open);
        Value sign = Emit("compare.combine", [opened.Id], Attributes.Of(("ring", (long)ring), ("slot", Slot())), bits);
        return Emit("order.reveal", slots is null ? [sign.Id] : [sign.Id, slots.Id], Attributes.Of(("slot", Slot())),
            bits with { Form = Form.Comparisons });
    }

    private Value Gather(Op op)
    {
        Value order = map[op.Operands[1]];
        TensorType from = typed[op.Operands[0]].Tensor;
        Value held = Shuffle(op.Operands[0], order, from);
        Value taken = Emit("remask.gather", [held.Id, map[op.Operands[2]].Id],
            Attributes.Of(("rows", Rows(order)), ("row", RowSize(from, order)), ("ring", (long)held.Tensor.Number!.Ring)),
            Additive(op.Result.Tensor));
        return Open(taken, op.Result.Tensor, 0, "re-mask");
    }

    private Value Scatter(Op op)
    {
        Value order = map[op.Operands[1]];
        TensorType type = op.Result.Tensor;
        Withheld source = withheld.TryGetValue(op.Operands[0], out Withheld? late) && !map.ContainsKey(op.Operands[0])
            ? late
            : new Withheld(Masked(op.Operands[0]), typed[op.Operands[0]].Tensor, 0, "");
        if (source.Value.Tensor.Form == Form.HeldByServer)
        {
            source = source with { Value = ToAdditive(source.Value) };
        }

        int ring = source.Value.Tensor.Number!.Ring;
        Attributes rows = Attributes.Of(("rows", Rows(order)), ("row", RowSize(type, order)), ("ring", (long)ring));
        Number number = source.Value.Tensor.Number with
        {
            Low = System.Numerics.BigInteger.Min(0, source.Value.Tensor.Number.Low),
            High = System.Numerics.BigInteger.Max(0, source.Value.Tensor.Number.High),
        };
        TensorType placed = type with { Form = Form.Additive, Number = number };
        Value share = Emit("remask.scatter", [source.Value.Id, map[op.Operands[2]].Id], rows, placed);
        Value held = OpenTo(share, placed, source.Truncate, Form.HeldByClient);
        return Tell(Shuffle(held, order, type, inverse: true));
    }

    /// <summary>Groups and rows of a tensor whose last axis are the rows.</summary>
    private static Attributes Groups(TensorType type) => Attributes.Of(
        ("groups", type.Shape.Take(type.Rank - 1).Aggregate(Expr.One, (a, b) => a * b)), ("rows", type.Shape[type.Rank - 1]));

    private static Expr Rows(Value order) => order.Tensor.Shape[order.Tensor.Rank - 1];

    private static Expr RowSize(TensorType type, Value order) => type.Shape.Skip(order.Tensor.Rank).Aggregate(Expr.One, (a, b) => a * b);
}
