using System;
using System.Linq;
using Microsoft.CodeAnalysis;
using MPCache.Generator.Ir;
using MPCache.Generator.Tests.TestSupport;
using Xunit;

namespace MPCache.Generator.Tests.Passes;

/// <summary>What passes make of selections and of rounded values: shapes that fit, openings that wait, rings that shrink.</summary>
public sealed class SelectionPassTests
{
    [Theory]
    [InlineData("return Gather(y, TopK(x, 9)).Reveal(Party.Client);", "MPC2002", "more than there are")]
    [InlineData("return Gather(y, TopK(z, n + 1)).Reveal(Party.Client);", "MPC2002", "more than there are")]
    [InlineData("return Gather(x.Sum(0), TopK(x, 2)).Reveal(Party.Client);", "MPC2002", "differ")]
    [InlineData("return Gather(Tensor.Zeros(2), TopK(x, 2)).Reveal(Party.Client);", "MPC2002", "not so many")]
    [InlineData("return Gather(Tensor.Zeros(3, 8), TopK(x, 2)).Reveal(Party.Client);", "MPC2002", "differ")]
    [InlineData("return Scatter(y, TopK(x, 2)).Reveal(Party.Client);", "MPC2002", "differ")]
    [InlineData("return Gather(y, Shuffle(2, 9)).Reveal(Party.Client);", "MPC2002", "differ")]
    [InlineData("return Gather(Tensor.Scalar(1), Shuffle()).Reveal(Party.Client);", "MPC2002", "needs the number of rows")]
    [InlineData("return Gather(x, TopK(Tensor.Scalar(1), 0)).Reveal(Party.Client);", "MPC2002", "has none")]
    [InlineData("return Gather(x, TopK(big.Within(-60000, 60000), 2).InOrder()).Reveal(Party.Client);", "", "")]
    [InlineData("return Gather(x, TopK(big * big * big, 2)).Reveal(Party.Client);", "MPC3004", "steps larger than 1")]
    [InlineData("return Gather(x, TopK((big * x * 64f).Slice(1, 0, 8), 2)).Reveal(Party.Client);", "MPC3004", "steps larger than 1")]
    [InlineData("return Gather(x, TopK((big * x * 64f).Slice(1, 0, 8).Within(-60000, 60000), 2).InOrder()).Reveal(Party.Client);", "", "")]
    [InlineData(
        "Selection some = TopK(x, 4); Tensor few = Gather(big * x * 64f, some).Within(-60000, 60000); "
        + "return Gather(Gather(x, some), TopK(few, 2).InOrder()).Reveal(Party.Client);", "", "")]
    public void Selections_that_do_not_fit(string body, string id, string message)
    {
        string source = $$"""
            public static partial class Sample
            {
                [EntryPoint, Dim("n", Max = 8)]
                public static Tensor Run(
                    [Owned(Party.Client), Shape("2, 8"), Range(-1, 1)] Tensor x,
                    [Owned(Party.Client), Shape("2, 8, 3"), Range(-1, 1)] Tensor y,
                    [Owned(Party.Client), Shape("2, 8"), Range(-60000, 60000)] Tensor big,
                    [Owned(Party.Client), Shape("2, n"), Range(-1, 1)] Tensor z)
                {
                    int n = z.Size(1);
                    {{body}}
                }
            }
            """;
        Diagnosed(source, id, message);
    }

    [Theory]
    [InlineData("Selection best = x.Values[0] > 0 ? TopK(x, 1) : TopK(x, 2);", "MPC1004")]
    [InlineData("Selection best = TopK(x, 1); for (int i = 0; i < 3; i++) { best = TopK(x, 1); }", "MPC1009")]
    [InlineData("Selection best = null!;", "MPC1002")]
    public void Selections_in_the_language(string statement, string id) => Diagnosed($$"""
        public static class Sample
        {
            [Protocol]
            public static Tensor Run(Tensor x)
            {
                {{statement}}
                return x;
            }
        }
        """, id, "");

    [Fact]
    public void A_selection_neither_enters_nor_leaves_a_program()
    {
        MarkedSource.Rejects("MPC1013", """
            public static partial class Sample
            {
                [EntryPoint]
                public static Tensor Run([Owned(Party.Client), Shape("8"), Range(-1, 1)] Tensor x, Selection [|best|]) =>
                    Gather(x, best).Reveal(Party.Client);
            }
            """);
        MarkedSource.Rejects("MPC1014", """
            public static partial class Sample
            {
                [EntryPoint]
                public static [|Selection|] Run([Owned(Party.Client), Shape("8"), Range(-1, 1)] Tensor x) => TopK(x, 1);
            }
            """);
    }

    [Fact]
    public void A_protocol_takes_and_returns_selections() => Diagnosed("""
        public static partial class Sample
        {
            [EntryPoint]
            public static Tensor Run([Owned(Party.Client), Shape("8"), Range(-1, 1)] Tensor x)
            {
                Selection best = Best(x);
                return Apply(x, best).Reveal(Party.Client);
            }

            [Protocol]
            public static Selection Best(Tensor x) => TopK(x, 3).InOrder();

            [Protocol]
            public static Tensor Apply(Tensor x, Selection best) => Gather(x, best);
        }
        """, "", "");

    // Late openings: who shuffles needs a value at the server alone.

