using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using CsCheck;
using MPCache.Contract;
using MPCache.Generator.FrontEnd;
using MPCache.Generator.Ir;
using MPCache.Generator.Passes;
using MPCache.Generator.Tests.TestSupport;
using Xunit;

namespace MPCache.Generator.Tests.Passes;

/// <summary>Independent iterations become operations over an axis more: what they compute, what they cost, and what they cannot be.</summary>
public sealed class BatchesTests
{
    private const string Everything = """
        Tensor rows = Tensor.Stack(n, i => x[i] * y[0] + y.Sum(0).Reshape(2) * 2f - x[i]);
        Tensor products = Tensor.Stack(n, i => MatMul(x[i].Reshape(1, 2), MatMul(x.Transpose(), y)));
        Tensor nested = Tensor.Stack(2, i => Tensor.Stack(3, j => y.Slice(1, i, 1)[j] * x.Transpose()[i] + Concat(-1, x[0].Slice(0, i, 1), y[1]).Max(-1)));
        Tensor parts = Tensor.Stack(n, i => y.Reshape(2 * n).Slice(0, i * 2, 2) + rows[i].Mean(0));
        Tensor steps = Tensor.Stack(2, i =>
        {
            Tensor sum = x[0];
            Tensor same = y[0];
            for (int step = 0; step < 2; step++)
            {
                sum = (sum * 0.5f + y[i + 1]).Within(-64, 64);
                if (n > 2)
                {
                    same = sum;
                }
                else
                {
                    same = x[step];
                }
            }

            return Relu(sum - same) + Linear(x[i], MatMul(y.Transpose(), x));
        });
        Tensor layers = Tensor.Stack(n, i => Linear(y, x.Slice(0, i, 1)) + Tensor.Zeros(1));
        return (
            (rows + products.Reshape(n, 2)).Reveal(Party.Client), (nested.Sum(0).Sum(1).Sum(2) * steps).Reveal(Party.Client),
            (parts.Sum(1) * layers.Sum(1)).Reveal(Party.Client));
        """;

    [Fact]
    public async Task What_becomes_of_iterations_is_as_reviewed()
    {
        Function before = Tensors(Everything);
        Function after = Batches.Apply(before);
        await Verifier.Verify($"{Printer.Print(before)}\n→\n\n{Printer.Print(after)}").UseDirectory("Passes").UseMethodName(nameof(Batches));
        Assert.Equal(Printer.Print(before), Printer.Print(Parser.Parse(Printer.Print(before))));
        Assert.Equal(Printer.Print(after), Printer.Print(Batches.Apply(after)));
    }

    [Fact]
    public void Computing_at_once_changes_no_result()
    {
        Function before = Tensors(Everything);
        Function after = Batches.Apply(before);
        Dictionary<string, long> sizes = new() { ["n"] = 3 };
        Gen.Double[-4, 4].Array[6].Select(Gen.Double[-4, 4].Array[6]).Sample(
            (x, y) => TensorMeaning.Of(before, sizes, x, y).Zip(TensorMeaning.Of(after, sizes, x, y)).All(
                r => r.First.Length > 0 && r.First.Zip(r.Second).All(p => Math.Abs(p.First - p.Second) < 1e-9)),
            iter: 50);
    }

    [Fact]
    public void Every_expression_can_still_be_traced()
    {
        Function before = Tensors(Everything);
        Function after = Batches.Apply(before);
        HashSet<int> Sites(Function function) => [.. function.Body.All().SelectMany(b => b.Observed).Select(o => o.Site)];
        Assert.Equal(Sites(before).Order(), Sites(after).Order());
        HashSet<int> defined = [.. after.Parameters.Select(p => p.Value.Id), .. after.Body.Walk().SelectMany(o => o.Results).Select(r => r.Id)];
        Assert.All(after.Body.Observed, o => Assert.Contains(o.Value, defined));
    }

