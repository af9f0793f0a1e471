using System;
using System.Linq;
using System.Threading.Tasks;
using MPCache.Contract;
using MPCache.Generator.Ir;
using MPCache.Generator.ProtocolIr;
using MPCache.Generator.Scheduling;
using MPCache.Generator.Tests.TestSupport;
using Xunit;

namespace MPCache.Generator.Tests.Passes;

/// <summary>Conditions that the session decides, on their way through the compiler.</summary>
public sealed class SessionConditionTests
{
    private const string Branching = """
        Tensor z = y;
        if (n > limit)
        {
            z = x * y * y;
        }

        return z.Reveal(Party.Client);
        """;

    [Fact]
    public async Task Both_branches_go_all_the_way()
    {
        Compiled program = Compile(Branching);
        await Verifier.Verify(string.Join("\n", program.Texts.Select(t => $"==== {t.FileName}\n\n{t.Text}"))).UseDirectory("Passes")
            .UseMethodName("SessionConditions");
        foreach (string file in (string[])["1-tensor.ir", "2-typed.ir", "3-protocol.ir", "4-rounds.txt"])
        {
            string text = Text(program, file);
            Assert.Equal(text, Printer.Print(Parser.Parse(text)));
        }

        IfNode branches = program.Plan!.Nodes.OfType<IfNode>().Single();
        Assert.Equal(("n > limit", 2, 0), (branches.Condition.ToString(), Flights(branches.Then), Flights(branches.Otherwise)));
    }

