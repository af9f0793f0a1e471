using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Numerics;
using System.Text;

namespace MPCache.Contract;

/// <summary>
/// An integer expression over session values: dimensions, public parameters and loop indices. Held in normal form, a polynomial with
/// integer coefficients over sorted atoms, so that two expressions that are equal as polynomials are equal as objects. Sizes, bytes and
/// rounds are such expressions; one evaluator serves the generator, the runtime and the command line.
/// </summary>
public sealed partial class Expr : IEquatable<Expr>
{
    private readonly Term[] terms;
    private string? text;

    private Expr(Term[] terms) => this.terms = terms;

    /// <summary>The constant 0.</summary>
    public static Expr Zero { get; } = new(Array.Empty<Term>());

    /// <summary>The constant 1.</summary>
    public static Expr One { get; } = Constant(1);

    /// <summary>The constant, where the expression is one.</summary>
    public long? AsConstant => terms.Length == 0 ? 0 : terms.Length == 1 && terms[0].Atoms.Length == 0 ? terms[0].Coefficient : null;

    /// <summary>The symbol's name, where the expression is a single symbol.</summary>
    public string? AsSymbol =>
        terms.Length == 1 && terms[0].Coefficient == 1 && terms[0].Atoms.Length == 1 && terms[0].Atoms[0] is SymbolAtom s ? s.Name : null;

    /// <summary>An integer constant.</summary>
    public static Expr Constant(long value) => value == 0 ? Zero : new Expr(new[] { new Term(value, Array.Empty<Atom>()) });

    /// <summary>A dimension, parameter or loop index, by name.</summary>
    public static Expr Symbol(string name) => FromAtom(new SymbolAtom(name));

    /// <summary>⌊a / b⌋ for b &gt; 0.</summary>
    public static Expr FloorDiv(Expr a, Expr b) => Divide("floordiv", a, b);

    /// <summary>⌈a / b⌉ for b &gt; 0.</summary>
    public static Expr CeilDiv(Expr a, Expr b) => Divide("ceildiv", a, b);

    /// <summary>a modulo b, for a ≥ 0 and b &gt; 0.</summary>
    public static Expr Mod(Expr a, Expr b) =>
        a.terms.Length > 0 && a.terms.All(t => Quotient(t, b) is not null) ? Zero : Call("mod", a, b);

    /// <summary>The smaller of two expressions.</summary>
    public static Expr Min(Expr a, Expr b) => a.Equals(b) ? a : Call("min", a, b);

    /// <summary>The larger of two expressions.</summary>
    public static Expr Max(Expr a, Expr b) => a.Equals(b) ? a : Call("max", a, b);

    /// <summary>⌈log2 a⌉ for a ≥ 1; 0 for a ≤ 1.</summary>
    public static Expr CeilLog2(Expr a) => Call("ceillog2", a);

    /// <summary>2^a for 0 ≤ a &lt; 62.</summary>
    public static Expr Pow2(Expr a) => Call("pow2", a);

    /// <summary>
    /// Σ of <paramref name="body"/> over <paramref name="index"/> from <paramref name="low"/> up to, not including, <paramref
    /// name="high"/>.
    /// </summary>
    public static Expr Sum(string index, Expr low, Expr high, Expr body) =>
        body.Mentions(index) ? FromAtom(new SumAtom(index, low, high, body)) : Multiply(body, Subtract(high, low));

    /// <summary>One expression where a condition holds, another one where it does not; only the one that counts is evaluated.</summary>
    public static Expr If(Condition condition, Expr then, Expr otherwise) =>
        condition.AsConstant is bool holds ? (holds ? then : otherwise)
        : then.Equals(otherwise) ? then : FromAtom(new IfAtom(condition, then, otherwise));

    /// <summary>
    /// A function of expressions by its name in the canonical text: floordiv, ceildiv, mod, min, max, ceillog2, pow2, pivots,
    /// refines or capacity.
    /// </summary>
    public static Expr Function(string name, params Expr[] arguments) => (name, arguments.Length) switch
    {
        ("floordiv", 2) => FloorDiv(arguments[0], arguments[1]),
        ("ceildiv", 2) => CeilDiv(arguments[0], arguments[1]),
        ("mod", 2) => Mod(arguments[0], arguments[1]),
        ("min", 2) => Min(arguments[0], arguments[1]),
        ("max", 2) => Max(arguments[0], arguments[1]),
        ("ceillog2", 1) => CeilLog2(arguments[0]),
        ("pow2", 1) => Pow2(arguments[0]),
        ("pivots" or "refines" or "capacity", 1) => Call(name, arguments),
        _ => throw new FormatException($"'{name}' with {arguments.Length} argument(s) is no function of session expressions"),
    };

