using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using CsCheck;
using MPCache.Generator.FrontEnd;
using MPCache.Generator.Ir;
using MPCache.Generator.Passes;
using MPCache.Generator.Tests.TestSupport;
using Xunit;

namespace MPCache.Generator.Tests.Passes;

/// <summary>The rewrites of the tensor IR: what each does, that it changes no result, and what it must not touch.</summary>
public sealed class RewriteTests
{
    private const string Constants = """
        Tensor two = Tensor.Scalar(1f) + Tensor.Scalar(1f);
        Tensor scaled = x * two * 0.5f + 0.25f - 0.25f;
        Tensor moved = -(-(x * 2f * 0.125f)) + Tensor.Zeros(2) * x * -1f;
        Tensor parts = y / 1f + y / 3f + x * (Tensor.Scalar(1f) / 8f);
        Tensor same = x.Transpose().Transpose().Reshape(n, 2).Reshape(2 * n).Reshape(n, 2);
        return (scaled.Reveal(Party.Client), (moved - two).Reveal(Party.Client), (same * -1f + parts).Reveal(Party.Client));
        """;

    private const string Repeats = """
        Tensor first = (x * y).Sum(0) + (x + y).Sum(1);
        Tensor second = (x * y).Sum(0) - (x + y).Sum(1);
        for (int i = 0; i < 3; i++)
        {
            second = (second * 0.5f + (x + y).Sum(1) + (x - y).Sum(1)).Within(-64, 64);
            first = (first + (x - y).Sum(1)).Within(-64, 64);
        }

        if (n > 2)
        {
            second = second + (x + y).Sum(1) * (x * y * 3f).Sum(1);
        }
        else
        {
            second = second + (x * y * 3f).Sum(1);
        }

        return (first.Reveal(Party.Client), second.Reveal(Party.Client), (x * x + x * x).Reveal(Party.Client));
        """;

    private const string Unneeded = """
        Tensor unused = x * y;
        Tensor carried = x;
        Tensor forItself = y;
        Tensor wasted = y;
        for (int i = 0; i < 2; i++)
        {
            carried = (carried + y).Within(-16, 16);
            forItself = (forItself * 0.5f).Within(-16, 16);
        }

        for (int i = 0; i < n; i++)
        {
            wasted = (wasted + unused).Within(-128, 128);
        }

        if (n > 2)
        {
            wasted = x;
            carried = carried + forItself;
        }

        if (n < 2)
        {
            wasted = wasted + y;
        }

        Selection never = TopK(wasted, 1);
        return (carried.Reveal(Party.Client), x.Reveal(Party.Client), y.Reveal(Party.Client));
        """;

    public static TheoryData<string, string> Rewrites => new()
    {
        { nameof(ConstantFolding), Constants }, { nameof(CommonSubexpressions), Repeats }, { nameof(DeadCode), Unneeded },
    };

    [Theory]
    [MemberData(nameof(Rewrites))]
    public async Task What_a_rewrite_does_is_as_reviewed(string name, string body)
    {
        Function before = Tensors(body);
        Function after = Pass(name)(before);
        await Verifier.Verify($"{Printer.Print(before)}\n→\n\n{Printer.Print(after)}").UseDirectory("Passes").UseMethodName(name);
        Assert.Equal(Printer.Print(after), Printer.Print(Pass(name)(after)));
    }

    [Theory]
    [MemberData(nameof(Rewrites))]
    public void A_rewrite_changes_no_result(string name, string body)
    {
        foreach (string other in new[] { body, Constants, Repeats, Unneeded })
        {
            // What a selection computes is no arithmetic; it is dropped, and nothing depends on it.
            Function before = Tensors(other.Replace("Selection never = TopK(wasted, 1);", "", StringComparison.Ordinal));
            Function after = Pass(name)(before);
            Dictionary<string, long> sizes = new() { ["n"] = 3 };
            Gen.Double[-4, 4].Array[6].Select(Gen.Double[-4, 4].Array[6]).Sample(
                (x, y) => TensorMeaning.Of(before, sizes, x, y).Zip(TensorMeaning.Of(after, sizes, x, y)).All(
                    r => r.First.Zip(r.Second).All(p => Math.Abs(p.First - p.Second) < 1e-9)),
                iter: 50);
        }
    }

    [Fact]
    public void What_draws_or_reveals_is_never_merged()
    {
        Function after = CommonSubexpressions.Apply(Tensors("""
            Selection a = TopK(x, 1);
            Selection b = TopK(x, 1);
            Selection c = Shuffle(n, 2);
            Selection d = Shuffle(n, 2);
            Tensor all = Gather(x, a) + Gather(x, b) + Gather(x, c).Sum(1) + Gather(x, d).Sum(1) + Gather(x, a.InOrder()) + Gather(x, a.InOrder());
            return (all.Reveal(Party.Client), x.Reveal(Party.Client), x.Reveal(Party.Client));
            """));
        int Count(string kind) => after.Body.Walk().Count(o => o.Kind == kind);
        Assert.Equal((2, 2, 2, 6, 3), (Count("topk"), Count("shuffle"), Count("inorder"), Count("gather"), Count("reveal")));
    }

    [Fact]
    public void Every_expression_that_is_left_can_still_be_traced()
    {
        Function before = Tensors(Repeats);
        Function after = CommonSubexpressions.Apply(before);
        Assert.Equal(before.Body.Observed.Select(o => o.Site), after.Body.Observed.Select(o => o.Site));
        HashSet<int> defined = [.. after.Parameters.Select(p => p.Value.Id), .. after.Body.Walk().SelectMany(o => o.Results).Select(r => r.Id)];
        Assert.All(after.Body.Observed, o => Assert.Contains(o.Value, defined));
    }

    private static Func<Function, Function> Pass(string name) => name switch
    {
        nameof(ConstantFolding) => ConstantFolding.Apply,
        nameof(CommonSubexpressions) => CommonSubexpressions.Apply,
        _ => DeadCode.Apply,
    };

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
}