    /// <summary>Rows and slices that stand in strides, or that several iterations in a row have in common.</summary>
    [Theory]
    [InlineData("Tensor.Stack(n, i => x[i / 2] * y[i])")]
    [InlineData("Tensor.Stack(2 * n, i => x[i / 2] * 2f + y[0])")]
    [InlineData("Tensor.Stack(2 * n, i => x[i / 2])")]
    [InlineData("Tensor.Stack(3 * n - 2, i => x[i / 3])")]
    [InlineData("Tensor.Stack(n * n, i => x[i / n] * y[0])")]
    [InlineData("Tensor.Stack(n - 1, i => x[1 + i / 2] * x[i / 3])")]
    [InlineData("Tensor.Stack(4, i => x.Slice(1, i / 2, 1) * x.Slice(1, i / 4 * 2, 2))")]
    [InlineData("Tensor.Stack(n, i => MatMul(y, x.Slice(0, i / 2, 1).Transpose()) + MatMul(x.Slice(0, i, 1), x.Slice(0, i / 2, 1).Transpose()))")]
    [InlineData("Tensor.Stack(2 * n, i => MatMul(y.Slice(1, 0, 1), x.Slice(0, i / 2, 1)) + Linear(y[i / 2], y.Slice(0, 0, 2)))")]
    [InlineData("Tensor.Stack(2 * n, i => Linear(MatMul(x.Reshape(1, 2 * n).Slice(1, i, 1), y.Slice(0, 0, 1)), x.Slice(0, i / 2, 1)))")]
    [InlineData("Tensor.Stack(2 * n, i => { Tensor s = x[i / 2]; for (int k = 0; k < 2; k++) { s = (s * y[k] + x[i / 2]).Within(-999, 999); } return s; })")]
    [InlineData("Tensor.Stack(n, i => Tensor.Stack(2, k => x[i] * y[(2 * i + k) / 2] + x[k / 2]))")]
    [InlineData("Tensor.Stack(2, i => Tensor.Stack(n, k => x[k] * y[(i * n + k) / n] + x[i / 2]))")]
    [InlineData("Tensor.Stack(4 * n, i => x[i * n / (4 * n)] + y[i / 4])")]
    [InlineData("Tensor.Stack(n / 2, i => x[2 * i] * y[2 * i + 1])")]
    [InlineData("Tensor.Stack((n + 1) / 2, i => x[2 * i] * y[i])")]
    [InlineData("Tensor.Stack(n, i => x.Reshape(2 * n)[2 * i + 1] * y)")]
    [InlineData("Tensor.Stack(n, i => x.Reshape(n * 2).Slice(0, 2 * i, 1) * y[i])")]
    [InlineData("Tensor.Stack(2, i => Tensor.Stack(n, k => x.Reshape(2 * n)[2 * k + 1] * y[i]))")]
    public void Parts_may_be_shared_and_stand_in_strides(string stack)
    {
        Function before = Tensors($"return ({stack}.Reveal(Party.Client), x.Reveal(Party.Client), y.Reveal(Party.Client));");
        Function after = Batches.Apply(before);
        Assert.DoesNotContain(after.Body.Walk(), o => o.Kind == "stack" || o.Attributes.All.Any(a => a.Value.ToString()!.Contains("i0", StringComparison.Ordinal)));
        foreach (int n in (int[])[2, 3, 4, 5])
        {
            Dictionary<string, long> sizes = new() { ["n"] = n };
            double[] x = [.. Enumerable.Range(0, 2 * n).Select(k => Math.Sin(k))];
            double[] y = [.. Enumerable.Range(0, 2 * n).Select(k => Math.Cos(3 * k))];
            double[] expected = TensorMeaning.Of(before, sizes, x, y)[0];
            double[] found = TensorMeaning.Of(after, sizes, x, y)[0];
            Assert.Equal(expected.Length, found.Length);
            Assert.All(expected.Zip(found), p => Assert.Equal(p.First, p.Second, 1e-9));
            Assert.All(after.Body.Ops.Where(o => o.Kind == "check"), o => Assert.True(
                o.Attributes.Expr("left").Evaluate(s => sizes[s]) <= o.Attributes.Expr("right").Evaluate(s => sizes[s])));
        }
    }