    /// <summary>Σ of many expressions, merged once.</summary>
    public static Expr Total(IEnumerable<Expr> summands) => Normal(summands.SelectMany(s => s.terms).ToList());

    /// <summary>Sum of two expressions.</summary>
    public static Expr operator +(Expr a, Expr b) => Add(a, b);

    /// <summary>Difference of two expressions.</summary>
    public static Expr operator -(Expr a, Expr b) => Subtract(a, b);

    /// <summary>Product of two expressions.</summary>
    public static Expr operator *(Expr a, Expr b) => Multiply(a, b);

    /// <summary>An integer as a constant expression.</summary>
    public static implicit operator Expr(long value) => Constant(value);

    /// <summary>Whether a symbol occurs in the expression, bound occurrences not counted.</summary>
    public bool Mentions(string symbol) => terms.Any(t => t.Atoms.Any(a => a.Mentions(symbol)));

    /// <summary>The terms of the polynomial, which sum to the expression.</summary>
    public IEnumerable<Expr> Terms() => terms.Select(t => new Expr([t]));

    /// <summary>The free symbols in the expression, sorted.</summary>
    public IReadOnlyCollection<string> Symbols()
    {
        SortedSet<string> found = new(StringComparer.Ordinal);
        foreach (Term term in terms)
        {
            foreach (Atom atom in term.Atoms)
            {
                atom.Collect(found);
            }
        }

        return found;
    }

    /// <summary>The expression with a symbol replaced.</summary>
    public Expr Substitute(string symbol, Expr replacement) => Substitute(name => name == symbol ? replacement : null);

    /// <summary>The expression with every symbol replaced for which <paramref name="replacement"/> gives an expression.</summary>
    public Expr Substitute(Func<string, Expr?> replacement) => Map(atom => atom.Substitute(replacement));

    /// <summary>The expression where some conditions are decided: of their two alternatives the one that counts.</summary>
    /// <param name="decide">Whether a condition holds; null where that is open.</param>
    internal Expr Assuming(Func<Condition, bool?> decide) => HasChoices ? Map(atom => atom.Assuming(decide)) : this;

    /// <summary>Whether a condition decides on a part of the expression.</summary>
    private bool HasChoices => terms.Any(t => t.Atoms.Any(a => a.HasChoices));

    /// <summary>The value under an assignment of the symbols; arithmetic is checked.</summary>
    /// <param name="value">The value of a symbol; throws for a symbol it does not know.</param>
    /// <exception cref="OverflowException">The value does not fit 64 bits.</exception>
    public long Evaluate(Func<string, long> value)
    {
        long sum = 0;
        foreach (Term term in terms)
        {
            long product = term.Coefficient;
            foreach (Atom atom in term.Atoms)
            {
                product = checked(product * atom.Evaluate(value));
            }

            sum = checked(sum + product);
        }

        return sum;
    }

    /// <summary>
    /// An interval in which the value lies wherever the symbols lie in theirs; bounds beyond ±2^62 count as ±2^62. Terms are bounded one by
    /// one, so where a symbol occurs with both signs the interval may be wider than need be.
    /// </summary>
    /// <param name="range">The interval of a symbol, both ends included.</param>
    public (long Low, long High) Range(Func<string, (long Low, long High)> range)
    {
        (long Low, long High) sum = (0, 0);
        foreach (Term term in terms)
        {
            (long Low, long High) product = (term.Coefficient, term.Coefficient);
            foreach (Atom atom in term.Atoms)
            {
                product = Bounds.Product(product, atom.Range(range));
            }

            sum = (Bounds.Sum(sum.Low, product.Low), Bounds.Sum(sum.High, product.High));
        }

        return sum;
    }