    [Fact]
    public void A_product_that_is_only_gathered_is_opened_to_the_server_alone()
    {
        Function protocol = Protocol("Gather((x * y).Within(-1, 1), best)");
        Assert.Equal(["opento"], Users(protocol, protocol.Find("product.multiply")));
    }

    [Fact]
    public void A_product_that_is_used_elsewhere_too_is_opened_to_both()
    {
        const string z = "Tensor z = (x * y).Within(-1, 1).Rounded(12);";
        Function whole = Protocol("Gather(z, best) + (z * z).Within(-1, 1).Slice(1, 0, 2)", z);
        Assert.Equal(["open"], Users(whole, whole.Find("product.multiply")));

        // What is used besides is opened to both as parts; the whole goes to the server.
        Function parts = Protocol("Gather(z, best) + z.Slice(1, 0, 2) - z.Slice(1, 2, 2)", z);
        Assert.Equal(["local.slice", "local.slice", "opento"], Users(parts, parts.Find("product.multiply")).Order(StringComparer.Ordinal));
        Assert.All(parts.Body.Walk().Where(o => o.Kind == "local.slice"), o => Assert.Equal(["open"], Users(parts, o)));
    }

    [Fact]
    public void A_truncated_product_is_truncated_where_it_is_opened()
    {
        Function protocol = Protocol("Gather((x * y).Rounded(8), best)");
        Op product = protocol.Find("product.multiply");
        Op opened = protocol.Body.Walk().First(o => o.Operands.Contains(product.Result.Id));
        Assert.Equal("opento", opened.Kind);
        Assert.Equal(24, opened.Attributes.Int("truncate"));
    }

    // Rounded: what needs less precision travels in a smaller ring.

    [Theory]
    [InlineData(4)]
    [InlineData(10)]
    public void Rounding_makes_the_ring_smaller(int bits)
    {
        Function typed = Text($"x.Rounded({bits}) + y.Rounded({bits})", "2-typed.ir");
        Number number = typed.Find("reveal").Result.Tensor.Number!;
        Assert.Equal(bits, typed.Find("truncate").Result.Tensor.Number!.Scale);
        Assert.All(typed.Body.Walk().Where(o => o.Kind == "truncate"), o => Assert.Equal(16 - bits, o.Attributes.Int("by")));
        Assert.True(number.Ring <= 21, $"{number}");
    }

    [Fact]
    public void Rounding_to_more_bits_than_there_are_does_nothing() =>
        Assert.DoesNotContain(Text("x.Rounded(20)", "2-typed.ir").Body.Walk(), o => o.Kind is "truncate" or "shl");

    [Theory]
    [InlineData("x.Rounded(-1)", "")]
    [InlineData("x.Rounded(33)", "")]
    [InlineData("x.Rounded(count)", "MPC1015")]
    public void Fraction_bits_are_constants_within_32(string expression, string id) => Diagnosed($$"""
        public static partial class Sample
        {
            [Protocol]
            public static Tensor Run(Tensor x, int count) => {{expression}} * count;
        }
        """, id, "");

    // A bound of sizes with a subtraction in them is sound.

    [Fact]
    public void A_sum_over_a_slice_whose_length_is_a_difference_is_bounded_by_the_largest_length()
    {
        Function typed = Parser.Parse(Programs.CompileAll("""
            public static partial class Sample
            {
                [EntryPoint, Dim("n", Max = 100), Dim("m", Max = 50)]
                public static Tensor Run([Owned(Party.Client), Shape("n"), Range(-1, 1)] Tensor x, int m) =>
                    x.Slice(0, m, x.Size(0) - m).Sum(0).Reveal(Party.Client);
            }
            """)["Sample.Run"].Texts.Single(t => t.FileName == "2-typed.ir").Text);
        Number sum = typed.Find("sum").Result.Tensor.Number!;
        Assert.Equal(100 << 16, sum.High);
        Assert.Equal(-100 << 16, sum.Low);
    }

    private static string[] Users(Function protocol, Op op) =>
        [.. protocol.Body.Walk().Where(o => o.Operands.Contains(op.Result.Id)).Select(o => o.Kind)];

    private static Function Protocol(string result, string before = "") => Text(result, "3-protocol.ir", before);

    private static Function Text(string result, string file, string before = "") => Parser.Parse(Programs.CompileAll($$"""
        public static partial class Sample
        {
            [EntryPoint]
            public static Tensor Run(
                [Owned(Party.Client), Shape("2, 8"), Range(-1, 1)] Tensor x, [Owned(Party.Server), Shape("2, 8"), Range(-1, 1)] Tensor y)
            {
                Selection best = TopK(x, 2);
                {{before}}
                return ({{result}}).Reveal(Party.Client);
            }
        }
        """)["Sample.Run"].Texts.Single(t => t.FileName == file).Text);

    private static void Diagnosed(string source, string id, string message)
    {
        GeneratorRunResult result = Programs.Run(Programs.Compile(source));
        if (id.Length == 0)
        {
            Assert.Empty(result.Diagnostics);
            return;
        }

        Assert.Equal([id], result.Diagnostics.Select(d => d.Id).Distinct());
        Assert.Contains(message, result.Diagnostics[0].GetMessage(), StringComparison.Ordinal);
    }
}