    /// <summary>What several iterations have in common is computed once for all of them.</summary>
    [Fact]
    public void What_depends_on_a_quotient_alone_is_computed_once_for_each()
    {
        Op[] ops = [.. Batches.Apply(Tensors("""
            Tensor all = Tensor.Stack(2 * n, i => Relu(x[i / 2] * y[i / 2]) * y[0] + MatMul(x.Reshape(1, 2 * n).Slice(1, i, 1), Relu(y.Slice(0, i / 2, 1))));
            return (all.Reveal(Party.Client), x.Reveal(Party.Client), y.Reveal(Party.Client));
            """)).Body.Walk()];
        Assert.All(ops.Where(o => o.Kind is "mul" or "relu"), o => Assert.Equal("n", o.Result.Tensor.Shape[0].ToString()));
        Assert.Equal("[n, 2, 2]", ops.Single(o => o.Kind == "matmul").Result.Tensor.ToString());
    }

    /// <summary>As many flights as one iteration has, however many there are.</summary>
    [Theory]
    [InlineData("Softmax(MatMul(y.Slice(0, {0}, 1), x.Slice(0, {0} / 2, 1).Transpose())) * x[{0} / 2]")]
    [InlineData("Silu(Linear(x[{0}], w.Up[{0} / 2]).Within(-32, 32))")]
    [InlineData("x[{0}] * y[{0}] * y[0]")]
    [InlineData("Softmax(MatMul(x, y.Slice(0, {0}, 1).Transpose()).Transpose())")]
    [InlineData("Silu(Linear(x, w.Up[{0}]).Within(-32, 32)) * x.Slice(0, {0}, 1).Sum(1)")]
    [InlineData("Silu((Linear(x * w.Gain[{0}], w.Up[{0}]) + w.Bias[{0}]).Within(-32, 32))")]
    [InlineData("Silu((Linear(x[{0}] * w.Gain[{0}], w.Up[{0}]) + w.Bias[{0}]).Within(-32, 32))")]
    [InlineData("MatMul(x, w.Down[{0}])")]
    [InlineData("Gather(x, TopK(x.Sum(1).Reshape(n) * y[{0}].Sum(0), 2)).Sum(0)")]
    [InlineData("Scatter(Gather(x * y[{0}], TopK(x.Sum(1).Reshape(n), 2)), TopK(y.Sum(1).Reshape(n), 2))")]
    [InlineData("Select(Less(x[{0}], y), y, x).Max(-1)")]
    public void Iterations_take_the_flights_of_one(string body)
    {
        string One(string index) => string.Format(System.Globalization.CultureInfo.InvariantCulture, body, index);
        long single = Flights($"return ({One("1")}).Reveal(Party.Client);");
        foreach (string count in (string[])["2", "n", "limit"])
        {
            Assert.Equal(single, Flights($"return Tensor.Stack({count}, i => {One("i")}).Reveal(Party.Client);"));
        }
    }

    /// <summary>Layers of each iteration's own read the weights where the server has them, whether the rows are shared or not.</summary>
    [Theory]
    [InlineData("Tensor.Stack(w.Up.Size(0), i => Linear(x, w.Up[i]))")]
    [InlineData("Tensor.Stack(limit, i => Linear(x[i], w.Up[i + 1]))")]
    [InlineData("Tensor.Stack(limit, i => MatMul(x, w.Up[i].Transpose()))")]
    [InlineData("Tensor.Stack(2, i => Linear(Linear(x, w.Up[i]), w.Down[i]))")]
    [InlineData("Tensor.Stack(2, i => MatMul(MatMul(x, w.Down[i]), w.Up[i + 1]))")]
    [InlineData("Tensor.Stack(2, i => Linear(x * w.Gain[i], w.Up[i]) + w.Bias[i])")]
    [InlineData("Tensor.Stack(2 * w.Up.Size(0), i => Linear(x[i], w.Up[i / 2]))")]
    [InlineData("Tensor.Stack(2 * limit, i => Linear(y * x[i], w.Up[1 + i / 2]))")]
    [InlineData("Tensor.Stack(limit, i => x[i] * w.Gain[i] * 0.3f + w.Gain[i + 1])")]
    public void Layers_read_weights_where_they_lie(string layers)
    {
        Op[] rounds = [.. Parser.Parse(Text($"return {layers}.Reveal(Party.Client);", "4-rounds.txt")).Body.Walk()];
        Assert.DoesNotContain(rounds, o => o.Attributes.Has("field") && o.Kind == "input.put");
        Assert.Contains(rounds, o => o.Kind.StartsWith("serverlinear.", StringComparison.Ordinal) && o.Attributes.Has("count"));
    }

