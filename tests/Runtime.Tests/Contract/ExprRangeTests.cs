using System;
using System.Linq;
using CsCheck;
using MPCache.Contract;
using Xunit;

namespace MPCache.Runtime.Tests.Contract;

public sealed class ExprRangeTests
{
    private static readonly string[] Names = ["a", "b", "c"];

    private static readonly Gen<Expr> Leaf = Gen.OneOf(
        Gen.Int[0, 2].Select(i => Expr.Symbol(Names[i])), Gen.Long[-7, 90].Select(Expr.Constant));

    [Fact]
    public void A_value_lies_in_the_interval_whatever_the_symbols_are()
    {
        int evaluated = 0;
        Gen<double[]> part = Gen.Double[0, 1].Array[3];
        Gen.Select(Expressions(3), Gen.Long[-5, 20].Array[3], Gen.Long[0, 40].Array[3], part).Sample((expression, low, width, at) =>
        {
            static int Of(string name) => Array.IndexOf(Names, name);
            (long least, long most) = expression.Range(name => (low[Of(name)], low[Of(name)] + width[Of(name)]));
            Assert.True(least <= most);
            foreach (double[] point in (double[][])[at, [0, 0, 0], [1, 1, 1], [0, 1, at[2]], [1, 0, at[2]]])
            {
                long? value = Value(expression, name => low[Of(name)] + (long)Math.Round(width[Of(name)] * point[Of(name)]));
                if (value is long found)
                {
                    evaluated++;
                    Assert.True(found >= least && found <= most, $"{expression} is {found}, outside of [{least}, {most}]");
                }
            }
        }, iter: 4000);
        Assert.True(evaluated > 10_000, $"only {evaluated} expressions had a value");
    }

    /// <summary>Where an expression that is no larger than a multiple of another one is not negative, the other one is not.</summary>
    [Fact]
    public void What_a_minimum_maximum_or_quotient_is_replaced_by_decides_for_it()
    {
        int decided = 0;
        Gen.Select(Expressions(3), Gen.Long[-3, 12].Array[3]).Sample((expression, at) =>
        {
            long? Here(Expr e) => Value(e, name => at[Array.IndexOf(Names, name)]);
            foreach (Expr relaxed in expression.Relaxed().Where(r => Here(r) >= 0 && Here(expression) is not null))
            {
                decided++;
                Assert.True(Here(expression) >= 0, $"{expression} is {Here(expression)}, {relaxed} is {Here(relaxed)}");
            }
        }, iter: 10000);
        Assert.True(decided > 100, $"only {decided} were decided");
    }

    [Theory]
    [InlineData("floordiv(n*g, g)", "n")]
    [InlineData("floordiv(6*n*g + 3*g*m, 3*g)", "m + 2*n")]
    [InlineData("floordiv(n*g + i, g)", "floordiv(i, g) + n")]
    [InlineData("ceildiv(2*n*g - 1, g)", "ceildiv(-1, g) + 2*n")]
    [InlineData("floordiv(i*n, n*g)", "floordiv(i, g)")]
    [InlineData("floordiv(i*n + n, n*g + n*h)", "floordiv(i + 1, g + h)")]
    [InlineData("floordiv(6*n, 8)", "floordiv(6*n, 8)")]
    [InlineData("floordiv(n, n + m)", "floordiv(n, m + n)")]
    [InlineData("floordiv(n, 0)", "floordiv(n, 0)")]
    [InlineData("floordiv(0, n)", "floordiv(0, n)")]
    [InlineData("mod(n*g - 2*g, g)", "0")]
    [InlineData("mod(n*g + 1, g)", "mod(g*n + 1, g)")]
    public void Quotients_in_normal_form(string expression, string normal) => Assert.Equal(normal, ExprParser.Parse(expression).ToString());

