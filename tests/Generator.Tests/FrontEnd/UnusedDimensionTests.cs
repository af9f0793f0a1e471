using Microsoft.CodeAnalysis;
using MPCache.Generator.Tests.TestSupport;
using Xunit;

namespace MPCache.Generator.Tests.FrontEnd;

/// <summary>A dimension that an entry point declares in vain is warned of, one that a class declares for others is not.</summary>
public sealed class UnusedDimensionTests
{
    [Fact]
    public void It_is_warned_of_at_the_declaration()
    {
        Diagnostic warning = Assert.Single(Diagnostics("[EntryPoint, Dim(\"m\", Max = 4), Dim(\"n\", Max = 8), Dim(\"k\", Max = 9)]"));
        Assert.Equal(("MPC2004", DiagnosticSeverity.Warning), (warning.Id, warning.Severity));
        Assert.Equal("Dim(\"m\", Max = 4)", warning.Location.SourceTree!.GetText().ToString(warning.Location.SourceSpan));
        Assert.Contains("its dimensions are k, n", warning.GetMessage(), System.StringComparison.Ordinal);
    }

    [Fact]
    public void A_class_may_declare_more_than_one_of_its_programs_has() =>
        Assert.Empty(Diagnostics("[EntryPoint]", "[Dim(\"m\", Max = 4)]"));

    private static Diagnostic[] Diagnostics(string onMethod, string onClass = "") => [.. Programs.Run(Programs.Compile($$"""
        {{onClass}}
        public static partial class Sample
        {
            {{onMethod}}
            public static Tensor Run([Shape("n"), Range(-1, 1), Owned(Party.Client)] Tensor x, int k)
            {
                for (int i = 0; i < k; i++)
                {
                    x = (x * 0.5f).Within(-1, 1);
                }

                return x.Reveal(Party.Client);
            }
        }
        """)).Diagnostics];
}
