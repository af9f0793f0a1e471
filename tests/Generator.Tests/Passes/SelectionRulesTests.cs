using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MPCache.Contract;
using MPCache.Generator.Ir;
using MPCache.Generator.ProtocolIr;
using MPCache.Generator.Tests.TestSupport;
using Xunit;

namespace MPCache.Generator.Tests.Passes;

/// <summary>
/// What may be revealed about rows. Each test breaks one rule in a program that the compiler made, and the verifiers refuse it; without
/// these rules a selection computes garbage in silence, or tells what it should not. Names say the rule's number in the design: 1 one
/// permutation one order, 2 ties broken in secret, 3 ranges derived, 4 online positions re-masked, 5 unused slots filled.
/// </summary>
public sealed class SelectionRulesTests
{
    private const string Source = """
        public static partial class Sample
        {
            [EntryPoint, Dim("rows", Max = 200)]
            public static Tensor Straight(
                [Owned(Party.Client), Shape("2, rows"), Range(-4, 4)] Tensor scores,
                [Owned(Party.Server), Shape("2, rows, 3"), Range(-4, 4)] Tensor values, int kept)
            {
                Selection best = TopK(scores.Within(-2, 2), kept);
                Tensor rows = Gather(values, best);
                return Gather(Scatter(rows * rows, best), best.InOrder()).Reveal(Party.Client);
            }

            [EntryPoint, Dim("rows", Max = 200)]
            public static Tensor Looped(
                [Owned(Party.Client), Shape("2, rows"), Range(-4, 4)] Tensor scores,
                [Owned(Party.Server), Shape("2, rows, 3"), Range(-4, 4)] Tensor values, int kept, int steps)
            {
                Tensor sum = Tensor.Zeros(2, kept, 3);
                Tensor all = Gather(values, Shuffle(2, values.Size(1)));
                for (int i = 0; i < steps; i++)
                {
                    Selection best = TopK(scores * scores, kept);
                    sum = (sum + Gather(all, best) + Gather(all, best.InOrder())).Within(-100, 100);
                }

                return (sum + Maximum(sum, -sum)).Reveal(Party.Client);
            }
        }
        """;

    private static readonly Dictionary<string, Compiled> Compiled = Programs.CompileAll(Source);

    private static Function Straight => Text("Straight", "2-typed.ir");

    private static Function Looped => Text("Looped", "2-typed.ir");

    private static Function StraightProtocol => Text("Straight", "3-protocol.ir");

    private static Function LoopedProtocol => Text("Looped", "3-protocol.ir");

    [Fact]
    public void What_the_compiler_makes_is_accepted()
    {
        Assert.All([Straight, Looped], TypeVerifier.Verify);
        Assert.All([StraightProtocol, LoopedProtocol], ProtocolVerifier.Verify);
    }

    // 1. One permutation, one total order.

    [Fact]
    public void Rule1_a_second_order_under_one_permutation() => Rejected("order", "second order",
        Straight.After("order", (op, f) => op.Again(f)));

    [Fact]
    public void Rule1_an_order_of_another_key_under_the_same_permutation() => Rejected("order", "second order",
        Straight.After("order", (op, f) => [
            f.Find("shuffle") with { Results = [f.Find("shuffle").Result with { Id = f.NextId }] },
            new("order", [new Value(f.NextId + 1, op.Result.Type)], [f.NextId, op.Operands[1]], op.Attributes)]));

    [Fact]
    public void Rule1_slots_under_the_permutation_of_an_order() => Rejected("locate", "second order",
        Straight.Change("locate", (op, f) => op.On(op.Operands[0], f.Find("order").Operands[1])));

    [Fact]
    public void Rule1_slots_twice_under_one_permutation_through_a_narrower_copy() => Rejected("locate", "second order",
        Straight.After("locate", (op, f) =>
        {
            TensorType slots = f.Defined(op.Operands[0]).Tensor;
            TensorType narrow = slots with { Number = slots.Number! with { Ring = slots.Number.Ring - 1, High = 100 } };
            return [
                new("narrow", [new Value(f.NextId, narrow)], [op.Operands[0]], Attributes.None),
                op with { Results = [op.Result with { Id = f.NextId + 1 }], Operands = [f.NextId, op.Operands[1]] }];
        }));