    [Theory]
    [InlineData("n - 1", 0, 64, -1, 63)]
    [InlineData("2*n - m", 0, 64, -64, 128)]
    [InlineData("min(n, 9)", 0, 64, 0, 9)]
    [InlineData("max(n - 8, 0)", 0, 64, 0, 56)]
    [InlineData("floordiv(n, 16)", 0, 64, 0, 4)]
    [InlineData("ceildiv(n - 70, 16)", 0, 64, -4, 0)]
    [InlineData("mod(n, 16)", 0, 64, 0, 15)]
    [InlineData("n*n", -3, 2, -6, 9)]
    [InlineData("sum(i, 0, n, i)", 0, 4, 0, 12)]
    [InlineData("pivots(n)", 0, 64, 0, 64)]
    [InlineData("pivots(n)", 50, 100, 17, 64)]
    [InlineData("pivots(n)", 65, 8192, 17, 87)]
    [InlineData("refines(n)", 0, 65, 0, 1)]
    [InlineData("capacity(n)", 0, 64, 0, 0)]
    [InlineData("capacity(n)", 0, 8192, 0, 851)]
    [InlineData("pow2(n)", 0, 5, 1, 32)]
    [InlineData("floordiv(n, m)", -64, 64, -64, 64)]
    public void Intervals(string expression, long low, long high, long least, long most) =>
        Assert.Equal((least, most), ExprParser.Parse(expression).Range(_ => (low, high)));

    [Fact]
    public void Bounds_beyond_64_bits_are_kept_at_2_to_62() =>
        Assert.Equal((-(1L << 62), 1L << 62), ExprParser.Parse("n*n*n*n - m*m*m*m").Range(_ => (0, 1L << 40)));

    /// <summary>What TopK compares falls here and there where rows grow; its intervals hold all the same, and are exact.</summary>
    [Fact]
    public void Intervals_of_what_is_compared_are_exact() =>
        Gen.Select(Gen.Int[0, 9000], Gen.OneOf(Gen.Int[0, 40], Gen.Int[0, 3000])).Sample((low, width) =>
        {
            foreach (string name in (string[])["pivots", "refines", "capacity"])
            {
                Expr expression = Expr.Function(name, Expr.Symbol("n"));
                long[] values = [.. Enumerable.Range(low, width + 1).Select(n => expression.Evaluate(_ => n))];
                Assert.Equal((values.Min(), values.Max()), expression.Range(_ => (low, low + width)));
            }
        }, iter: 400);

    [Fact]
    public void What_is_compared_has_names()
    {
        Expr rows = Expr.Symbol("rows");
        Expr slots = Expr.Function("capacity", 2 * rows);
        Assert.Equal("capacity(2*rows)", slots.ToString());
        Assert.Equal(slots, ExprParser.Parse("capacity(2*rows)"));
        Assert.Equal("Contract::SessionMath.Capacity(2*d_rows)", slots.ToCSharp(name => $"d_{name}"));
        Assert.Equal((34, 1, 133), (
            Expr.Function("pivots", 500).AsConstant, Expr.Function("refines", 500).AsConstant, slots.Substitute("rows", 250).AsConstant));
        Assert.Throws<FormatException>(() => ExprParser.Parse("pivots(rows, 2)"));
        Assert.Throws<OverflowException>(() => Expr.Function("pivots", long.MaxValue));
    }

    private static long? Value(Expr expression, Func<string, long> value)
    {
        try
        {
            return expression.Evaluate(value);
        }
        catch (ArithmeticException)
        {
            // A divisor that is not positive, a power too large: there is no value.
            return null;
        }
    }

    private static Gen<Expr> Expressions(int depth)
    {
        if (depth == 0)
        {
            return Leaf;
        }

        Gen<Expr> inner = Expressions(depth - 1);
        return Gen.OneOf(
            Leaf,
            Gen.Select(inner, inner, Gen.Int[0, 2]).Select((a, b, op) => op == 0 ? a + b : op == 1 ? a - b : a * b),
            Gen.Select(inner, inner, Gen.Int[0, 4]).Select((a, b, op) => Make(op, a, b)),
            Gen.Select(inner, Gen.Int[0, 2]).Select((a, op) =>
                op == 0 ? Expr.CeilLog2(a) : op == 1 ? Expr.Function("pivots", a) : Expr.Pow2(Expr.Mod(Expr.Max(a, 0), 20))),
            Gen.Select(inner, inner, inner).Select((low, high, body) => Expr.Sum("b", Near(low), Near(high), body)));
    }

    /// <summary>An end of a sum that is evaluated in time, also of sums in sums.</summary>
    private static Expr Near(Expr end) => Expr.Max(Expr.Min(end, 12), -12);

    private static Expr Make(int op, Expr a, Expr b) => op switch
    {
        0 => Expr.FloorDiv(a, Expr.Max(b, 1)),
        1 => Expr.CeilDiv(a, b.AsConstant is 0 ? Expr.One : Expr.Max(b, 1)),
        2 => Expr.Mod(Expr.Max(a, 0), Expr.Max(b, 1)),
        3 => Expr.Min(a, b),
        _ => Expr.Max(a, b),
    };
}