    /// <summary>
    /// The expression as C#, over <c>long</c> or <c>int</c> variables named like the symbols; <c>Contract</c> is an alias of this
    /// namespace there.
    /// </summary>
    /// <param name="name">How a symbol is spelt.</param>
    /// <param name="function">What is written for a call or a choice that is evaluated in any case, given its text; itself unless stated.</param>
    public string ToCSharp(Func<string, string> name, Func<string, string>? function = null) =>
        Print(atom => atom.ToCSharp(name, function ?? (text => text)), "0");

    /// <inheritdoc/>
    public bool Equals(Expr? other)
    {
        if (ReferenceEquals(this, other))
        {
            return true;
        }

        if (other is null || terms.Length != other.terms.Length)
        {
            return false;
        }

        for (int i = 0; i < terms.Length; i++)
        {
            if (!terms[i].Equals(other.terms[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Expr);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        int hash = 0;
        foreach (Term term in terms)
        {
            hash = unchecked((hash * 31) + term.Hash());
        }

        return hash;
    }

    /// <summary>The canonical text, which <see cref="ExprParser"/> reads back.</summary>
    public override string ToString() => text ??= Print(atom => atom.Text, "0");

    private static Expr Add(Expr a, Expr b) => Merge(a, b, 1);

    private static Expr Subtract(Expr a, Expr b) => Merge(a, b, -1);

    /// <summary>The sum of an expression and another one or its negative: both are sorted.</summary>
    private static Expr Merge(Expr a, Expr b, long sign)
    {
        if (b.terms.Length == 0)
        {
            return a;
        }

        if (a.terms.Length == 0)
        {
            return Scale(b, sign);
        }

        List<Term> merged = new(a.terms.Length + b.terms.Length);
        int i = 0;
        int j = 0;
        while (i < a.terms.Length || j < b.terms.Length)
        {
            int order = i == a.terms.Length ? 1 : j == b.terms.Length ? -1 : Term.Compare(a.terms[i], b.terms[j]);
            long coefficient = checked((order <= 0 ? a.terms[i].Coefficient : 0) + (order >= 0 ? sign * b.terms[j].Coefficient : 0));
            if (coefficient != 0)
            {
                merged.Add((order <= 0 ? a.terms[i] : b.terms[j]).With(coefficient));
            }

            i += order <= 0 ? 1 : 0;
            j += order >= 0 ? 1 : 0;
        }

        return Of(merged);
    }

    private static Expr Scale(Expr a, long by) =>
        by == 0 ? Zero : by == 1 ? a : new Expr(Array.ConvertAll(a.terms, t => t.With(checked(by * t.Coefficient))));

    private static Expr Multiply(Expr a, Expr b)
    {
        if (a.AsConstant is long left)
        {
            return Scale(b, left);
        }

        if (b.AsConstant is long right)
        {
            return Scale(a, right);
        }

        List<Term> products = new(a.terms.Length * b.terms.Length);
        foreach (Term x in a.terms)
        {
            foreach (Term y in b.terms)
            {
                products.Add(Term.Product(x, y));
            }
        }

        return Normal(products);
    }

    /// <summary>Sorted, terms of the same atoms as one.</summary>
    private static Expr Normal(List<Term> terms)
    {
        terms.Sort(Term.Compare);
        List<Term> merged = new(terms.Count);
        for (int i = 0; i < terms.Count;)
        {
            Term first = terms[i];
            long coefficient = first.Coefficient;
            for (i++; i < terms.Count && Term.Compare(terms[i], first) == 0; i++)
            {
                coefficient = checked(coefficient + terms[i].Coefficient);
            }

            if (coefficient != 0)
            {
                merged.Add(first.With(coefficient));
            }
        }

        return Of(merged);
    }

    private static Expr Of(List<Term> sorted) => sorted.Count == 0 ? Zero : new Expr(sorted.ToArray());

    private static Expr Divide(string name, Expr a, Expr b)
    {
        if (a.terms.Length == 0 || b.terms.Length == 0 || a.Equals(b))
        {
            return a.Equals(b) ? One : Call(name, a, b);
        }

        List<Term> whole = a.terms.Select(t => Quotient(t, b)).OfType<Term>().ToList();
        Expr remainder = new(a.terms.Where(t => Quotient(t, b) is null).ToArray());
        if (whole.Count > 0)
        {
            return remainder.terms.Length == 0 ? Normal(whole) : Add(Normal(whole), Divide(name, remainder, b));
        }

        // Symbols that divide both sides are left out of both; numbers stay, so that bits are divided by 8.
        Expr common = Common(a, b);
        return common.AsConstant == 1 ? Call(name, a, b)
            : Divide(name, Normal(a.terms.Select(t => Quotient(t, common)!).ToList()), Normal(b.terms.Select(t => Quotient(t, common)!).ToList()));
    }

    /// <summary>The product of the symbols that divide every term of two expressions.</summary>
    private static Expr Common(Expr a, Expr b)
    {
        Term[] all = [.. a.terms, .. b.terms];
        Expr common = One;
        foreach (Atom atom in all[0].Atoms)
        {
            Expr larger = Multiply(common, FromAtom(atom));
            common = all.All(t => Quotient(t, larger) is not null) ? larger : common;
        }

        return common;
    }

    /// <summary>A term divided by a number or a product of symbols, if it is a multiple of it; null otherwise.</summary>
    private static Term? Quotient(Term term, Expr divisor)
    {
        if (divisor.terms.Length != 1 || divisor.terms[0].Coefficient <= 0 || term.Coefficient % divisor.terms[0].Coefficient != 0)
        {
            return null;
        }

        List<Atom> atoms = [.. term.Atoms];
        return divisor.terms[0].Atoms.All(d => atoms.Remove(atoms.Find(a => a.Text == d.Text)!))
            ? new Term(term.Coefficient / divisor.terms[0].Coefficient, [.. atoms])
            : null;
    }

    private static Expr Call(string name, params Expr[] arguments)
    {
        FunctionAtom atom = new(name, arguments);
        return arguments.All(x => x.AsConstant is not null)
            ? Constant(atom.Evaluate(_ => throw new InvalidOperationException("a constant has no symbols")))
            : FromAtom(atom);
    }

    private static Expr FromAtom(Atom atom) => new(new[] { new Term(1, new[] { atom }) });

    private Expr Map(Func<Atom, Expr> map)
    {
        Expr sum = Zero;
        foreach (Term term in terms)
        {
            Expr product = Constant(term.Coefficient);
            foreach (Atom atom in term.Atoms)
            {
                product = Multiply(product, map(atom));
            }

            sum = Add(sum, product);
        }

        return sum;
    }

    private string Print(Func<Atom, string> atomText, string zero)
    {
        if (terms.Length == 0)
        {
            return zero;
        }

        StringBuilder builder = new();
        foreach (Term term in terms)
        {
            long magnitude = Math.Abs(term.Coefficient);
            builder.Append(builder.Length == 0 ? (term.Coefficient < 0 ? "-" : "") : (term.Coefficient < 0 ? " - " : " + "));
            IEnumerable<string> factors = term.Atoms.Select(atomText);
            if (magnitude != 1 || term.Atoms.Length == 0)
            {
                factors = factors.Prepend(magnitude.ToString(CultureInfo.InvariantCulture));
            }

            builder.Append(string.Join("*", factors));
        }

        return builder.ToString();
    }

    /// <summary>Interval arithmetic that saturates at ±2^62.</summary>
    private static class Bounds
    {
        private const long Largest = 1L << 62;

        /// <summary>Products of what is not larger fit 64 bits.</summary>
        private const long LargestFactor = 1L << 31;

        /// <summary>Of more rows than this, no count of what TopK compares fits 64 bits.</summary>
        private const long MostRows = 1L << 55;

        /// <summary>All of up to 64 rows are pivots and few of more, so that the most may lie at 64.</summary>
        public static (long Low, long High) Pivots((long Low, long High) rows)
        {
            (long low, long high) = (Math.Min(rows.Low, MostRows), Math.Min(rows.High, MostRows));
            long least = SessionMath.Pivots(low);
            long most = SessionMath.Pivots(high);
            return SessionMath.Refines(low) == SessionMath.Refines(high)
                ? (least, rows.High > MostRows ? SessionMath.Cbrt(long.MaxValue) : most)
                : (Math.Min(least, SessionMath.Pivots(65)), Math.Max(SessionMath.Pivots(64), most));
        }

        /// <summary>
        /// Slots grow with the rows, but for where one more pivot takes some of them away: the ends of such a stretch are bounds too.
        /// </summary>
        public static (long Low, long High) Capacity((long Low, long High) rows)
        {
            (long low, long high) = (Math.Min(rows.Low, MostRows), Math.Min(rows.High, MostRows));
            if (SessionMath.Refines(high) == 0)
            {
                return (0, 0);
            }

            long more = SessionMath.Pivots(low) + 1;
            long fewer = SessionMath.Pivots(high);
            long next = SessionMath.CeilDiv(more * more * more, 81);
            long last = ((fewer * fewer * fewer) - 1) / 81;
            long least = SessionMath.Capacity(low);
            long most = Math.Max(SessionMath.Capacity(high), last < low ? 0 : SessionMath.Capacity(last));
            return (
                SessionMath.Refines(low) == 1 && next <= high ? Math.Min(least, SessionMath.Capacity(next)) : least,
                rows.High > MostRows ? 1L << 62 : most);
        }

        /// <param name="a">A bound.</param>
        /// <param name="b">Another bound, or any number.</param>
        public static long Sum(long a, long b) => a >= 0 && b > Largest - a ? Largest
            : a <= 0 && b < -Largest - a ? -Largest
            : Math.Max(-Largest, a + b);

        public static (long Low, long High) Product((long Low, long High) a, (long Low, long High) b)
        {
            if (IsFactor(a) && IsFactor(b))
            {
                (long first, long second, long third, long fourth) = (a.Low * b.Low, a.Low * b.High, a.High * b.Low, a.High * b.High);
                return (Math.Min(Math.Min(first, second), Math.Min(third, fourth)), Math.Max(Math.Max(first, second), Math.Max(third, fourth)));
            }

            BigInteger[] corners =
            [
                (BigInteger)a.Low * b.Low, (BigInteger)a.Low * b.High, (BigInteger)a.High * b.Low, (BigInteger)a.High * b.High,
            ];
            return (Clamp(corners.Min()), Clamp(corners.Max()));
        }

        private static bool IsFactor((long Low, long High) a) => Math.Min(a.Low, a.High) >= -LargestFactor && Math.Max(a.Low, a.High) <= LargestFactor;

        private static long Clamp(BigInteger value) => (long)BigInteger.Max(-Largest, BigInteger.Min(Largest, value));
    }

    private sealed class Term
    {
        private readonly string key;

        public Term(long coefficient, Atom[] atoms)
            : this(coefficient, atoms, atoms.Length == 1 ? atoms[0].Text : string.Join("*", atoms.Select(a => a.Text)))
        {
        }

        private Term(long coefficient, Atom[] atoms, string key)
        {
            Coefficient = coefficient;
            Atoms = atoms;
            this.key = key;
        }

        public long Coefficient { get; }

        /// <summary>The factors, sorted by their texts.</summary>
        public Atom[] Atoms { get; }

        /// <summary>The order of an expression's terms: by their number of factors, then by their texts. Equal are those of the same factors.</summary>
        public static int Compare(Term a, Term b) => a.Atoms.Length != b.Atoms.Length
            ? b.Atoms.Length - a.Atoms.Length
            : ReferenceEquals(a.key, b.key) ? 0 : string.CompareOrdinal(a.key, b.key);

        public static Term Product(Term a, Term b)
        {
            long coefficient = checked(a.Coefficient * b.Coefficient);
            if (a.Atoms.Length == 0 || b.Atoms.Length == 0)
            {
                return (a.Atoms.Length == 0 ? b : a).With(coefficient);
            }

            Atom[] atoms = new Atom[a.Atoms.Length + b.Atoms.Length];
            int i = 0;
            int j = 0;
            for (int k = 0; k < atoms.Length; k++)
            {
                bool isFirst = j == b.Atoms.Length
                    || (i < a.Atoms.Length && string.CompareOrdinal(a.Atoms[i].Text, b.Atoms[j].Text) <= 0);
                atoms[k] = isFirst ? a.Atoms[i++] : b.Atoms[j++];
            }

            return new Term(coefficient, atoms);
        }

        /// <summary>The same factors with another coefficient.</summary>
        public Term With(long coefficient) => coefficient == Coefficient ? this : new Term(coefficient, Atoms, key);

        public bool Equals(Term other) => Coefficient == other.Coefficient && Compare(this, other) == 0;

        public int Hash() => unchecked((key.GetHashCode() * 397) ^ Coefficient.GetHashCode());
    }

    private abstract class Atom
    {
        public abstract string Text { get; }

        public abstract bool Mentions(string symbol);

        public abstract void Collect(SortedSet<string> symbols);

        public abstract Expr Substitute(Func<string, Expr?> replacement);

        public virtual bool HasChoices => false;

        public virtual Expr Assuming(Func<Condition, bool?> decide) => FromAtom(this);

        public abstract long Evaluate(Func<string, long> value);

        public abstract (long Low, long High) Range(Func<string, (long Low, long High)> range);

        public abstract string ToCSharp(Func<string, string> name, Func<string, string> function);
    }

    private sealed class SymbolAtom(string name) : Atom
    {
        public string Name { get; } = name;

        public override string Text => Name;

        public override bool Mentions(string symbol) => symbol == Name;

        public override void Collect(SortedSet<string> symbols) => symbols.Add(Name);

        public override Expr Substitute(Func<string, Expr?> replacement) => replacement(Name) ?? FromAtom(this);

        public override long Evaluate(Func<string, long> value) => value(Name);

        public override (long Low, long High) Range(Func<string, (long Low, long High)> range) => range(Name);

        public override string ToCSharp(Func<string, string> name, Func<string, string> function) => name(Name);
    }

    private sealed class FunctionAtom(string name, Expr[] arguments) : Atom
    {
        public string Name { get; } = name;

        public Expr[] Arguments { get; } = arguments;

        public override string Text { get; } = $"{name}({string.Join(", ", arguments.Select(a => a.ToString()))})";

        public override bool HasChoices => Arguments.Any(a => a.HasChoices);

        public override bool Mentions(string symbol) => Arguments.Any(a => a.Mentions(symbol));

        public override void Collect(SortedSet<string> symbols)
        {
            foreach (Expr argument in Arguments)
            {
                symbols.UnionWith(argument.Symbols());
            }
        }

        public override Expr Substitute(Func<string, Expr?> replacement) =>
            Function(Name, Arguments.Select(a => a.Substitute(replacement)).ToArray());

        public override Expr Assuming(Func<Condition, bool?> decide) =>
            Function(Name, Arguments.Select(a => a.Assuming(decide)).ToArray());

        public override long Evaluate(Func<string, long> value)
        {
            long a = Arguments[0].Evaluate(value);
            long b = Arguments.Length > 1 ? Arguments[1].Evaluate(value) : 0;
            return Name switch
            {
                "floordiv" => SessionMath.FloorDiv(a, b),
                "ceildiv" => SessionMath.CeilDiv(a, b),
                "mod" => SessionMath.Mod(a, b),
                "min" => Math.Min(a, b),
                "max" => Math.Max(a, b),
                "ceillog2" => SessionMath.CeilLog2(a),
                "pivots" => SessionMath.Pivots(a),
                "refines" => SessionMath.Refines(a),
                "capacity" => SessionMath.Capacity(a),
                _ => SessionMath.Pow2(a),
            };
        }

        public override (long Low, long High) Range(Func<string, (long Low, long High)> range)
        {
            (long Low, long High) a = Arguments[0].Range(range);
            (long Low, long High) b = Arguments.Length > 1 ? Arguments[1].Range(range) : (0, 0);
            (long least, long most) = (Math.Max(b.Low, 1), Math.Max(b.High, 1));
            return Name switch
            {
                // A divisor is positive, or there is no value.
                "floordiv" or "ceildiv" => (Divide(a.Low, a.Low < 0 ? least : most), Divide(a.High, a.High < 0 ? most : least)),
                "mod" => (0, most - 1),
                "min" => (Math.Min(a.Low, b.Low), Math.Min(a.High, b.High)),
                "max" => (Math.Max(a.Low, b.Low), Math.Max(a.High, b.High)),
                "ceillog2" => (SessionMath.CeilLog2(a.Low), SessionMath.CeilLog2(a.High)),
                "pivots" => Bounds.Pivots(a),
                "refines" => (SessionMath.Refines(a.Low), SessionMath.Refines(a.High)),
                "capacity" => Bounds.Capacity(a),
                _ => (1L << (int)Math.Min(62, Math.Max(0, a.Low)), 1L << (int)Math.Min(62, Math.Max(0, a.High))),
            };

            long Divide(long x, long by) => Name == "floordiv" ? SessionMath.FloorDiv(x, by) : SessionMath.CeilDiv(x, by);
        }

        public override string ToCSharp(Func<string, string> symbol, Func<string, string> function)
        {
            string method = Name switch
            {
                "floordiv" => "Contract::SessionMath.FloorDiv",
                "ceildiv" => "Contract::SessionMath.CeilDiv",
                "mod" => "Contract::SessionMath.Mod",
                "min" => "global::System.Math.Min",
                "max" => "global::System.Math.Max",
                "ceillog2" => "Contract::SessionMath.CeilLog2",
                "pivots" => "Contract::SessionMath.Pivots",
                "refines" => "Contract::SessionMath.Refines",
                "capacity" => "Contract::SessionMath.Capacity",
                _ => "Contract::SessionMath.Pow2",
            };
            return function($"{method}({string.Join(", ", Arguments.Select(a => a.ToCSharp(symbol, function)))})");
        }
    }

    private sealed class SumAtom(string index, Expr low, Expr high, Expr body) : Atom
    {
        public override string Text { get; } = $"sum({index}, {low}, {high}, {body})";

        public override bool Mentions(string symbol) =>
            low.Mentions(symbol) || high.Mentions(symbol) || (symbol != index && body.Mentions(symbol));

        public override void Collect(SortedSet<string> symbols)
        {
            symbols.UnionWith(low.Symbols());
            symbols.UnionWith(high.Symbols());
            symbols.UnionWith(body.Symbols().Where(s => s != index));
        }

        public override Expr Substitute(Func<string, Expr?> replacement) =>
            Sum(index, low.Substitute(replacement), high.Substitute(replacement), body.Substitute(s => s == index ? null : replacement(s)));

        public override long Evaluate(Func<string, long> value)
        {
            long sum = 0;
            long end = high.Evaluate(value);
            for (long i = low.Evaluate(value); i < end; i++)
            {
                long at = i;
                sum = checked(sum + body.Evaluate(s => s == index ? at : value(s)));
            }

            return sum;
        }

        public override (long Low, long High) Range(Func<string, (long Low, long High)> range)
        {
            long first = low.Range(range).Low;
            long end = high.Range(range).High;
            (long Low, long High) each = body.Range(s => s == index ? (first, Math.Max(first, end - 1)) : range(s));
            return Bounds.Product((0, Math.Max(0, end - first)), (Math.Min(0, each.Low), Math.Max(0, each.High)));
        }

        public override string ToCSharp(Func<string, string> name, Func<string, string> function) =>
            throw new InvalidOperationException($"the sum over '{index}' belongs to a plan, not to generated code");
    }

    private sealed class IfAtom(Condition condition, Expr then, Expr otherwise) : Atom
    {
        public override string Text { get; } = $"if({condition}, {then}, {otherwise})";

        public override bool HasChoices => true;

        public override bool Mentions(string symbol) =>
            condition.Mentions(symbol) || then.Mentions(symbol) || otherwise.Mentions(symbol);

        public override void Collect(SortedSet<string> symbols)
        {
            symbols.UnionWith(condition.Symbols());
            symbols.UnionWith(then.Symbols());
            symbols.UnionWith(otherwise.Symbols());
        }

        public override Expr Substitute(Func<string, Expr?> replacement) =>
            If(condition.Substitute(replacement), then.Substitute(replacement), otherwise.Substitute(replacement));

        public override Expr Assuming(Func<Condition, bool?> decide) => decide(condition) is bool holds
            ? (holds ? then : otherwise).Assuming(decide)
            : If(condition.Map(side => side.Assuming(decide)), then.Assuming(decide), otherwise.Assuming(decide));

        public override long Evaluate(Func<string, long> value) =>
            condition.Evaluate(value) ? then.Evaluate(value) : otherwise.Evaluate(value);

        public override (long Low, long High) Range(Func<string, (long Low, long High)> range)
        {
            (long Low, long High) a = then.Range(range);
            (long Low, long High) b = otherwise.Range(range);
            return condition.Decide(range) is bool holds ? (holds ? a : b) : (Math.Min(a.Low, b.Low), Math.Max(a.High, b.High));
        }

        public override string ToCSharp(Func<string, string> name, Func<string, string> function) =>
            function($"({condition.ToCSharp(name)} ? {then.ToCSharp(name)} : {otherwise.ToCSharp(name)})");
    }
}
