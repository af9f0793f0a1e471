using System.Linq;
using MPCache.Generator.Ir;
using MPCache.Generator.Tests.TestSupport;
using Xunit;

namespace MPCache.Generator.Tests.Passes;

/// <summary>Which products read a permuted operand where it stands, and which get it copied.</summary>
public sealed class OperandViewsTests
{
    [Theory]
    [InlineData("MatMul(q, k.Permute(1, 2, 0))", 1, "dim", "2*dim")]
    [InlineData("MatMul(p, k.Permute(1, 0, 2))", 0, "dim", "2*dim")]
    [InlineData("MatMul(p.Slice(0, 0, 1), k.Slice(1, 0, 1).Permute(1, 0, 2))", 0, "0", "dim")]
    public void A_permuted_operand_becomes_strides(string product, int transposed, string batch, string row)
    {
        Op[] protocol = Protocol($"{product}.Sum(-1)");
        Assert.DoesNotContain(protocol, o => o.Kind == "local.permute");
        Attributes read = protocol.Single(o => o.Kind == "product.matmul").Attributes;
        Assert.Equal(transposed, read.Int("transposed"));
        Assert.Equal(batch, read.Expr("batchStride").ToString());
        Assert.Equal(row, read.Expr("rowStride").ToString());
    }

    [Theory]
    [InlineData("MatMul(w, v.Permute(2, 0, 1))")]
    [InlineData("MatMul(w.Slice(2, 0, 2).Permute(0, 2, 1), v.Slice(0, 0, 2).Permute(2, 0, 1)).Sum(0)")]
    public void Rows_that_are_contiguous_neither_way_are_copied(string product)
    {
        Op[] protocol = Protocol($"{product}.Sum(-1)");
        Op copy = protocol.Last(o => o.Kind == "local.permute");
        Op read = protocol.Single(o => o.Kind == "product.matmul");
        Assert.Equal(copy.Result.Id, read.Operands[1]);
        Assert.False(read.Attributes.Has("rowStride"));
    }

    [Fact]
    public void A_copy_that_somebody_else_needs_stays_and_the_product_does_without()
    {
        Op[] protocol = Protocol("MatMul(p, k.Permute(1, 0, 2)).Sum(-1).Sum(-1) + k.Permute(1, 0, 2).Sum(-1).Sum(-1)");
        Op read = protocol.Single(o => o.Kind == "product.matmul");
        Assert.Contains(protocol, o => o.Kind == "local.permute");
        Assert.Equal("input", protocol.Single(o => o.Results.Any(r => r.Id == read.Operands[1])).Kind);
    }

    [Fact]
    public void No_product_waits_for_a_smaller_ring()
    {
        Op[] protocol = Protocol("MatMul(p, k.Permute(1, 0, 2)).Sum(-1)");
        Op read = protocol.Single(o => o.Kind == "product.matmul");
        Assert.All(read.Operands, operand => Assert.DoesNotContain(protocol, o => o.Kind == "local.narrow" && o.Result.Id == operand));
    }

    private static Op[] Protocol(string result)
    {
        Compiled compiled = Programs.CompileAll($$"""
            [Dim("n", Max = 64)]
            [Dim("dim", Max = 64)]
            public static partial class Sample
            {
                [EntryPoint]
                public static Tensor Run(
                    [Owned(Party.Client), Shape("2, 3, dim"), Range(-8, 8)] Tensor q,
                    [Owned(Party.Client), Shape("2, 3, n"), Range(-1, 1)] Tensor p,
                    [Owned(Party.Server), Shape("n, 2, dim"), Range(-8, 8)] Tensor k,
                    [Owned(Party.Client), Shape("3, 2, 4"), Range(-1, 1)] Tensor w,
                    [Owned(Party.Server), Shape("4, 5, 3"), Range(-8, 8)] Tensor v)
                {
                    int n = p.Size(2);
                    int dim = q.Size(2);
                    return ({{result}}).Reveal(Party.Client);
                }
            }
            """).Values.Single();
        Assert.Empty(compiled.Diagnoses);
        return Parser.Parse(compiled.Texts.Single(t => t.FileName == "3-protocol.ir").Text).Body.Walk().ToArray();
    }
}
