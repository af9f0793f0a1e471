using System;
using Microsoft.CodeAnalysis;
using MPCache.Generator.Tests.TestSupport;
using Xunit;

namespace MPCache.Generator.Tests.Passes;

/// <summary>Rows that are revealed in the order of TopK's slots are warned of, at the Gather.</summary>
public sealed class RankedRowsTests
{
    [Theory]
    [InlineData("return [|Gather(y, TopK(x, 2))|].Reveal(Party.Client);")]
    [InlineData("return ([|Gather(y, TopK(x, 2))|] * 2f + y.Slice(0, 0, 2)).Reveal(Party.Client);")]
    [InlineData("Selection best = TopK(x, n); return [|Gather(y, best)|].Transpose().Reveal(Party.Client);")]
    [InlineData("Tensor z = Tensor.Zeros(2, 3); for (int i = 0; i < 4; i++) { z = (z + [|Gather(y, TopK(x, 2))|]).Within(-9, 9); } "
        + "return z.Reveal(Party.Client);")]
    [InlineData("return Chosen(x, y).Reveal(Party.Client);", "Gather(y, TopK(x, 2))")]
    public void Ranks_are_told(string body, string? inProtocol = null)
    {
        string text = Source(body.Replace("[|", "", StringComparison.Ordinal).Replace("|]", "", StringComparison.Ordinal));
        Diagnostic warning = Assert.Single(Programs.Run(Programs.Compile(text)).Diagnostics);
        Assert.Equal(("MPC4003", DiagnosticSeverity.Warning), (warning.Id, warning.Severity));
        Assert.Contains(".InOrder()", warning.GetMessage(), StringComparison.Ordinal);
        string at = warning.Location.SourceTree!.GetText().ToString(warning.Location.SourceSpan);
        Assert.Equal(inProtocol ?? body.Split("[|")[1].Split("|]")[0], at);
    }

    [Theory]
    [InlineData("return Gather(y, TopK(x, 2).InOrder()).Reveal(Party.Client);")]
    [InlineData("return Gather(y, TopK(x, 1)).Reveal(Party.Client);")]
    [InlineData("return Gather(y, Shuffle(8)).Reveal(Party.Client);")]
    [InlineData("return Gather(y, TopK(x, 2)).Sum(0).Reveal(Party.Client);")]
    [InlineData("Selection s = TopK(x, 2); return MatMul(Softmax(Gather(x, s)).Reshape(1, 2), Gather(y, s)).Reveal(Party.Client);")]
    [InlineData("Selection best = TopK(x, 2); return Scatter(Gather(y, best), best).Reveal(Party.Client);")]
    public void Ranks_are_not_told(string body) => Assert.Empty(Programs.Run(Programs.Compile(Source(body))).Diagnostics);

    private static string Source(string body) => $$"""
        public static partial class Sample
        {
            [EntryPoint, Dim("n", Max = 4)]
            public static Tensor Run(
                [Owned(Party.Client), Shape("8"), Range(-1, 1)] Tensor x,
                [Owned(Party.Server), Shape("8, 3"), Range(-1, 1)] Tensor y, int n)
            {
                {{body}}
            }

            [Protocol]
            public static Tensor Chosen(Tensor x, Tensor y) => Gather(y, TopK(x, 2));
        }
        """;
}
