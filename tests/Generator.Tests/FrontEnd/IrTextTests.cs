using System;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Numerics;
using CsCheck;
using MPCache.Contract;
using MPCache.Generator.Ir;
using MPCache.Generator.Tests.TestSupport;
using Xunit;

namespace MPCache.Generator.Tests.FrontEnd;

/// <summary>Printer and parser of the tensor IR: two halves of one format.</summary>
public class IrTextTests
{
    private static readonly string[] Words = ["x", "keys", "Sample.Model.Run", "Norm/Tensor/int", "dim.tokens.max", "a_b", "param9"];

    private static readonly string[] Comparisons = ["<", "<=", ">", ">=", "==", "!="];

    private static readonly Gen<string> Word = Gen.Int[0, Words.Length - 1].Select(i => Words[i]);

    private static readonly Gen<string> FreeText = Gen.OneOf(
        Gen.String[Gen.Char[" abc\"\\\n{}[]%@:;,#…é"], 0, 12], Gen.Const(""), Gen.Const("yield"), Gen.Const("a\\n\"b"));

    private static readonly Gen<Expr> Expression = Gen.Select(Gen.Int[-9, 9], Gen.Int[0, 3], Gen.Int[1, 8], (constant, power, divisor) =>
    {
        Expr tokens = Expr.Symbol("tokens");
        Expr sum = Expr.Constant(constant);
        for (int i = 0; i < power; i++)
        {
            sum = (sum * tokens) + Expr.Symbol("dim");
        }

        return divisor > 4 ? Expr.CeilDiv(sum, Expr.Constant(divisor)) + Expr.Min(tokens, Expr.Constant(constant)) : sum;
    });

    private static readonly Gen<Condition> Comparison = Gen.Select(Expression, Gen.Int[0, Comparisons.Length - 1], Expression)
        .Select((a, by, b) => Condition.Compare(a, Comparisons[by], b));

    private static readonly Gen<Condition> AnyCondition = Gen.Select(Comparison, Comparison, Comparison, Gen.Int[0, 3]).Select((a, b, c, kind) =>
        kind switch
        {
            0 => a,
            1 => Condition.And(Condition.Or(a, b), c),
            2 => Condition.Or(a, Condition.And(b, c)),
            _ => Condition.And(a, Condition.Or(b, c)).Negation,
        });

    private static readonly Gen<Attr> Attribute = Gen.OneOf(
        Expression.Select(e => (Attr)e),
        AnyCondition.Select(c => (Attr)new ConditionAttr(c)),
        Gen.Select(AnyCondition, Expression, Expression).Select((c, a, b) => (Attr)(Expr.If(c, a, b) + a)),
        Expression.Array[0, 3].Select(e => (Attr)new ListAttr(e.ToImmutableArray())),
        FreeText.Select(t => (Attr)t),
        Gen.Double.Where(double.IsFinite).Select(d => (Attr)RealAttr.Of(d)));

    private static readonly Gen<Attributes> AttributeList = Gen.Select(Word, Attribute).Array[0, 3]
        .Select(pairs => pairs.Aggregate(Attributes.None, (a, p) => a.With(p.Item1, p.Item2)));

    private static readonly Gen<IrType> Type = Gen.OneOf(
        Gen.Const(IrType.Unknown),
        Gen.Const((IrType)new IntType()),
        Gen.Const((IrType)new BoolType()),
        Gen.Const((IrType)new RealType()),
        Gen.Select(Gen.Bool, Word, (isState, name) => (IrType)new ObjectType(isState ? "state" : "resident", name)),
        Gen.Select(Expression.Array[0, 3], Gen.Enum<Form>(), Gen.Int[1, 64], Gen.Long, (shape, form, ring, bound) => (IrType)new TensorType(
            shape.ToImmutableArray(), form, form == Form.None ? null : new Number(ring, ring / 2, new BigInteger(bound) * -3, bound))));