    [Theory]
    [InlineData("[|Tensor.Stack(-1, i => x)|]", "MPC2002")]
    [InlineData("[|Tensor.Stack(0, i => x)|]", "MPC2002")]
    [InlineData("Tensor.Stack(n, i => [|x.Slice(0, 0, i)|])", "MPC1025")]
    [InlineData("Tensor.Stack(n, i => [|Tensor.Zeros(i, 2)|])", "MPC1025")]
    [InlineData("Tensor.Stack(n, i => [|CausalMask(i, n)|])", "MPC1025")]
    [InlineData("Tensor.Stack(n, i => [|x[i * i]|])", "MPC1025")]
    [InlineData("Tensor.Stack(n, i => [|x[i % 2]|])", "MPC1025")]
    [InlineData("Tensor.Stack(n, i => [|x[(i + 1) / 2]|])", "MPC1025")]
    [InlineData("Tensor.Stack(n, i => [|x[n / (i + 1)]|])", "MPC1025")]
    [InlineData("Tensor.Stack(n, i => [|x[i + i / 2]|])", "MPC1025")]
    [InlineData("Tensor.Stack(n, i => { Tensor z = x[i / 2] * x; return [|z[i / 2]|]; })", "MPC1025")]
    [InlineData("Tensor.Stack(n, i => [|x.Slice(0, i / 2, 2)|])", "MPC1025")]
    [InlineData("Tensor.Stack(17, i => [|x[i / 2]|])", "MPC2002")]
    [InlineData("Tensor.Stack(5, i => [|x[2 * i]|])", "MPC2002")]
    [InlineData("Tensor.Stack(n, i => [|x[n - i]|])", "MPC1025")]
    [InlineData("Tensor.Stack(n, i => { Tensor z = x * x[i]; return [|z[i]|]; })", "MPC1025")]
    [InlineData("Tensor.Stack(n, i => [|x.Slice(0, i, 2)|])", "MPC1025")]
    [InlineData("Tensor.Stack(n, i => [|RotaryEmbedding(x.Reshape(n, 1, 2), i, 10000f)|])", "MPC1025")]
    [InlineData("Tensor.Stack(n, i => [|RotaryEmbedding(x[i].Reshape(1, 1, 2), i / 2, 10000f)|])", "MPC1025")]
    [InlineData("Tensor.Stack(n, i => [|Embedding(w.Up[i], x.Reshape(2 * n))|])", "MPC1025")]
    [InlineData("Tensor.Stack(n, i => [|cache.Keys[i]|])", "MPC1025")]
    [InlineData("Tensor.Stack(n, i => x * [|InverseSqrt(i + 1)|])", "MPC1025")]
    [InlineData("Tensor.Stack(n, i => [|i > 2 ? x : y|])", "MPC1025")]
    [InlineData("Tensor.Stack(n, i => { Tensor z = x; [|for (int j = 0; j < i; j++)|] { z = (z + y).Within(-9, 9); } return z; })", "MPC1025")]
    [InlineData("Tensor.Stack(n, i => [|Tensor.Stack(i, j => x)|])", "MPC1025")]
    [InlineData("Tensor.Stack(9, i => [|x.Slice(1, 2 * i, 2)|])", "MPC2002")]
    [InlineData("Tensor.Stack(n, [|Rows.Of|])", "MPC1024")]
    [InlineData("Tensor.Stack(n, i => { [|x|] = x * y; return x; })", "MPC1024")]
    [InlineData("Tensor.Stack(n, i => { [|limit|]++; ([|y|], Tensor z) = (x, y); return z; })", "MPC1024")]
    [InlineData("Tensor.Stack(n, i => { [|cache.Rows|] = x; return x; })", "MPC1024")]
    [InlineData("Tensor.Stack(n, i => { cache.Rows = [|cache.Rows.Append(x)|]; return x; })", "MPC1024")]
    [InlineData("Tensor.Stack(n, i => { [|while|] (true) { } return x; })", "MPC1001")]
    [InlineData("Tensor.Stack(n, i => { if (n > 2) { [|return|] x; } return y; })", "MPC1001")]
    [InlineData("Tensor.Stack(n, i => x.[|Reveal|](Party.Client))", "MPC4001", true)]
    public void What_iterations_cannot_be_is_said_where_it_stands(string stack, string id, bool isCall = false) => MarkedSource.Rejects(
        id, Source($"return {(isCall ? stack.Replace("x.[|Reveal|](Party.Client)", "[|x.Reveal(Party.Client)|]", StringComparison.Ordinal) : stack)}.Reveal(Party.Client);"));