    [Theory]
    [InlineData("n >= 0")]
    [InlineData("n <= 8 && n == x.Size(0)")]
    [InlineData("x.Size(1) == 2 || limit > 3")]
    [InlineData("!(n + 3 * n > 40)")]
    public void What_the_declared_sizes_decide_is_no_condition(string condition)
    {
        // The other branch would slice beyond its axis.
        foreach (string choice in (string[])
        [
            $"if ({condition}) {{ z = x * y; }} else {{ z = x.Slice(1, 0, 3); }}", $"if (!({condition})) {{ z = x.Slice(1, 0, 3); }} else {{ z = x * y; }}",
        ])
        {
            string taken = Tensors($"Tensor z = x; {choice} return z.Reveal(Party.Client);");
            Assert.DoesNotContain(" if ", taken, StringComparison.Ordinal);
            Assert.Contains(" = mul ", taken, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_loops_range_decides_too() => Assert.DoesNotContain(" if ", Tensors("""
        for (int i = 1; i < n; i++)
        {
            if (i > 0 && i < 9)
            {
                x = (x * y).Within(-4, 4);
            }
        }

        return x.Reveal(Party.Client);
        """), StringComparison.Ordinal);

    [Fact]
    public void Numbers_become_expressions_of_the_condition()
    {
        string tensors = Tensors("int rows = n > 4 && limit < 3 ? 2 : n; return x.Slice(0, 0, rows).Reveal(Party.Client);");
        Assert.Contains("{to=\"Client\"} : [if(n > 4 && limit < 3, 2, n), 2]", tensors, StringComparison.Ordinal);
    }

    [Fact]
    public void What_leaves_lies_in_both_intervals_and_what_a_branch_asserts_is_its_own()
    {
        Function typed = Parser.Parse(Text(Compile("""
            Tensor z = x;
            if (n > limit)
            {
                z = x.Within(-1, 1) * 0.5f;
            }
            else
            {
                z = y * 4f;
            }

            return (z + x).Reveal(Party.Client);
            """), "2-typed.ir"));
        Number left = typed.Find("if").Result.Tensor.Number!;
        Assert.Equal((-16 << 16, 16 << 16), ((int)left.Low, (int)left.High));
        Number before = typed.Body.Ops.First(o => o.Kind == "input").Result.Tensor.Number!;
        Assert.Equal((-4 << 16, 4 << 16), ((int)before.Low, (int)before.High));
    }

    [Theory]
    [InlineData("Tensor z = x; if (n > 3) { z = [|x.Slice(0, 0, 1)|]; } return z.Reveal(Party.Client);")]
    [InlineData("Tensor z; if (n > 3) { z = x; } else { z = [|x.Slice(0, 0, limit)|]; } return z.Reveal(Party.Client);")]
    [InlineData("return (n > 3 ? x : [|x.Transpose()|]).Reveal(Party.Client);")]
    [InlineData("for (int i = 0; i < n; i++) { if (i > 3) { x = [|x.Sum(0)|]; } } return x.Reveal(Party.Client);")]
    public void Branches_leave_one_shape(string body) => MarkedSource.Rejects("MPC2002", Source(body));

    [Fact]
    public void What_nobody_uses_behind_the_branches_may_differ() => Assert.DoesNotContain(
        ";", Tensors("Tensor z = x; Tensor u = x; if (n > 3) { z = x * y; u = x.Sum(0); } return z.Reveal(Party.Client);")
            .Split('\n').Single(l => l.Contains(" if ", StringComparison.Ordinal)), StringComparison.Ordinal);

    [Theory]
    [InlineData("if (n > 3) { cache.Rows = x; }", "if(n > 3, n - tokens, 0) + tokens")]
    [InlineData("if (n > 3) { cache.Rows = cache.Rows.Append(x); } else { cache.Rows = cache.Rows.Append(y); }", "n + tokens")]
    [InlineData("if (n > 3) { cache.Rows = cache.Rows.Append(x); }", "if(n > 3, n, 0) + tokens")]
    [InlineData("if (n > 3) { } else { cache.Rows = cache.Rows.Append(x); cache.Rows = cache.Rows.Append(x); }", "if(n > 3, 0, 2*n) + tokens")]
    [InlineData(
        "if (n > 3) { cache.Rows = cache.Rows.Append(x); if (limit > 2) { cache.Rows = cache.Rows.Slice(0, 1, cache.Rows.Size(0) - 1); } }",
        "if(n > 3, if(limit > 2, n - 1, n), 0) + tokens")]
    [InlineData("cache.Rows = cache.Rows.Append(x); if (n > 3) { cache.Rows = y; }", "if(n > 3, n - tokens, n) + tokens")]
    public void A_state_has_the_rows_of_the_branch_taken(string body, string rows)
    {
        string tensors = Tensors(body + " return cache.Rows.Reveal(Party.Client);");
        Assert.Contains($"{{to=\"Client\"}} : [{rows}, 2]", tensors, StringComparison.Ordinal);
        Assert.Equal(tensors, Printer.Print(Parser.Parse(tensors)));
    }

    [Fact]
    public void A_state_that_nobody_asks_for_is_not_read_behind_branches() => Assert.DoesNotContain(
        "state.read", Tensors("if (n > 3) { cache.Rows = x; } return x.Reveal(Party.Client);"), StringComparison.Ordinal);

    [Theory]
    [InlineData("if (n > 3) { for (int i = 0; i < 2; i++) { cache.Keys[i] = x; } } x = x + [|cache.Keys[1]|];")]
    [InlineData("if (n > 3) { for (int i = 0; i < 2; i++) { cache.Keys[i] = x; } } else { cache.Keys[5] = x; } for (int i = 1; i < 3; i++) { x = (x + [|cache.Keys[i]|]).Within(-9, 9); }")]
    [InlineData("if (n > 3) { cache.Keys[limit] = x; } x = x + [|cache.Keys[n]|];")]
    public void Tensors_that_a_branch_may_have_written_are_told_apart(string body) =>
        MarkedSource.Rejects("MPC1022", Source(body + " return x.Reveal(Party.Client);"));

    [Fact]
    public void Loops_in_different_branches_write_the_same_tensors()
    {
        string tensors = Tensors("""
            if (n > 3)
            {
                for (int i = 0; i < limit; i++) { cache.Keys[i] = x; }
            }
            else
            {
                for (int i = 0; i < limit; i++) { cache.Keys[i] = cache.Keys[i].Append(y); }
            }

            for (int i = limit; i < limit + 2; i++) { cache.Keys[i] = y; }
            return x.Reveal(Party.Client);
            """);
        Assert.Equal(2, tensors.Split("= state.assign").Length - 1);
        Assert.Equal(1, tensors.Split("= state.append").Length - 1);
    }

    [Fact]
    public void Rows_are_appended_to_what_the_branches_made_of_a_state() => MarkedSource.Rejects("MPC1019", Source(
        "Tensor before = cache.Rows; if (n > 3) { cache.Rows = x; } cache.Rows = [|before.Append(x)|]; return x.Reveal(Party.Client);"));

    [Theory]
    [InlineData("if (n > 3) { cache.Chosen = TopK(x, 2); } y = Gather(y, [|cache.Chosen|]).Sum(1);")]
    [InlineData("if (n > 3) { cache.Chosen = TopK(x, 2); } else { cache.Chosen = TopK(x, 1); } if (limit > 2) { y = Gather(y, [|cache.Chosen|]).Sum(1); } else { y = y.Sum(1); }")]
    public void A_selection_is_not_read_behind_a_branch_that_replaced_it(string body) =>
        MarkedSource.Rejects("MPC1023", Source(body + " return y.Reveal(Party.Client);"));

    /// <summary>What a condition says of sizes: no check is left that it answers, and what it rules out is an error.</summary>
    [Theory]
    [InlineData("if (n > 4) { z = x.Slice(0, n - 5, 5).Sum(0); } else { z = x.Sum(0); }", "")]
    [InlineData("if (n <= 4) { z = x.Sum(0); } else { z = x.Slice(0, n - 5, 5).Sum(0); }", "")]
    [InlineData("if (n > 4) { z = x.Slice(0, n - 6, 5).Sum(0); } else { z = x.Sum(0); }", "0 <= n - 6")]
    [InlineData("if (n > 4 && limit < n) { z = x[limit].Reshape(1, 2); } else { z = x.Sum(0); }", "")]
    [InlineData("if (n > 4 || limit < n) { z = x[limit].Reshape(1, 2); } else { z = x.Sum(0); }", "limit + 1 <= n")]
    [InlineData("if (n != 0) { z = x[0].Reshape(1, 2); } else { z = x.Sum(0); }", "")]
    [InlineData("if (n == limit) { z = x.Slice(0, 0, limit).Sum(0); } else { z = x.Sum(0); }", "")]
    [InlineData("if (limit == 2) { z = x.Slice(0, 0, limit) + x.Slice(0, 0, 2); z = z.Sum(0); } else { z = x.Sum(0); }", "limit <= n; 2 <= n")]
    [InlineData("if (limit > 2) { z = x / limit; z = z.Sum(0); } else { z = x.Sum(0); }", "")]
    [InlineData("z = x.Sum(0); for (int i = 1; i < n; i++) { z = (z + x[i - 1] * x[i]).Within(-9, 9); }", "")]
    [InlineData("z = x.Sum(0); for (int i = 0; i < n; i++) { if (i > 0) { z = (z + x[i - 1]).Within(-9, 9); } }", "")]
    [InlineData("z = x.Sum(0); for (int i = 0; i < n; i++) { z = (z + x[i - 1]).Within(-9, 9); }", "0 <= i0 - 1")]
    [InlineData("if (limit > 0) { z = Tensor.Stack(n - 1, i => x[limit - 1 + i]).Sum(0); } else { z = x.Sum(0); }", "1 <= n - 1; limit + n - 2 <= n")]
    [InlineData("if (n > 1) { z = Tensor.Stack(n - 1, i => x[i]).Sum(0); } else { z = x.Sum(0); }", "")]
    [InlineData("z = Tensor.Stack(limit, i => x[0]).Sum(0);", "1 <= limit; 1 <= n")]
    [InlineData("if (limit > 0) { z = Tensor.Stack(limit, i => y).Sum(0).Sum(1).Reshape(1, 2); } else { z = x.Sum(0); }", "")]
    [InlineData("z = Tensor.Stack(2, i => x[limit - 1 + i]).Sum(0);", "0 <= limit - 1; limit + 1 <= n")]
    [InlineData("z = cache.Keys[0].Sum(0); for (int i = 0; i < cache.Layers; i++) { z = (z + cache.Keys[i].Sum(0)).Within(-9, 9); }", "")]
    [InlineData("z = cache.Keys[cache.Layers - 1].Sum(0);", "")]
    [InlineData("cache.Keys[cache.Layers - 1] = x; z = x.Sum(0);", "")]
    [InlineData("z = cache.Keys[1].Sum(0);", "2 <= layers")]
    [InlineData("z = cache.Keys[limit].Sum(0) + cache.Keys[limit].Mean(0);", "limit + 1 <= layers")]
    [InlineData("cache.Keys[limit - 1] = cache.Keys[limit - 1].Append(x); z = x.Sum(0);", "0 <= limit - 1; limit <= layers")]
    [InlineData("z = x.Sum(0); for (int i = 0; i < limit; i++) { z = (z + cache.Keys[i].Sum(0)).Within(-9, 9); }", "i0 + 1 <= layers")]
    [InlineData("if (limit < cache.Layers) { z = cache.Keys[limit].Sum(0); } else { z = x.Sum(0); }", "")]
    [InlineData("z = Gather(x.Transpose(), TopK(y.Transpose(), limit)).Sum(1).Transpose();", "limit <= n")]
    [InlineData("z = Gather(x.Transpose(), TopK(y.Transpose(), n - 2)).Sum(1).Transpose();", "0 <= n - 2")]
    [InlineData("z = Gather(x.Transpose(), TopK(y.Transpose(), n / 2)).Sum(1).Transpose();", "")]
    [InlineData("if (limit <= n) { z = Gather(x.Transpose(), TopK(y.Transpose(), limit)).Sum(1).Transpose(); } else { z = x.Sum(0); }", "")]
    [InlineData("z = x.Sum(0); if (n > 4) { if (n > 2) { z = x.Slice(0, 0, 3).Sum(0); } else { z = x.Slice(1, 0, 3).Sum(0); } }", "")]
    public void A_condition_narrows_sizes_in_its_branches(string body, string checks)
    {
        Compiled program = Compile($"Tensor z; {body} return z.Reveal(Party.Client);");
        Function tensors = Parser.Parse(Text(program, "1-tensor.ir"));
        Assert.Equal(checks, string.Join("; ", tensors.Body.Walk().Where(o => o.Kind == "check")
            .Select(o => $"{o.Attributes.Expr("left")} {(o.Attributes.Has("by") ? o.Attributes.Text("by") : "==")} {o.Attributes.Expr("right")}")));
    }

    [Theory]
    [InlineData("if (n > 4) { z = x.Sum(0); } else { z = [|x.Slice(0, n - 5, 5)|].Sum(0); }")]
    [InlineData("if (n > 4) { z = [|x.Slice(0, 0, 4 - n)|].Sum(0); } else { z = x.Sum(0); }")]
    [InlineData("if (limit >= n) { z = [|x[limit]|].Reshape(1, 2); } else { z = x.Sum(0); }")]
    [InlineData("if (limit > n) { z = [|x.Reshape(limit, 2)|].Sum(0); } else { z = x.Sum(0); }")]
    [InlineData("if (limit >= cache.Layers) { z = [|cache.Keys[limit]|].Sum(0); } else { z = x.Sum(0); }")]
    [InlineData("int before = -1; z = [|cache.Keys[before]|].Sum(0);")]
    [InlineData("if (limit >= cache.Layers) { [|cache.Keys[limit]|] = x; } z = x.Sum(0);")]
    [InlineData("if (limit > n) { z = Gather(x.Transpose(), [|TopK(y.Transpose(), limit)|]).Sum(1); } else { z = x.Sum(0); }")]
    [InlineData("z = Gather(x.Transpose(), [|TopK(y.Transpose(), -1)|]).Sum(1);")]
    [InlineData("if (limit < 1) { z = [|Tensor.Stack(limit, i => y)|].Sum(0).Sum(0); } else { z = x.Sum(0); }")]
    public void What_a_condition_rules_out_is_an_error(string body) =>
        MarkedSource.Rejects("MPC2002", Source($"Tensor z; {body} return z.Reveal(Party.Client);"));

    /// <summary>In a session with few rows their products sum to less: with 2^k fewer rows, rings have k bits fewer.</summary>
    [Theory]
    [InlineData("n <= 16", 8)]
    [InlineData("16 >= n && limit > 2", 8)]
    [InlineData("4 * n < 257", 6)]
    [InlineData("n + limit <= 16", 8)]
    [InlineData("n <= limit", 0)]
    public void Sums_over_sizes_that_a_condition_bounds_take_smaller_rings(string condition, int fewer)
    {
        Compiled program = Programs.CompileAll($$"""
            [Dim("n", Max = 4096)]
            public static partial class Sample
            {
                [EntryPoint]
                public static Tensor Run([Owned(Party.Client), Shape("n, 2"), Range(-4, 4)] Tensor x, int limit)
                {
                    int n = x.Size(0);
                    Tensor z = x.Slice(0, 0, 2);
                    if ({{condition}})
                    {
                        z = z + MatMul(x.Permute(1, 0), x);
                    }
                    else
                    {
                        z = z - MatMul(x.Permute(1, 0), x);
                    }

                    return z.Reveal(Party.Client);
                }
            }
            """)["Sample.Run"];
        Op branches = Parser.Parse(Text(program, "2-typed.ir")).Body.Ops.Single(o => o.Kind == "if");
        int[] rings = [.. branches.Blocks.Select(b => b.Ops.Single(o => o.Kind == "matmul").Result.Tensor.Number!.RequiredRing)];
        Assert.Equal(fewer, rings[1] - rings[0]);
    }

    [Fact]
    public void What_a_loop_without_steps_would_check_is_checked_behind_it() => Assert.Equal(
        2, Tensors("for (int i = 0; i < limit; i++) { x = (x + y.Slice(0, 0, 1)).Within(-9, 9); } return (x + y.Slice(0, 0, 1)).Reveal(Party.Client);")
            .Split("check {by=\"<=\", left=1, right=n}").Length - 1);

    [Fact]
    public void A_value_carried_by_a_loop_declares_its_range_in_each_branch()
    {
        MarkedSource.Rejects("MPC3003", Source(
            "for (int i = 0; i < n; i++) { if (i > 3) { x = (x + y).Within(-9, 9); } else { x = [|x + y|]; } } return x.Reveal(Party.Client);"));
        Function typed = Parser.Parse(Text(Compile(
            "for (int i = 0; i < n; i++) { if (i > 3) { x = (x + y).Within(-9, 9); } else if (i > limit) { x = (x * y).Within(-1, 12); } } "
            + "return x.Reveal(Party.Client);"), "2-typed.ir"));
        Number carried = typed.Find("for").Result.Tensor.Number!;
        Assert.Equal((-9 << 16, 12 << 16), ((int)carried.Low, (int)carried.High));
    }

    [Fact]
    public void A_result_is_revealed_behind_branches() => MarkedSource.Rejects("MPC4001", Source(
        "Tensor z; [|if (n > 3)|] { z = x.Reveal(Party.Client); } else { z = y.Reveal(Party.Client); } return z;"));

    [Fact]
    public void Verifiers_refuse_damaged_branches()
    {
        Compiled program = Compile(Branching);
        Function typed = Parser.Parse(Text(program, "2-typed.ir"));
        Function protocol = Parser.Parse(Text(program, "3-protocol.ir"));
        Function scheduled = Parser.Parse(Text(program, "4-rounds.txt"));
        TypeVerifier.Verify(typed);
        ProtocolVerifier.Verify(protocol);
        ScheduleVerifier.Verify(protocol, scheduled);
        Rejects("differs in number", () => TypeVerifier.Verify(typed.Change("if", (op, _) => op.WithBlocks(b => b with { Yields = [] }))));
        Rejects("a branch leaves", () => TypeVerifier.Verify(
            typed.Change("if", (op, _) => op.WithNumber(n => n with { Ring = n.Ring + 1 }))));
        Rejects("no session value", () => TypeVerifier.Verify(
            typed.Change("if", (op, _) => op.With("condition", new ConditionAttr(ConditionParser.Parse("i0 > 3"))))));
        Rejects("before it is defined", () => TypeVerifier.Verify(typed with
        {
            Body = typed.Body with { Yields = [typed.Find("if").Body!.Yields[0]] },
        }));
        int share = protocol.Find("if").Body!.Ops.Last(o => o.Kind == "product.multiply").Result.Id;
        Rejects("leave masked values", () => ProtocolVerifier.Verify(protocol.Change("if", (op, _) => op with
        {
            Body = op.Body! with { Yields = [share] },
        })));
        Rejects("differs in number", () => ProtocolVerifier.Verify(protocol.Change("if", (op, _) => op.WithBlocks(b => b with { Yields = [] }))));
        Rejects("longest chains", () => ScheduleVerifier.Verify(protocol, scheduled.Change("if", (op, _) => op with
        {
            Otherwise = op.Otherwise! with { Ops = op.Otherwise.Ops.Add(scheduled.Find("flight")) },
        })));
    }

    private static void Rejects(string rule, Action verify) =>
        Assert.Contains(rule, Assert.ThrowsAny<Exception>(verify).Message, StringComparison.Ordinal);

    private static int Flights(System.Collections.Generic.IReadOnlyList<PlanNode> nodes) => nodes.OfType<FlightNode>().Count();

    private static string Tensors(string body) => Text(Compile(body), "1-tensor.ir");

    private static string Text(Compiled program, string file) => program.Texts.Single(t => t.FileName == file).Text;

    private static Compiled Compile(string body) => Programs.CompileAll(Source(body))["Sample.Run"];

    private static string Source(string body) => """
        [State]
        public class Cache
        {
            [Shape("tokens, 2"), Range(-8, 8)]
            public Tensor Rows { get; set; } = Tensor.Zeros(0, 2);

            [Shape("layers, tokens, 2"), Range(-8, 8)]
            public Tensor[] Keys { get; set; } = [];

            public int Layers { get; set; }

            [Shape("tokens, n, slots")]
            public Selection Chosen { get; set; }
        }

        [Dim("n", Max = 8)]
        public static partial class Sample
        {
            [EntryPoint]
            public static Tensor Run(
                Cache cache, [Owned(Party.Client), Shape("n, 2"), Range(-4, 4)] Tensor x,
                [Owned(Party.Server), Shape("n, 2"), Range(-4, 4)] Tensor y, int limit)
            {
                int n = x.Size(0);

        """ + body + "}}";
}