    private static readonly Gen<Function> AnyFunction = Gen.Select(
        Word, AttributeList, Gen.Select(Type, Word, AttributeList).Array[0, 3], Blocks(2), Gen.Select(Word, FreeText).Array[0, 3],
        (name, attributes, parameters, body, sites) => new Function(
            name,
            attributes,
            parameters.Select((p, i) => new Parameter(new Value(i, p.Item1), p.Item2, p.Item3)).ToImmutableArray(),
            body,
            sites.Select((s, i) => new Site(s.Item1, i * 7, i + 1, s.Item2)).ToImmutableArray()));

    private static readonly Gen<(Function Function, int Place, char Added)> Damage =
        Gen.Select(AnyFunction, Gen.Int[0, 10_000], Gen.Char["%{}[]\"@#(x9 \n"]);

    [Fact]
    public void Printing_what_was_parsed_gives_the_same_text() => AnyFunction.Sample(function =>
    {
        foreach (bool spans in new[] { true, false })
        {
            string text = Printer.Print(function, spans);
            Assert.Equal(text, Printer.Print(Parser.Parse(text), spans));
        }
    });

    [Fact]
    public void The_texts_of_the_front_end_come_back_as_they_were()
    {
        string[] snapshots = Directory.GetFiles(RepositoryFolder.Of("snapshots", "FrontEnd"), "*.verified.txt");
        string[] texts = snapshots.Select(File.ReadAllText).Where(t => t.StartsWith("func ", StringComparison.Ordinal))
            .SelectMany(t => t.Split("\n\nfunc ").Select((f, i) => (i == 0 ? f : "func " + f).TrimEnd('\n') + "\n")).ToArray();
        Assert.NotEmpty(texts);
        Assert.All(texts, t => Assert.Equal(t, Printer.Print(Parser.Parse(t), spans: true)));
    }

    [Fact]
    public void Damaged_texts_are_refused_with_a_line() => Damage.Sample((function, place, added) =>
    {
        string text = Printer.Print(function, spans: true);
        int at = place % text.Length;
        foreach (string damaged in new[] { text[..at], text.Remove(at, 1), text.Insert(at, added.ToString()) })
        {
            try
            {
                Parser.Parse(damaged);
            }
            catch (FormatException error)
            {
                Assert.Matches("^line [0-9]+: expected .+ before", error.Message);
            }
        }
    });

    [Theory]
    [InlineData("func A\n(\n)\n{\n  %0 = add %1 : tensr\n  yield\n}\n", "line 5: expected a type")]
    [InlineData("func A\n(\n  %x\n)", "line 3: expected a number")]
    [InlineData("func A\n(\n)\n{\n  yield\n}\nsite @0 \"A\" \"open", "line 7: expected '\"'")]
    [InlineData("func A\n(\n)\n{\n  yield\n}\nmore", "line 7: expected the end")]
    [InlineData("", "line 1: expected 'func'")]
    public void Errors_name_their_line(string text, string message) =>
        Assert.StartsWith(message, Assert.Throws<FormatException>(() => Parser.Parse(text)).Message, StringComparison.Ordinal);

    private static Gen<Block> Blocks(int depth)
    {
        Gen<Block?> inner = depth == 0
            ? Gen.Const((Block?)null)
            : Gen.OneOf(Gen.Const((Block?)null), Blocks(depth - 1).Select(b => (Block?)b));
        Gen<Op> op = Gen.Select(
            Word, Type.Array[0, 2], Gen.Int[0, 99].Array[0, 3], AttributeList, Gen.Int[-1, 5], Gen.Select(inner, inner),
            (kind, results, operands, attributes, site, blocks) => new Op(
                kind, results.Select((r, i) => new Value(i, r)).ToImmutableArray(), operands.ToImmutableArray(), attributes, site,
                blocks.Item1, blocks.Item1 is null || blocks.Item2 is null ? null : blocks.Item2 with { Parameters = [] }));
        return Gen.Select(op.Array[0, 3], Type.Array[0, 2], Gen.Int[0, 99].Array[0, 2], (ops, parameters, yields) => new Block(
            depth == 2 ? [] : parameters.Select((p, i) => new Value(i, p)).ToImmutableArray(),
            ops.ToImmutableArray(),
            yields.ToImmutableArray()));
    }
}