    [Fact]
    public void Rule1_rows_told_in_an_order_under_which_comparisons_were_revealed() => Rejected("everyrow", "second order",
        Straight.After("order", (op, f) => [new("everyrow", [new Value(f.NextId,
            f.Defined(op.Operands[1]).Tensor with { Form = Form.Positions })], [op.Operands[1]], Attributes.None)]));

    [Fact]
    public void Rule1_the_shuffled_key_itself_is_told() => Rejected("reveal", "order in which their key was compared",
        Straight.Change("reveal", (op, f) => op.On(f.Find("shuffle").Result.Id)));

    [Fact]
    public void Rule1_a_permutation_drawn_outside_of_the_loop_that_orders_under_it()
    {
        Rejected("order", "outside of the loop", Looped.OutOfLoop("permutation"));
    }

    [Fact]
    public void Rule1_comparisons_of_rows_in_public_order() => Rejected("order", "public order",
        Straight.Change("order", (op, f) => op.On(f.Find("extend").Result.Id, op.Operands[1])));

    [Fact]
    public void Rule1_comparisons_of_rows_shuffled_under_another_permutation() => Rejected("order", "public order",
        Straight.Change("order", (op, f) => op.On(op.Operands[0], f.Last("permutation").Result.Id))
            .Moved("permutation", "order"));

    [Fact]
    public void Rule1_comparisons_of_a_sum_of_shuffled_keys() => Rejected("order", "public order",
        Straight.Change("order", (op, f) => op.On(f.NextId, op.Operands[1]))
            .After("shuffle", (op, f) => [
                new("add", [new Value(f.NextId, op.Result.Type)], [op.Result.Id, op.Result.Id], Attributes.None)]));

    [Fact]
    public void Rule1_comparisons_within_a_row_where_nothing_is_shuffled() => Rejected("order", "within the permutation's rows",
        Straight.WithShape("permutation", s => s.RemoveAt(1)));

    [Fact]
    public void Rule1_rows_that_are_not_those_of_the_permutation() => Rejected("shuffle", "not those of the permutation",
        Straight.WithShape("permutation", s => s.SetItem(0, 3)));

    // Slots are revealed only of what is a slot by construction.

    [Fact]
    public void Rule1_slots_of_an_arbitrary_value() => NoSlots(
        Straight.Change("locate", (op, f) => op.On(f.Find("cumsum").Result.Id, op.Operands[1])));

    [Fact]
    public void Rule1_slots_of_the_selected_rows_before_they_are_counted() => NoSlots(
        Straight.Change("locate", (op, f) => op.On(f.Last("scatter").Result.Id, op.Operands[1])));

    [Fact]
    public void Rule1_slots_of_a_product_with_another_factor() => NoSlots(
        Straight.ChangeLast("mul", (op, f) => op.On(op.Operands[0], op.Operands[0])));

    [Fact]
    public void Rule1_slots_counted_over_something_else() => NoSlots(
        Straight.Change("cumsum", (op, f) => op.On(f.Find("scatter").Result.Id)));

    [Fact]
    public void Rule1_slots_of_another_constant_than_one()
    {
        NoSlots(Straight.Change("constant", (op, _) => op.With("scalar", RealAttr.Of(2))));
        NoSlots(Straight.Change("constant", (op, _) => op.With("bits", 16L)));
        NoSlots(Straight.Change("constant", (op, _) => op.With("scalar", "param(weight)")));
        NoSlots(Straight.Change("constant", (op, _) => op with { Attributes = Attributes.None }));
    }

    [Fact]
    public void Rule1_slots_of_another_number_of_rows_than_was_selected() => NoSlots(
        Straight.Change("locate", (op, _) => op.With("count", Expr.Symbol("kept") + 1)));

    [Fact]
    public void Rule1_slots_that_wrap_in_their_ring() => NoSlots(
        Straight.ChangeLast("mul", (op, _) => op.WithNumber(n => n with { Ring = 3 })));

