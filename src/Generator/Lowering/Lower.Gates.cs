using System.Collections.Immutable;
using MPCache.Contract;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Lowering;

/// <summary>Gates of several flights, taken apart into what is opened one after the other.</summary>
internal sealed partial class Lower
{
    private Value Sign(Op op)
    {
        TensorType type = op.Result.Tensor;
        int ring = RingOf(op, 0);
        int digits = Gates.Compare.Digits(ring).Length;
        Attributes thresholds = Attributes.Of(("ring", (long)ring), ("thresholds", new ListAttr(op.Attributes.List("thresholds"))));
        Value shares = Emit("compare.digits", Map(op), thresholds.With("slot", Slot()), type with { Form = Form.XorBit });
        int planes = Gates.Compare.Planes(ring);
        Value opened = Emit("openbits", [shares.Id], OpenBits(planes, "digit comparisons"), type);
        if (digits == 1)
        {
            return opened;
        }

        Value sign = Emit("compare.combine", [opened.Id], Attributes.Of(("ring", (long)ring), ("slot", Slot())),
            type with { Form = Form.XorBit });
        return Emit("openbits", [sign.Id], OpenBits(1, "sign"), type);
    }

    private Value Choose(Op op)
    {
        TensorType type = op.Result.Tensor;
        int ring = type.Number!.Ring;
        Value whenTrue = Masked(op.Operands[1]);
        Value whenFalse = Masked(op.Operands[2]);
        Value difference = Emit("local.sub", [whenTrue.Id, whenFalse.Id], Attributes.Of(("ring", (long)ring)), type);
        Value chosen = Emit("select.choose", [Masked(op.Operands[0]).Id, difference.Id],
            Attributes.Of(("ring", (long)ring), ("slot", Slot())), Additive(type));
        Value fallback = Emit("local.additive", [whenFalse.Id], Attributes.Of(("ring", (long)ring)), Additive(type));
        Value sum = Emit("local.add", [chosen.Id, fallback.Id], Attributes.Of(("ring", (long)ring)), Additive(type));
        return Open(sum, type, 0, "select");
    }

    /// <summary>A product that takes its first operand from the shares of an extension, before that is opened.</summary>
    private Value Wide(Op op)
    {
        TensorType type = op.Result.Tensor;
        ImmutableArray<int> operands = Map(op);
        Attributes rings = Attributes.Of(("from", (long)RingOf(op, 0)), ("ring", (long)type.Number!.Ring));
        TensorType small = typed[op.Operands[0]].Tensor;
        Value extended = Emit("extend.start", [operands[0]], rings.With("slot", Slot()),
            Additive(small with { Number = small.Number! with { Ring = type.Number.Ring } }));
        return Emit(op.Kind == "squares" ? "wide.squares" : "wide.multiply", [extended.Id, .. operands], rings.With("slot", Slot()),
            Additive(type));
    }

    private Value Exponential(Op op, int low)
    {
        TensorType type = op.Result.Tensor;
        int ring = type.Number!.Ring;
        int bits = op.Attributes.Int("lowBits") + op.Attributes.Int("highBits");
        Value t = Narrow(Masked(op.Operands[0]), RingOf(op, 0), bits);
        Attributes shape = op.Attributes.With("ring", (long)ring);
        TensorType part = type with { Number = new Number(op.Attributes.Int("lookupRing"), op.Attributes.Int("tableBits"), 0, 0) };
        Value lookup = Emit("exponential.lookup", [t.Id], shape.With("ring", op.Attributes.Expr("lookupRing")).With("slot", Slot()),
            Additive(part));
        Value opened = Open(lookup, part, 0, "exponential");
        Value scaled = Emit("exponential.scale", [lookup.Id, opened.Id, t.Id], shape.With("slot", Slot()),
            Additive(type));
        return Open(scaled, type, low, "exponential");
    }

    private Value Piecewise(Op op, int low)
    {
        TensorType type = op.Result.Tensor;
        int ring = type.Number!.Ring;
        int bits = op.Attributes.Int("lowBits") + op.Attributes.Int("highBits");
        Value shifted;
        if (op.Kind == "piecewise.octaves")
        {
            shifted = Emit("octaves.spread", [Masked(op.Operands[0]).Id],
                op.Attributes.With("from", (long)RingOf(op, 0)).With("ring", (long)bits), type with { Form = Form.Unshared });
        }
        else
        {
            Value x = Narrow(Masked(op.Operands[0]), RingOf(op, 0), bits);
            shifted = Emit("local.addconstant", [x.Id],
                Attributes.Of(("constant", Expr.Zero - op.Attributes.Expr("start")), ("ring", (long)bits)), typed[op.Operands[0]].Tensor);
        }

        Attributes table = op.Attributes.With("ring", (long)ring);
        TensorType parts = type with { Shape = type.Shape.Insert(0, Expr.Constant(op.Attributes.Int("degree") + 1)) };
        Value lookup = Emit("piecewise.lookup", [shifted.Id], table.With("slot", Slot()), Additive(parts));
        Value opened = Open(lookup, parts, 0, "piecewise polynomial");
        Value combined = Emit("piecewise.combine", [lookup.Id, opened.Id, shifted.Id], table.With("slot", Slot()),
            Additive(type));
        return Open(combined, type, low, "piecewise polynomial");
    }

