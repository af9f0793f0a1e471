using System.Linq;
using MPCache.Generator.Ir;
using MPCache.Generator.Tests.TestSupport;
using Xunit;

namespace MPCache.Generator.Tests.Passes;

/// <summary>Division by a public number: what it costs, and which numbers divide.</summary>
public sealed class DivisionTests
{
    [Theory]
    [InlineData("x / 8f", "x * 0.125f")]
    [InlineData("x / 0.25f", "x * 4f")]
    [InlineData("x / -2f", "x * -0.5f")]
    public void A_power_of_two_divides_like_the_factor_that_it_is(string quotient, string product) =>
        Assert.Equal(Rounds(product), Rounds(quotient));

    [Fact]
    public void A_constant_tensor_is_divided_while_compiling() =>
        Assert.Equal(Typed("x * 0.25f").Select(o => o.Kind), Typed("x * (Tensor.Scalar(1f) / 4f)").Select(o => o.Kind));

    [Theory]
    [InlineData("x / 3f")]
    [InlineData("x / f")]
    [InlineData("x / n")]
    [InlineData("x / (n + 1)")]
    [InlineData("x / count")]
    public void Any_other_is_one_local_factor(string quotient)
    {
        Op[] ops = Typed(quotient);
        Assert.Single(ops, o => o.Kind == "scale");
        Assert.DoesNotContain(ops, o => o.Kind is "reciprocal" or "multiply" or "fit");
    }

    [Theory]
    [InlineData("[|x / 0f|]", "[Range(1, 2)]", "MPC3005")]
    [InlineData("[|x / f|]", "[Range(0, 2)]", "MPC3005")]
    [InlineData("[|x / f|]", "[Range(-2, 0)]", "MPC3005")]
    [InlineData("[|x / f|]", "[Range(-1, 1)]", "MPC3005")]
    [InlineData("[|x / f|]", "", "MPC3003")]
    [InlineData("[|x / InverseSqrt(n)|]", "", "MPC1020")]
    [InlineData("[|x / (n - 8)|]", "", "MPC3005")]
    [InlineData("x * [|n|]", "", "MPC1020")]
    [InlineData("x / (2f * [|count|])", "", "MPC1020")]
    public void A_divisor_is_never_0(string quotient, string range, string id) => MarkedSource.Rejects(id, Source(quotient, range));

    /// <summary>The inverse has enough bits for every size that is declared.</summary>
    [Fact]
    public void The_session_checks_that_an_integer_is_positive()
    {
        Op[] ops = Typed("x / n");
        Op check = ops.Single(o => o.Kind == "check");
        Assert.Equal("max(n, 1) n", $"{check.Attributes.Expr("left")} {check.Attributes.Expr("right")}");
        Assert.Equal(19, ops.Single(o => o.Kind == "scale").Attributes.Int("bits"));
        Assert.DoesNotContain(Typed("x / (n + 1)"), o => o.Kind == "check");
    }

    private static string Rounds(string quotient) => Printer.Print(Compile(quotient, "4-rounds.txt") with { Sites = [] });

    private static Op[] Typed(string quotient) => [.. Compile(quotient, "2-typed.ir").Body.Walk()];

    private static Function Compile(string quotient, string stage) => Parser.Parse(
        Programs.CompileAll(Source(quotient, "[Range(0.5, 2)]"))["Sample.Run"].Texts.Single(t => t.FileName == stage).Text);

    private static string Source(string quotient, string range) => $$"""
        [Dim("n", Max = 8)]
        public static partial class Sample
        {
            [EntryPoint]
            public static Tensor Run([Owned(Party.Client), Shape("n"), Range(-4, 4)] Tensor x, {{range}} float f, int count)
            {
                int n = x.Size(0);
                return ({{quotient}}).Reveal(Party.Client);
            }
        }
        """;
}