    [Fact]
    public void Rule1_slots_counted_along_a_row_in_public_order()
    {
        // Ones with a further axis, counted along it: every row would show whether it is selected.
        static ImmutableArray<Expr> Wide(ImmutableArray<Expr> shape) => shape.Add(3);
        string[] counting = ["constant", "public", "scatter", "cumsum", "mul", "permutation"];
        Function wide = Straight.ChangeAfter("constant", op => counting.Contains(op.Kind), op => op.WithShape(Wide));
        NoSlots(wide.Change("locate", (op, _) => op.WithShape(s => s.Insert(1, Expr.Symbol("rows")).SetItem(2, Expr.Symbol("kept")))));
    }

    // 2. Ties are broken by something secret.

    [Theory]
    [InlineData("order.pairs")]
    [InlineData("order.reveal")]
    [InlineData("permutation")]
    [InlineData("compare.digits")]
    public void Rule2_comparisons_without_their_own_secret(string kind) => Rejected(kind, "no mask of its own",
        StraightProtocol.Change(kind, (op, _) => op.With("slot", null)));

    [Fact]
    public void Rule2_two_orders_of_ties_that_are_the_same() => Rejected("order.pairs", "used twice",
        StraightProtocol.ChangeLast("order.pairs", (op, f) =>
            op.With("slot", f.Find("order.pairs").Attributes.Expr("slot"))));

    // 3. Ranges are derived, not asserted.

    [Fact]
    public void Rule3_a_key_whose_range_is_only_asserted() => Rejected("order", "asserted, not derived",
        Looped.Change("shuffle", (op, f) => (op.On(f.Find("extend").Operands[0], op.Operands[1]))
            .WithNumber(n => n with { Ring = f.Defined(f.Find("extend").Operands[0]).Tensor.Number!.Ring })));

    [Fact]
    public void Rule3_an_input_is_as_large_as_its_owner_may_make_it_whatever_is_asserted_later()
    {
        // Declared within ±4, asserted within ±2: 20 bits hold the differences of ±2, and with 21 bits those of ±4 still wrap.
        Function direct = Straight.Change("shuffle", (op, f) =>
                (op.On(f.Find("input").Result.Id, op.Operands[1])).WithNumber(n => n with { Ring = 20 }))
            .Change("input", (op, _) => op.WithNumber(n => n with { Ring = 20, Low = -131072, High = 131071 }));
        Rejected("order", "asserted, not derived", direct);
        SelectionRules.Verify(direct.Change("input", (op, _) => op.WithNumber(n => n with { Ring = 22 }))
            .Change("shuffle", (op, _) => op.WithNumber(n => n with { Ring = 22 })));
    }

    [Theory]
    [InlineData("add")]
    [InlineData("shl")]
    [InlineData("truncate")]
    [InlineData("choose")]
    public void Rule3_a_key_computed_after_its_range_was_derived(string kind) => Rejected("order", "asserted, not derived",
        Straight.Change("shuffle", (op, f) => op.On(f.NextId, op.Operands[1]))
            .After("extend", (op, f) => [new(kind, [new Value(f.NextId, op.Result.Type)], [op.Result.Id, op.Result.Id], Attributes.None)]));

    [Fact]
    public void Rule3_a_key_narrowed_after_its_extension_so_that_differences_wrap() => Rejected("order", "asserted, not derived",
        Straight.Change("order", (op, f) => op.On(f.NextId, op.Operands[1]))
            .After("shuffle", (op, f) => [new("narrow", [new Value(f.NextId,
                op.Result.Tensor with { Number = op.Result.Tensor.Number! with { Ring = 21, Low = -10, High = 10 } })], [op.Result.Id],
                Attributes.None)]));

    [Fact]
    public void Rule3_an_extension_by_one_bit_is_too_little() => Rejected("order", "asserted, not derived",
        Straight.Change("extend", (op, _) => op.WithNumber(n => n with { Ring = 21 }))
            .Change("shuffle", (op, _) => op.WithNumber(n => n with { Ring = 21 })));

