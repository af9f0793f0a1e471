using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using MPCache.Generator.FrontEnd;
using MPCache.Generator.Ir;
using MPCache.Generator.Passes;
using MPCache.Generator.Tests.TestSupport;
using Xunit;

namespace MPCache.Generator.Tests.Passes;

/// <summary>Matrix products with weights that the server reads where they lie; nothing of a weight goes over the wire at a call.</summary>
public sealed class WeightProductsTests
{
    [Fact]
    public async Task What_the_rewrite_does_is_as_reviewed()
    {
        Closure closure = Programs.Values<Closure>(Programs.Run(Programs.Compile(Source("""
            for (int i = 0; i < w.Stacked.Size(0); i++)
            {
                x = MatMul(x, w.Stacked[i].Transpose()).Within(-64, 64);
            }

            Tensor turned = MatMul(x, w.Matrix.Transpose()) + MatMul(x, w.Matrix.Permute(0, 1));
            return (turned + MatMul(x, x.Transpose().Slice(1, 0, 1)) + MatMul(x, w.Matrix.Slice(0, 1, 1).Transpose())).Reveal(Party.Client);
            """))), Steps.Closures).Single();
        Function before = ConstantFolding.Apply(Shapes.Apply(Inline.Apply(Parser.Parse(closure.Text!), new Dictionary<string, string>())));
        Function after = WeightProducts.Apply(before);
        await Verifier.Verify($"{Printer.Print(before)}\n→\n\n{Printer.Print(after)}")
            .UseDirectory("Passes").UseMethodName(nameof(WeightProducts));
        Assert.Equal(Printer.Print(after), Printer.Print(WeightProducts.Apply(after)));
    }

    [Theory]
    [InlineData("MatMul(x, w.Matrix.Transpose())", "Linear(x, w.Matrix)")]
    [InlineData("MatMul(x, w.Stacked[1].Permute(1, 0))", "Linear(x, w.Stacked[1])")]
    [InlineData("MatMul(x, w.Matrix.Transpose()) + w.Bias", "Linear(x, w.Matrix) + w.Bias")]
    public void A_product_with_a_transpose_is_a_layer(string product, string layer) => Assert.Equal(Plan(layer), Plan(product));

    /// <summary>One opening by the server in either case: the plans differ in what the parties compute alone.</summary>
    [Theory]
    [InlineData("MatMul(x, w.Matrix)")]
    [InlineData("MatMul(x, w.Stacked[1])")]
    [InlineData("MatMul(x, w.Matrix) + w.Bias")]
    public void A_product_with_a_weight_as_it_lies_costs_what_a_layer_does(string product) =>
        Assert.Equal(
            Plan(product.Replace("MatMul", "Linear", StringComparison.Ordinal)),
            Plan(product).Select(l => l.Replace("serverlinear.lookup", "serverlinear.linear", StringComparison.Ordinal)));

    [Theory]
    [InlineData("MatMul(x, w.Matrix.Transpose())", false)]
    [InlineData("MatMul(x, w.Stacked[1].Transpose())", false)]
    [InlineData("MatMul(x, w.Matrix)", false)]
    [InlineData("MatMul(w.Matrix, x.Transpose())", true)]
    [InlineData("MatMul(x, w.Matrix.Slice(0, 0, 2).Transpose())", true)]
    public void Weights_go_over_the_wire_only_where_no_gate_reads_them(string product, bool sent)
    {
        Op[] rounds = [.. Parser.Parse(Text(product, "4-rounds.txt")).Body.Walk()];
        Assert.Equal(sent, rounds.Any(o => o.Kind == "input.put" && o.Attributes.Has("field")));
        Assert.Equal(!sent, rounds.Any(o => o.Kind.StartsWith("serverlinear.", StringComparison.Ordinal)));
    }

    /// <summary>What the plan says without the author's expressions.</summary>
    private static string[] Plan(string expression) =>
        [.. Text(expression, "5-plan.md").Split('\n').Select(l => l.Replace($"({expression})", "", StringComparison.Ordinal)
            .Replace(expression, "", StringComparison.Ordinal))];

    private static string Text(string expression, string stage) =>
        Programs.CompileAll(Source($"return ({expression}).Reveal(Party.Client);"))["Sample.Run"]
            .Texts.Single(t => t.FileName == stage).Text;

    private static string Source(string body) => $$"""
        [Resident(Party.Server)]
        public sealed class Weights
        {
            [Shape("n, n"), Range(-1, 1)]
            public Tensor Matrix { get; set; } = null!;
            [Shape("layers, n, n"), Range(-1, 1)]
            public Tensor Stacked { get; set; } = null!;
            [Shape("n"), Range(-1, 1)]
            public Tensor Bias { get; set; } = null!;
        }

        [Dim("n", Max = 8)]
        public static partial class Sample
        {
            [EntryPoint]
            public static Tensor Run([Owned(Party.Client), Shape("rows, n"), Range(-4, 4)] Tensor x, Weights w)
            {
                int n = x.Size(1);
                {{body}}
            }
        }
        """;
}
