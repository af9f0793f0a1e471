using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using MPCache.Contract;

namespace MPCache.Generator.Ir;

/// <summary>A value that belongs to an operation itself: an expression, a list of them, a condition, a decimal number or a text.</summary>
internal abstract record Attr
{
    public static implicit operator Attr(long value) => new ExprAttr(Expr.Constant(value));

    public static implicit operator Attr(Expr value) => new ExprAttr(value);

    public static implicit operator Attr(string value) => new TextAttr(value);
}

/// <summary>A session expression: <c>axis=-1</c>, <c>length=2*tokens</c>.</summary>
internal sealed record ExprAttr(Expr Value) : Attr
{
    public override string ToString() => Value.ToString();
}

/// <summary>A list of session expressions: <c>shape=[heads, tokens]</c>.</summary>
internal sealed record ListAttr(ImmutableArray<Expr> Values) : Attr
{
    public bool Equals(ListAttr? other) => other is not null && Values.SequenceEqual(other.Values);

    public override int GetHashCode() => ToString().GetHashCode();

    public override string ToString() => $"[{string.Join(", ", Values)}]";
}

/// <summary>A condition on session expressions: <c>condition=(tokens &lt;= 512)</c>.</summary>
internal sealed record ConditionAttr(Condition Value) : Attr
{
    public override string ToString() => $"({Value})";
}

/// <summary>A name or text: <c>field="Keys"</c>.</summary>
internal sealed record TextAttr(string Value) : Attr
{
    public override string ToString() =>
        "\"" + Value.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\r", "").Replace("\n", "\\n") + "\"";
}

/// <summary>A real number by its exact decimal text: <c>low=#-0.5</c>.</summary>
internal sealed record RealAttr(string Decimal) : Attr
{
    public static RealAttr Of(double value) => new(value.ToString("R", CultureInfo.InvariantCulture));

    public double ToDouble() => double.Parse(Decimal, NumberStyles.Float, CultureInfo.InvariantCulture);

    public override string ToString() => "#" + Decimal;
}

/// <summary>Attributes by name, printed in the order of their names.</summary>
internal sealed class Attributes : IEquatable<Attributes>
{
    public static readonly Attributes None = new(ImmutableSortedDictionary.Create<string, Attr>(StringComparer.Ordinal));

    private readonly ImmutableSortedDictionary<string, Attr> values;

    private Attributes(ImmutableSortedDictionary<string, Attr> values) => this.values = values;

    public IEnumerable<KeyValuePair<string, Attr>> All => values;

    public static Attributes Of(params (string Name, Attr Value)[] pairs) => pairs.Aggregate(None, (a, p) => a.With(p.Name, p.Value));

    public Attributes With(string name, Attr value) => new(values.SetItem(name, value));

    /// <summary>With an attribute of another operation's, where it has one.</summary>
    public Attributes WithIf(string name, Attributes of) => of.Has(name) ? With(name, of.Get(name)) : this;

    public Attributes Without(string name) => new(values.Remove(name));

    public bool Has(string name) => values.ContainsKey(name);

    public Expr Expr(string name) => ((ExprAttr)Get(name)).Value;

    public int Int(string name) =>
        checked((int)(Expr(name).AsConstant ?? throw new InvalidOperationException($"attribute '{name}' is no constant")));

    public int Int(string name, int otherwise) => Has(name) ? Int(name) : otherwise;

    public string Text(string name) => ((TextAttr)Get(name)).Value;

    public double Real(string name) => ((RealAttr)Get(name)).ToDouble();

    public ImmutableArray<Expr> List(string name) => ((ListAttr)Get(name)).Values;

    public Condition Condition(string name) => ((ConditionAttr)Get(name)).Value;

    public Attributes Map(Func<Expr, Expr> map)
    {
        Attributes result = this;
        foreach (KeyValuePair<string, Attr> pair in values)
        {
            result = pair.Value switch
            {
                ExprAttr e => result.With(pair.Key, map(e.Value)),
                ListAttr l => result.With(pair.Key, new ListAttr(l.Values.Select(map).ToImmutableArray())),
                _ => result,
            };
        }

        return result;
    }

    public bool Equals(Attributes? other) => other is not null && ToString() == other.ToString();

    public override bool Equals(object? obj) => Equals(obj as Attributes);

    public override int GetHashCode() => ToString().GetHashCode();

    public override string ToString() => values.Count == 0 ? "" : "{" + string.Join(", ", values.Select(p => $"{p.Key}={p.Value}")) + "}";

    private Attr Get(string name) => values.TryGetValue(name, out Attr? value)
        ? value
        : throw new InvalidOperationException($"attribute '{name}' is missing from {this}");
}