    [Fact]
    public void Rule3_what_a_loop_gives_has_no_derived_range() => Rejected("order", "asserted, not derived",
        Looped.Change("shuffle", (op, f) => op.On(f.Find("for").Body!.Parameters[0].Id, op.Operands[1]))
            .Change("for", (op, _) => op with { Body = op.Body! with { Parameters = [op.Body.Parameters[0] with
            {
                Type = op.Body.Parameters[0].Tensor with { Shape = [2, Expr.Symbol("rows")] },
            }] } }));

    // 4. Rows at online positions are masked anew, and positions mean something under their own permutation alone.

    [Fact]
    public void Rule4_rows_that_enter_a_product_without_a_new_mask() => Rejected("product.multiply", "not (Additive",
        StraightProtocol.Change("product.multiply", (op, f) => op.On(f.Last("remask.gather", nth: 1).Result.Id, op.Operands[1])));

    [Theory]
    [InlineData("truncate.reduce")]
    [InlineData("compare.digits")]
    [InlineData("piecewise.lookup")]
    [InlineData("extend.start")]
    [InlineData("state.append")]
    [InlineData("reveal")]
    public void Rule4_rows_that_enter_a_gate_without_a_new_mask(string gate) => Rejected(gate, "reads",
        StraightProtocol.After("product.multiply", (op, f) => [new(gate, [new Value(f.NextId, op.Result.Type)],
            [f.Last("remask.gather", nth: 1).Result.Id], Attributes.Of(("slot", 999L)))]));

    [Fact]
    public void Rule4_placed_rows_that_are_counted_without_a_new_mask() => Rejected("local.cumsum", "does not make Masked",
        StraightProtocol.Change("local.cumsum", (op, f) => op.On(f.Last("remask.scatter").Result.Id)));

    [Fact]
    public void Rule4_a_new_mask_that_is_none() => Rejected("open", "no mask of its own",
        StraightProtocol.ChangeLast("open", (op, _) => op.With("slot", null)));

    [Fact]
    public void Rule4_two_openings_under_one_mask()
    {
        foreach (string kind in (string[])["open", "opento", "shuffle", "tell", "order.reveal", "openbits"])
        {
            Rejected(kind, "used twice", StraightProtocol.ChangeLast(kind, (op, f) =>
                op.With("slot", f.Find("input").Attributes.Expr("slot"))));
        }
    }

    [Fact]
    public void Rule4_positions_of_another_permutation()
    {
        Rejected("gather", "another permutation", Straight.ChangeLast("gather",
            (op, f) => op.On(op.Operands[0], op.Operands[1], f.Find("order").Result.Id)));
        Rejected("scatter", "another permutation", Straight.ChangeLast("scatter",
            (op, f) => op.On(op.Operands[0], f.Last("permutation").Result.Id, op.Operands[2])).Moved("permutation", "order"));
    }

    [Fact]
    public void Rule4_rows_of_another_permutation_at_revealed_positions() => Rejected("remask.gather", "another permutation",
        StraightProtocol.ChangeLast("remask.gather", (op, f) => op.On(op.Operands[0], f.Find("order.kept").Result.Id)));

    [Fact]
    public void Rule4_rows_in_public_order_at_revealed_positions() => Rejected("remask.gather", "another permutation",
        StraightProtocol.ChangeLast("remask.gather", (op, f) => op.On(f.Last("input").Result.Id, op.Operands[1])));

    [Fact]
    public void Rule4_rows_that_go_back_by_another_way() => Rejected("shuffle", "another permutation than they came by",
        StraightProtocol.ChangeLast("shuffle", (op, f) => op.On(op.Operands[0], f.NextId),
                op => op.Attributes.Int("inverse") == 1)
            .After("permutation", (op, f) => [op with
            {
                Results = [op.Result with { Id = f.NextId }], Attributes = op.Attributes.With("slot", 998L),
            }], op => op.Result.Id == StraightProtocol.Find("permutation").Result.Id));