    /// <summary>Of what was looked up in all octaves, the value of the one where the argument lies: the last, and from there by steps.</summary>
    private Value ChooseOctave(Op op, int low)
    {
        TensorType type = op.Result.Tensor;
        int ring = type.Number!.Ring;
        Value pieces = Masked(op.Operands[1]);
        ImmutableArray<Expr> shape = typed[op.Operands[1]].Tensor.Shape;
        long octaves = shape[0].AsConstant!.Value;
        TensorType stepped = type with { Shape = shape.SetItem(0, Expr.Constant(octaves - 1)) };
        Value steps = Emit("local.steps", [pieces.Id],
            Attributes.Of(("octaves", octaves), ("power", op.Attributes.Expr("power")), ("ring", (long)ring)), stepped);
        Value taken = Emit("select.choose", [Masked(op.Operands[0]).Id, steps.Id],
            Attributes.Of(("ring", (long)ring), ("slot", Slot())), Additive(stepped));
        Value sum = Emit("local.sum", [taken.Id],
            Attributes.Of(("axis", 0L), ("shape", new ListAttr(stepped.Shape)), ("ring", (long)ring)), Additive(type));
        Value last = Emit("local.slice", [pieces.Id],
            Attributes.Of(("axis", 0L), ("start", octaves - 1), ("length", 1L), ("shape", new ListAttr(shape)), ("ring", (long)ring)), type);
        Value share = Emit("local.additive", [last.Id], Attributes.Of(("ring", (long)ring)), Additive(type));
        return Open(Emit("local.add", [share.Id, sum.Id], Attributes.Of(("ring", (long)ring)), Additive(type)), type, low, "select");
    }

    private Value BestOf(Op op)
    {
        TensorType type = op.Result.Tensor;
        int ring = type.Number!.Ring;
        Value chosen = Emit("champion.choose", [Masked(op.Operands[0]).Id, Masked(op.Operands[1]).Id],
            Attributes.Of(("contenders", op.Attributes.Expr("contenders")), ("ring", (long)ring), ("slot", Slot())), Additive(type));
        Value last = Emit("local.additive", [Masked(op.Operands[2]).Id], Attributes.Of(("ring", (long)ring)), Additive(type));
        Value best = Emit(op.Attributes.Int("larger") == 1 ? "local.add" : "local.sub", [last.Id, chosen.Id],
            Attributes.Of(("ring", (long)ring)), Additive(type));
        return Open(best, type, 0, "select");
    }

    private Value CoarseMaximum(Op op)
    {
        TensorType type = op.Result.Tensor;
        Expr rows = type.Count;
        long thresholds = op.Attributes.Int("thresholds");
        TensorType hashes = new([Expr.Constant(thresholds), rows], Form.XorBit) { Number = new Number(1, 0, 0, 1) };
        TensorType opened = hashes with { Form = Form.MaskedBit };
        Value x = Masked(op.Operands[0]);
        Value hashed = Emit("coarse.hashes", [x.Id],
            Attributes.Of(("rows", rows), ("ring", (long)RingOf(op, 0)), ("low", op.Attributes.Expr("low")), ("thresholds", thresholds))
                .With("slot", Slot()), hashes);
        Value words = Emit("openbits", [hashed.Id], OpenBits(Gates.CoarseMaximum.HashBits, "coarse maximum"), opened);
        Value digits = Emit("coarse.digits", [words.Id], Attributes.Of(("slot", Slot())), hashes);
        Value zeros = Emit("openbits", [digits.Id], OpenBits(Gates.CoarseMaximum.DigitCount, "coarse maximum"), opened);
        Value occupied = Emit("coarse.occupied", [zeros.Id], Attributes.Of(("slot", Slot())), hashes);
        Value bits = Emit("openbits", [occupied.Id], OpenBits(1, "coarse maximum"), opened);
        Value sum = Emit("bittoring.count", [bits.Id],
            Attributes.Of(("constant", op.Attributes.Expr("low")), ("groups", thresholds), ("ring", (long)type.Number!.Ring), ("slot", Slot())),
            Additive(type));
        return Open(sum, type, 0, "coarse maximum");
    }
}
