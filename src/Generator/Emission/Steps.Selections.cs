using System.Linq;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Emission;

/// <summary>The statements of shuffles, revealed orders, and rows at positions that are known only while running.</summary>
internal sealed partial class Steps
{
    // A shuffle that has been put is taken without its operands at hand: its order is the one that it was put with.
    private readonly System.Collections.Generic.Dictionary<int, int> shuffledUnder = [];

    private static string Sender(Attributes a) => a.Text("from") == "server" ? "Language::Party.Server" : "Language::Party.Client";

    private static string Receiver(Attributes a) => a.Text("from") == "server" ? "Language::Party.Client" : "Language::Party.Server";

    private bool HeldByServer(Op op) =>
        values[op.Operands[0]].Tensor.Form == Form.HeldByServer || op.Attributes.Has("counts");

    private string Integer(Attributes a, string name) => Int(a.Expr(name));

    /// <returns>Whether the operation is one of these.</returns>
    private bool Selecting(Op op, Attributes a, string at)
    {
        string Operand(int i) => Name(op.Operands[i]);
        switch (op.Kind)
        {
            case "permutation":
                Define(op, $"Gates::SecretOrder.Draw<TRole>(run, {at}, {Integer(a, "groups")}, {Integer(a, "rows")})");
                return true;
            case "state.order":
                Define(op, $"Gates::Order.Restored<TRole>({State(op)}.Value, {Integer(a, "groups")}, {Integer(a, "rows")})");
                return true;
            case "state.positions":
                Define(op,
                    $"Gates::Order.RestoredPositions<TRole>({State(op)}.Value, {Operand(0)}, "
                        + $"{Int(op.Result.Tensor.Shape.Last())})");
                return true;
            case "state.keep":
                writer.Line($"{State(op)}.Assign(Gates::Order.Stored<TRole>({Operand(0)}, {Operand(1)}));");
                return true;
            case "everyrow":
                Define(op, $"Gates::Order.All<TRole>({Integer(a, "groups")}, {Integer(a, "rows")})");
                return true;
            case "shuffle.put":
                shuffledUnder[op.Result.Id] = op.Operands[1];
                Define(op, $"Gates::Shuffle.Put<TRole>(run, {at}, {Operand(0)}, {Operand(1)}, {Layout(a)})");
                return true;
            case "shuffle.take":
                writer.Line($"Gates::Shuffle.Take<TRole>(run, {Operand(0)}, {Name(shuffledUnder[op.Operands[0]])}, {Layout(a)});");
                return true;
            case "remask.gather" or "remask.scatter":
                string what = op.Kind == "remask.gather" ? "Gather" : "Scatter";
                string share = values[op.Operands[0]].Tensor.Form == Form.Additive ? "Share" : "";
                Define(op,
                    $"Gates::Remask.{what}{share}<TRole>(run, {Operand(0)}, {Operand(1)}, {Integer(a, "rows")}, {Integer(a, "row")}, "
                        + $"{a.Int("ring")})");
                return true;
            case "order.pairs":
                Define(op,
                    $"Gates::Order.Pairs<TRole>(run, {at}, {Operand(0)}, {Integer(a, "groups")}, {Integer(a, "rows")}, "
                        + $"{Integer(a, "pivots")}, {a.Int("ring")})");
                return true;
            case "order.reveal.put":
                Define(op, $"Gates::Order.RevealPut<TRole>(run, {at}, {Operand(0)}, {(op.Operands.Length > 1 ? Operand(1) : "default")})");
                return true;
            case "order.reveal.take":
                writer.Line($"Gates::Order.RevealTake<TRole>(run, {Operand(0)});");
                return true;
            case "order.rank":
                Define(op,
                    $"Gates::Order.Rank<TRole>({Operand(0)}, {Integer(a, "groups")}, {Integer(a, "rows")}, {Integer(a, "pivots")}, "
                        + $"{Integer(a, "keep")})");
                return true;
            case "order.undecided":
                Define(op, $"Gates::Order.Undecided<TRole>({Operand(0)}, {Integer(a, "capacity")})");
                return true;
            case "order.refine":
                Define(op, $"Gates::Order.Refine<TRole>({Operand(0)}, {Operand(1)}, {Operand(2)})");
                return true;
            case "order.kept":
                Define(op, $"Gates::Order.Kept<TRole>({Operand(0)})");
                return true;
            case "locate.put":
                writer.Line($"Gates::Slots.Put<TRole>(run, {Operand(0)}, {a.Int("ring")});");
                return true;
            case "locate.take":
                writer.Line(
                    $"var {Operand(op.Operands.Length - 1)} = Gates::Slots.Take<TRole>(run, {Operand(0)}, {Integer(a, "groups")}, "
                        + $"{Integer(a, "rows")}, {Integer(a, "count")}, {a.Int("ring")});");
                return true;
            default:
                return false;
        }
    }

    private string Layout(Attributes a) =>
        $"{Integer(a, "row")}, {a.Int("ring")}, {(a.Int("inverse") == 1 ? "true" : "false")}";
}