    [Fact]
    public void Rule4_positions_that_are_none_are_named()
    {
        Rejected("gather", "never revealed",
            Straight.ChangeLast("gather", (op, _) => op.On(op.Operands[0], op.Operands[1], op.Operands[1])));
        Rejected("remask.gather", "never revealed", StraightProtocol.ChangeLast("remask.gather",
            (op, f) => op.On(op.Operands[0], f.NextId))
            .After("permutation", (_, f) => [f.Positions()]), OrderRules.Verify);
    }

    [Fact]
    public void Malformed_operations_are_named()
    {
        foreach (string kind in (string[])["shuffle", "order", "locate", "gather", "scatter"])
        {
            Rejected(kind, "", Straight.Change(kind, (op, _) => op.On(op.Operands[0])));
            Rejected(kind, "", Straight.Change(kind, (op, _) => op with { Operands = [.. op.Operands.Select(_ => op.Operands[0])] }));
            Rejected(kind, "", Straight.Change(kind, (op, _) => op with { Operands = [.. op.Operands.Select(_ => 99999)] }));
        }
    }

    // 5. Unused slots send fresh random bits: whoever reveals must know which slots are used.

    [Fact]
    public void Rule5_comparisons_of_undecided_rows_told_without_their_slots() => Rejected("order.reveal", "not the slots",
        StraightProtocol.ChangeLast("order.reveal", (op, _) => op.On(op.Operands[0]), op => op.Operands.Length == 2));

    [Fact]
    public void Rule5_comparisons_of_all_rows_told_as_of_some() => Rejected("order.reveal", "not the slots",
        StraightProtocol.Change("order.reveal", (op, f) => op.On(op.Operands[0], f.NextId))
            .After("permutation", (_, f) => [f.Positions()]), OrderRules.Verify);

    // The same rules after lowering.

    [Fact]
    public void A_hidden_comparison_that_is_told() => Rejected("order.reveal", "none of shuffled rows",
        LoopedProtocol.After("compare.combine", (op, f) => !f.IsHidden(op) ? [] : [
            new("order.reveal", [new Value(f.NextId, op.Result.Tensor with { Form = Form.Comparisons })], [op.Result.Id],
                Attributes.Of(("slot", 999L)))]));

    [Fact]
    public void Digits_that_are_told_instead_of_signs() => Rejected("order.reveal", "digits",
        StraightProtocol.Change("order.reveal", (op, f) => op.On(f.Find("compare.digits").Result.Id)));

    [Fact]
    public void Comparisons_told_twice() => Rejected("order.reveal", "second order",
        StraightProtocol.After("order.reveal", (op, f) => op.Operands.Length > 1 ? [] : [op with
        {
            Results = [op.Result with { Id = f.NextId }], Attributes = op.Attributes.With("slot", 999L),
        }]));

    [Fact]
    public void Comparisons_of_rows_that_were_never_shuffled() => Rejected("order.pairs", "public order",
        StraightProtocol.Change("order.pairs", (op, f) => op.On(f.Find("input").Result.Id)));

    [Fact]
    public void Undecided_rows_compared_in_a_loop_of_many_steps()
    {
        Rejected("order.reveal", "one step", StraightProtocol.Change("for", (op, _) => op.With("high", 2L)));
        Rejected("order.reveal", "one step", StraightProtocol.Change("for", (op, _) => op.With("low", -1L)));
    }

    [Fact]
    public void Slots_told_in_public_order() => Rejected("locate", "public order",
        StraightProtocol.Change("locate", (op, f) => op.On(f.Last("opento", nth: 1).Result.Id, op.Operands[1]))
            .Change("opento", (op, _) => op.WithForm(Form.HeldByClient)), OrderRules.Verify);

    [Fact]
    public void A_permutation_moved_out_of_the_loop_that_reveals_under_it()
    {
        Rejected("order.reveal", "outside of the loop", LoopedProtocol.OutOfLoop("permutation"));
    }

    // Values that one party holds.

    [Fact]
    public void A_held_value_that_a_gate_reads() => Rejected("extend.start", "not (HeldBy",
        StraightProtocol.After("opento", (op, f) => [
            new("extend.start", [new Value(f.NextId, op.Result.Tensor with { Form = Form.Additive })], [op.Result.Id],
                Attributes.Of(("slot", 999L), ("from", 22L), ("ring", 24L)))]));

