using System.Linq;
using MPCache.Generator.FrontEnd;
using MPCache.Generator.Ir;
using MPCache.Generator.Tests.TestSupport;
using Xunit;

namespace MPCache.Generator.Tests.Passes;

/// <summary>How many flights operators take, an input before and a reveal behind them.</summary>
public sealed class FlightTests
{
    private const int InputAndReveal = 2;

    [Theory]
    [InlineData("x * x", 1)]
    [InlineData("Reciprocal(x + 65f)", 3)]
    [InlineData("RSqrt(x * x + 0.01f)", 1 + 3)]
    [InlineData("RSqrt((x * x).Mean(-1) + 1e-5f)", 1 + 3)]
    [InlineData("Exp(x.Within(-16, 1))", 2)]
    [InlineData("Silu(x.Within(-16, 16))", 2)]
    public void OperatorsTakeAsManyFlightsAsTheySay(string expression, int flights)
    {
        Compiled compiled = Compile(expression);
        Assert.Equal(flights + InputAndReveal, Text(compiled, "4-rounds.txt").Body.Ops.Count(o => o.Kind == "flight"));
    }

    /// <summary>The mean is opened once, truncated, behind its public factor and summand.</summary>
    [Fact]
    public void WhatIsLocalBeforeATruncationIsDoneOnShares()
    {
        Function protocol = Text(Compile("RSqrt((x * x).Mean(-1) + 1e-5f)"), "3-protocol.ir");
        Assert.DoesNotContain(protocol.Body.Ops, o => o.Kind == "extend.start");
        Op summand = protocol.Body.Ops.Single(o => o.Kind == "local.add.scalar");
        Assert.Equal(Form.Additive, summand.Result.Tensor.Form);
        Op opened = protocol.Body.Ops.Single(o => o.Operands.Contains(summand.Result.Id));
        Assert.Equal("open", opened.Kind);
        Assert.True(opened.Attributes.Int("truncate") > 0);
    }

    /// <summary>Three flights for a first level of threes, and three for each of ⌈log4(n / 3)⌉ levels of fours.</summary>
    [Theory]
    [InlineData("Max", "local.add")]
    [InlineData("Min", "local.sub")]
    public void AnExtremumTakesThreeFlightsALevel(string extremum, string combines)
    {
        Compiled compiled = Compile($"x.{extremum}(-1)");
        Block body = Text(compiled, "4-rounds.txt").Body;
        Op levels = body.Ops.Single(o => o.Body is not null);
        Assert.Equal(3 + InputAndReveal, body.Ops.Count(o => o.Kind == "flight"));
        Assert.Equal(3, levels.Body!.Ops.Count(o => o.Kind == "flight"));
        foreach ((long n, long count) in new[] { (1L, 0L), (3, 0), (4, 1), (12, 1), (13, 2), (48, 2), (513, 4), (769, 5) })
        {
            Assert.Equal(count, levels.Attributes.Expr("high").Evaluate(_ => n));
        }

        Assert.Equal([3L, 4L], Text(compiled, "3-protocol.ir").Body.Walk().Where(o => o.Kind == "champion.choose")
            .Select(o => (long)o.Attributes.Int("contenders")));
        Assert.Equal(2, Text(compiled, "3-protocol.ir").Body.Walk().Count(o => o.Kind == combines && o.Result.Tensor.Form == Form.Additive));
    }

    /// <summary>Where there are too many units to tell apart, the tournament finds the maximum over a wide area too.</summary>
    [Theory]
    [InlineData(-352, 144, true)]
    [InlineData(-355, 147, false)]
    [InlineData(-450, 450, false)]
    public void AWideRangeOfScoresTakesTheTournament(int low, int high, bool coarse)
    {
        string source = $$"""
            public static partial class Sample
            {
                [EntryPoint(Networks = Network.Wan), Dim("n", Max = 4096)]
                public static Tensor Run([Owned(Party.Client), Shape("1, n"), Range({{low}}, {{high}})] Tensor x) => Softmax(x).Reveal(Party.Client);
            }
            """;
        Compiled compiled = Programs.CompileAll(source).Values.Single();
        Assert.Equal(coarse, Text(compiled, "3-protocol.ir").Body.Walk().Any(o => o.Kind == "coarse.hashes"));
    }

    private static Function Text(Compiled compiled, string file) => Parser.Parse(compiled.Texts.Single(t => t.FileName == file).Text);

    private static Compiled Compile(string expression)
    {
        string source = $$"""
            public static partial class Sample
            {
                [EntryPoint, Dim("n", Max = 4096)]
                public static Tensor Run([Owned(Party.Client), Shape("1, n"), Range(-64, 64)] Tensor x) => ({{expression}}).Reveal(Party.Client);
            }
            """;
        Closure closure = Programs.Values<Closure>(Programs.Run(Programs.Compile(source)), Steps.Closures).Single();
        Compiled compiled = Compiler.Compile(closure.Text!, closure.Protocols.ToDictionary(p => p.Name, p => p.Text));
        Assert.Empty(compiled.Diagnoses);
        return compiled;
    }
}