    [Fact]
    public void Stacks_in_each_other_read_one_part()
    {
        Op[] ops = [.. Batches.Apply(Tensors("""
            Tensor all = Tensor.Stack(n / 2, i => Tensor.Stack(2, j => x[i * 2 + j] * y[i]));
            return (all.Reveal(Party.Client), x.Reveal(Party.Client), x.Reveal(Party.Client));
            """)).Body.Walk()];
        Assert.DoesNotContain(ops, o => o.Attributes.All.Any(a => a.Value.ToString()!.Contains("i0", StringComparison.Ordinal)));
        Assert.DoesNotContain(ops, o => o.Kind == "check" && o.Attributes.Expr("right").ToString() == "n");
    }

    [Fact]
    public void The_session_checks_what_iterations_read_together()
    {
        Op check = Batches.Apply(Tensors("return (Tensor.Stack(7, i => x[i]).Reveal(Party.Client), x.Reveal(Party.Client), x.Reveal(Party.Client));"))
            .Body.Ops.Single(o => o.Kind == "check");
        Assert.Equal("7 n", $"{check.Attributes.Expr("left")} {check.Attributes.Expr("right")}");
    }

    private static long Flights(string body)
    {
        Plan plan = Compile(body).Plan!;
        return plan.Evaluate(size => size == "n" ? 4 : 3).Flights;
    }

    private static string Text(string body, string file) => Compile(body).Texts.Single(t => t.FileName == file).Text;

    private static Compiled Compile(string body) => Programs.CompileAll(Source(body))["Sample.Run"];

    private static Function Tensors(string body)
    {
        Closure closure = Programs.Values<Closure>(Programs.Run(Programs.Compile($$"""
            [Dim("n", Max = 8)]
            public static partial class Sample
            {
                [EntryPoint]
                public static (Tensor, Tensor, Tensor) Run(
                    [Owned(Party.Client), Shape("n, 2"), Range(-4, 4)] Tensor x, [Owned(Party.Server), Shape("n, 2"), Range(-4, 4)] Tensor y)
                {
                    int n = x.Size(0);
                    {{body}}
                }
            }
            """)), Steps.Closures).Single();
        return Shapes.Apply(Inline.Apply(Parser.Parse(closure.Text!), new Dictionary<string, string>()));
    }

    private static string Source(string body) => """
        [Resident(Party.Server)]
        public sealed record Weights
        {
            [Shape("experts, hidden, 2"), Range(-1, 1)]
            public Tensor Up { get; init; } = null!;

            [Shape("experts, 2, hidden"), Range(-1, 1)]
            public Tensor Down { get; init; } = null!;

            [Shape("experts, 2"), Range(-1, 1)]
            public Tensor Gain { get; init; } = null!;

            [Shape("experts, hidden"), Range(-1, 1)]
            public Tensor Bias { get; init; } = null!;
        }

        [State]
        public class Cache
        {
            [Shape("tokens, 2"), Range(-8, 8)]
            public Tensor Rows { get; set; } = Tensor.Zeros(0, 2);

            [Shape("layers, tokens, 2"), Range(-8, 8)]
            public Tensor[] Keys { get; set; } = [];
        }

        public static class Rows
        {
            public static Tensor Of(int i) => Tensor.Zeros(2);
        }

        [Dim("n", Max = 8)]
        [Dim("experts", Max = 8)]
        [Dim("hidden", Max = 8)]
        public static partial class Sample
        {
            [EntryPoint]
            public static Tensor Run(
                Weights w, Cache cache, [Owned(Party.Client), Shape("n, 2"), Range(-4, 4)] Tensor x,
                [Owned(Party.Server), Shape("n, 2"), Range(-4, 4)] Tensor y, int limit)
            {
                int n = x.Size(0);

        """ + body + "}}";
}