    [Fact]
    public void A_held_value_that_the_wrong_party_tells()
    {
        foreach (Op told in StraightProtocol.Body.Walk().Where(o => o.Kind == "tell"))
        {
            string other = told.Attributes.Text("from") == "server" ? "client" : "server";
            Rejected("tell", "", StraightProtocol.Change("tell", (op, _) => op.With("from", other),
                op => op.Result.Id == told.Result.Id));
        }
    }

    [Fact]
    public void A_held_value_that_the_wrong_party_shuffles()
    {
        foreach (Op shuffle in StraightProtocol.Body.Walk().Where(o => o.Kind == "shuffle"))
        {
            string other = shuffle.Attributes.Text("from") == "server" ? "client" : "server";
            Rejected("shuffle", "", StraightProtocol.Change("shuffle", (op, _) => op.With("from", other),
                op => op.Result.Id == shuffle.Result.Id));
        }
    }

    [Fact]
    public void A_held_value_that_is_added_to_one_that_both_have() => Rejected("local.add", "does not make",
        StraightProtocol.After("opento", (op, f) => [new("local.add", [new Value(f.NextId, op.Result.Type)],
            [op.Result.Id, f.Find("input").Result.Id], Attributes.Of(("ring", 22L)))]));

    // Ways around the forms.

    [Fact]
    public void A_share_that_becomes_a_value_on_its_way_around_a_loop()
    {
        Function protocol = StraightProtocol;
        Op share = protocol.Find("product.multiply");
        Value inside = new(protocol.NextId, share.Result.Tensor with { Form = Form.Masked });
        Value outside = new(protocol.NextId + 1, inside.Type);
        Op loop = new("for", [outside], [share.Result.Id], Attributes.Of(("index", "i9"), ("low", 0L), ("high", 1L)), -1,
            new Block([inside], [], [inside.Id]));
        Rejected("for", "not (Additive)", protocol.After("product.multiply", (op, _) => op == share ? [loop] : []));
        Op masked = loop.On(protocol.Find("input").Result.Id);
        Rejected("for", "changes its form", protocol.After("product.multiply", (op, _) => op == share
            ? [masked with { Results = [outside with { Type = inside.Tensor with { Form = Form.Revealed } }] }] : []));
    }

    [Fact]
    public void A_value_of_a_loop_that_is_used_behind_it()
    {
        Rejected("reveal", "before it is defined", StraightProtocol.Change("reveal",
            (op, f) => op.On(f.Find("for").Body!.Ops.First(o => o.Kind == "open").Result.Id)));
        Rejected("reveal", "before it is defined", Looped.Change("reveal",
            (op, f) => op.On(f.Find("for").Body!.Ops.First(o => o.Kind == "gather").Result.Id)), TypeVerifier.Verify);
    }

    [Fact]
    public void An_operation_of_nothing_that_makes_a_value() => Rejected("local.anything", "does not make",
        StraightProtocol.After("permutation", (_, f) => [new("local.anything", [new Value(f.NextId, f.Find("input").Result.Type)], [],
            Attributes.None)]));

    private static void NoSlots(Function damaged) => Rejected("locate", "not slots by construction", damaged);

    /// <summary>The damaged function, typed or lowered, is refused with a message that names operation and rule.</summary>
    private static void Rejected(string kind, string rule, Function damaged, Action<Function>? verify = null)
    {
        bool typed = damaged.Body.Walk().All(o => !o.Attributes.Has("slot"));
        string message = Assert.Throws<InvalidOperationException>(
            () => (verify ?? (typed ? SelectionRules.Verify : ProtocolVerifier.Verify))(damaged)).Message;
        Assert.StartsWith(kind + ": ", message, StringComparison.Ordinal);
        Assert.Contains(rule, message, StringComparison.Ordinal);
    }

    private static Function Text(string program, string file) =>
        Parser.Parse(Compiled["Sample." + program].Texts.Single(t => t.FileName == file).Text);
}
