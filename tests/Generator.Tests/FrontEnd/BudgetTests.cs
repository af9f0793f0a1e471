using System;
using System.Linq;
using Microsoft.CodeAnalysis;
using MPCache.Contract;
using MPCache.Generator.Tests.TestSupport;
using Xunit;

namespace MPCache.Generator.Tests.FrontEnd;

/// <summary>Budgets are held against the exact plan, at the sizes that they are for.</summary>
public sealed class BudgetTests
{
    private static readonly Plan Reference = Programs.CompileAll(Source("")).Values.Single().Plan!;

    [Fact]
    public void A_budget_that_is_just_enough_is_kept_and_one_less_is_exceeded()
    {
        PlanTotals at = Reference.Evaluate(d => d == "n" ? 100 : 7);
        long bytes = at.ServerToClient + at.ClientToServer + at.Prepared;
        Assert.True(at.Flights > 7);
        string sizes = "Dims = \"n = 100, steps = 7\"";
        Assert.Empty(Diagnoses($"[Budget(Flights = {at.Flights}, Bytes = {bytes}, DealerBytes = {at.Tape}, {sizes})]"));
        MarkedSource.Rejects("MPC5001", Source(
            $"[Budget([|Flights = {at.Flights - 1}|], [|Bytes = {bytes - 1}|], [|DealerBytes = {at.Tape - 1}|], {sizes})]"));
    }

    [Fact]
    public void The_message_has_the_cost_and_the_expression_that_costs_most()
    {
        PlanTotals at = Reference.Evaluate(d => d == "n" ? 100 : 7);
        string message = Assert.Single(Diagnoses("[Budget(Flights = 3, Dims = \"steps = 7\")]")).GetMessage();
        Assert.StartsWith($"a call takes {at.Flights} flights at steps = 7, the budget allows 3; «", message, StringComparison.Ordinal);
        message = Assert.Single(Diagnoses("[Budget(DealerBytes = 10, Dims = \"n = 100, steps = 7\")]")).GetMessage();
        Assert.Contains("the budget allows 10; «for (int i = 0; i < steps; i++)» takes ", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sizes_that_are_not_named_are_typical_and_those_that_do_not_matter_are_not_asked_for()
    {
        PlanTotals at = Reference.Evaluate(d => d == "n" ? 9 : 5);
        string typical = "[Dim(\"n\", Max = 64, Typical = 9), Dim(\"steps\", Typical = 3)]";
        long bytes = at.ServerToClient + at.ClientToServer + at.Prepared;
        Assert.Empty(Diagnoses($"{typical} [Budget(Bytes = {bytes}, Dims = \"steps = 5\")]"));
        Assert.Equal("MPC5001", Assert.Single(Diagnoses($"{typical} [Budget(Bytes = {bytes - 1}, Dims = \"steps = 5\")]")).Id);
        Assert.Empty(Diagnoses("[Budget(Flights = 1000, Dims = \"steps = 5\")]"));
    }

    [Theory]
    [InlineData("[[|Budget|]]")]
    [InlineData("[[|Budget(Flights = -1)|]]")]
    [InlineData("[Budget([|Flights = 9|])]")]
    [InlineData("[Budget([|Bytes = 9|], Dims = \"steps = 3\")]")]
    [InlineData("[Budget([|Flights = 9|], Dims = \"steps = 3, m = 1\")]")]
    [InlineData("[Budget(Flights = 9, [|Dims = \"steps\"|])]")]
    [InlineData("[Budget(Flights = 9, [|Dims = \"steps = 0\"|])]")]
    [InlineData("[Budget(Flights = 9, [|Dims = \"steps = 3, steps = 4\"|])]")]
    [InlineData("[Budget(Flights = 9, [|Dims = \"steps = 3,\"|])]")]
    [InlineData("[Budget([|DealerBytes = 9|], Dims = \"steps = 3, n = 9223372036854775807\")]")]
    public void A_budget_that_cannot_be_checked(string budget) => MarkedSource.Rejects("MPC5002", Source(budget));

    [Fact]
    public void A_protocol_has_no_budget() => MarkedSource.Rejects("MPC5002", """
        public static class A
        {
            [Protocol, [|Budget(Flights = 3)|]]
            public static Tensor Run(Tensor x) => x;
        }
        """);

    [Fact]
    public void A_program_over_budget_is_there_all_the_same_and_is_the_same()
    {
        GeneratorRunResult result = Programs.Run(Programs.Compile(Source("[Budget(Flights = 1, Dims = \"steps = 3\")]")));
        Assert.Single(result.Diagnostics);
        string within = Programs.Run(Programs.Compile(Source(""))).GeneratedSources.Single().SourceText.ToString();
        Assert.Equal(within, result.GeneratedSources.Single().SourceText.ToString());
    }

    private static Diagnostic[] Diagnoses(string attributes) =>
        [.. Programs.Run(Programs.Compile(Source(attributes))).Diagnostics];

    private static string Source(string attributes) => $$"""
        public static partial class Sample
        {
            [EntryPoint]
            {{attributes}}
            public static Tensor Run(
                [Shape("n"), Range(-1, 1), Owned(Party.Client)] Tensor x, [Shape("n"), Range(-1, 1), Owned(Party.Server)] Tensor y,
                int steps)
            {
                for (int i = 0; i < steps; i++)
                {
                    x = (x * y).Within(-1, 1);
                }

                return x.Reveal(Party.Client);
            }
        }
        """;
}
