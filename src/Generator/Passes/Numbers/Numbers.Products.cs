using System;
using System.Collections.Immutable;
using System.Linq;
using System.Numerics;
using MPCache.Contract;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Passes;

/// <summary>Products of secret values with each other and with the server's weights.</summary>
internal sealed partial class Numbers
{
    private int Multiply(Op op)
    {
        foreach ((int weightSide, int other) in new[] { (0, 1), (1, 0) })
        {
            if (InPlace(op.Operands[weightSide], 1) is Weight weight && weight.Shape[0].Equals(op.Result.Tensor.Shape.Last()))
            {
                return Gain(Use(op.Operands[other]), weight, op.Result.Tensor.Shape);
            }
        }

        foreach ((int weightSide, int other) in new[] { (0, 1), (1, 0) })
        {
            if (Vectors(op.Operands[weightSide], op.Result.Tensor.Shape) is Weight gains)
            {
                return GainEach(Use(op.Operands[other]), gains, op.Result.Tensor.Shape);
            }
        }

        foreach ((int maskSide, int other) in new[] { (0, 1), (1, 0) })
        {
            int mask = Known(op.Operands[maskSide]);
            if (IsPublic(mask) && numbers[mask] is { Scale: 0, Low.Sign: >= 0, High.IsOne: true })
            {
                // Both parties know which elements the mask keeps.
                int kept = Use(op.Operands[other]);
                Number number = numbers[kept];
                return Emit("where", [kept, mask], Attributes.Of(("otherwise", 0L)), op.Result.Tensor.Shape, number.Scale,
                    BigInteger.Min(0, number.Low), BigInteger.Max(0, number.High));
            }
        }

        return Multiply(Use(op.Operands[0]), Use(op.Operands[1]));
    }

    private int Multiply(int a, int b, int? scaleA = null, int? scaleB = null)
    {
        bool square = a == b;
        a = AtMost(a, scaleA ?? fraction);
        b = square ? a : AtMost(b, scaleB ?? fraction);
        (BigInteger low, BigInteger high) = ProductRange(numbers[a].Low, numbers[a].High, numbers[b].Low, numbers[b].High);
        return Emit("mul", [a, b], Attributes.None, Shape(a), numbers[a].Scale + numbers[b].Scale, square ? BigInteger.Max(0, low) : low,
            high);
    }

    private int Dot(Op op)
    {
        int precision = op.Kind == "dot.mean" ? MeanPrecision(Use(op.Operands[0]), Use(op.Operands[1])) : fraction;
        int a = AtMost(Use(op.Operands[0]), precision);
        int b = op.Operands[0] == op.Operands[1] ? a : AtMost(Use(op.Operands[1]), precision);
        ImmutableArray<Expr> shape = Shape(a);
        Expr inner = shape[shape.Length - 1];
        Expr rows = shape.Take(shape.Length - 1).Aggregate(Expr.One, (x, y) => x * y);
        (BigInteger low, BigInteger high) = ProductRange(numbers[a].Low, numbers[a].High, numbers[b].Low, numbers[b].High);
        if (a == b)
        {
            low = 0;
        }

        BigInteger count = Maximum(inner);
        int left = Layout("reshape", a, Attributes.None, [rows, Expr.One, inner]);
        int right = a == b ? left : Layout("reshape", b, Attributes.None, [rows, Expr.One, inner]);
        int product = Emit("matmul", [left, right], Attributes.Of(("transposed", 1L)), [rows, Expr.One, Expr.One],
            numbers[a].Scale + numbers[b].Scale, low * count, high * count);
        int scaleOfElement = numbers[product].Scale;
        if (op.Kind == "dot.mean")
        {
            product = Scale(product, $"inverse({inner})", whole: true);
            int by = numbers[product].Scale - scaleOfElement;
            Refine(product, by >= 0 ? (low - 1) << by : (low - 1) >> -by, by >= 0 ? (high + 1) << by : (high + 1) >> -by);
        }

        return Layout("reshape", product, Attributes.None, op.Result.Tensor.Shape);
    }

    /// <summary>
    /// Fraction bits of the factors of a mean of products. Up to four fewer than the program's, if then the mean fits the largest ring
    /// before it is truncated: its opening comes behind the public factor, and nothing is extended on the way.
    /// </summary>
    private int MeanPrecision(int a, int b)
    {
        const int fewer = 4;
        for (int precision = fraction; precision >= fraction - fewer; precision--)
        {
            BigInteger Reach(int id) => BigInteger.Max(BigInteger.Abs(numbers[id].Low), BigInteger.Abs(numbers[id].High))
                >> Math.Max(0, numbers[id].Scale - precision);
            int dropped = Math.Max(0, Math.Max(numbers[a].Scale, numbers[b].Scale) - precision);
            if (new Number(0, 0, 0, ((Reach(a) + 1) * (Reach(b) + 1)) << FactorBits).RequiredRing + dropped <= 64)
            {
                return precision;
            }
        }

        return fraction;
    }

    private int MatMul(int a, int b, ImmutableArray<Expr> shape)
    {
        a = AtMost(a, fraction);
        b = AtMost(b, fraction);
        bool transposed = false;
        if (definitions.TryGetValue(b, out Op? layout) && layout.Kind == "permute" && SwapsLastAxes(layout))
        {
            b = layout.Operands[0];
            transposed = true;
        }

        (BigInteger low, BigInteger high) = ProductRange(numbers[a].Low, numbers[a].High, numbers[b].Low, numbers[b].High);
        BigInteger count = Maximum(Shape(a)[Shape(a).Length - 1]);
        return Emit("matmul", [a, b], transposed ? Attributes.Of(("transposed", 1L)) : Attributes.None, shape,
            numbers[a].Scale + numbers[b].Scale, low.Sign < 0 ? low * count : low, high.Sign > 0 ? high * count : high);
    }

    /// <summary>
    /// A product with a matrix of the server's as it lies: the gate that looks up rows of a table takes any row for a one-hot one.
    /// </summary>
    private int MatMul(int x, Weight weight, ImmutableArray<Expr> shape)
    {
        x = AtMost(x, fraction);
        Number range = RawRange(weight.Low, weight.High, weight.Scale);
        (BigInteger low, BigInteger high) = ProductRange(numbers[x].Low, numbers[x].High, range.Low, range.High);
        BigInteger count = Maximum(weight.Shape[0]);
        return Emit("weights.lookup", [x], weight.Attributes.With("classes", weight.Shape[0]).With("outputs", weight.Shape[1]), shape,
            numbers[x].Scale + weight.Scale, low.Sign < 0 ? low * count : low, high.Sign > 0 ? high * count : high);
    }

    private static bool SwapsLastAxes(Op permute)
    {
        int[] axes = permute.Attributes.List("axes").Select(a => (int)a.AsConstant!.Value).ToArray();
        int rank = axes.Length;
        return axes[rank - 1] == rank - 2 && axes[rank - 2] == rank - 1 && axes.Take(rank - 2).SequenceEqual(Enumerable.Range(0, rank - 2));
    }

    private int Linear(Op op)
    {
        int x = AtMost(Use(op.Operands[0]), fraction);
        if (InPlace(op.Operands[1], 2) is not Weight weight)
        {
            int secret = Use(op.Operands[1]);
            ImmutableArray<Expr> shape = Shape(x);
            Expr inner = shape[shape.Length - 1];
            Expr rows = shape.Take(shape.Length - 1).Aggregate(Expr.One, (p, q) => p * q);
            int flat = Layout("reshape", x, Attributes.None, [rows, inner]);
            int transposed = Layout("permute", secret, Attributes.Of(("axes", new ListAttr([Expr.One, Expr.Zero]))),
                [Shape(secret)[1], Shape(secret)[0]]);
            int product = MatMul(flat, transposed, [rows, Shape(secret)[0]]);
            return Layout("reshape", product, Attributes.None, op.Result.Tensor.Shape);
        }

        Number range = RawRange(weight.Low, weight.High, weight.Scale);
        (BigInteger low, BigInteger high) = ProductRange(numbers[x].Low, numbers[x].High, range.Low, range.High);
        BigInteger count = Maximum(weight.Shape[1]);
        return Emit("weights.linear", [x], weight.Attributes.With("outputs", weight.Shape[0]).With("inputs", weight.Shape[1]),
            op.Result.Tensor.Shape, numbers[x].Scale + weight.Scale, low.Sign < 0 ? low * count : low, high.Sign > 0 ? high * count : high);
    }

    /// <summary>Products with several matrices of the server's as they lie or transposed, one for each position of the leading axis.</summary>
    private int MatMulEach(string kind, int x, Weight matrices, ImmutableArray<Expr> shape)
    {
        bool isTable = kind == "weights.lookup";
        (Expr outputs, Expr inputs) = isTable ? (matrices.Shape[2], matrices.Shape[1]) : (matrices.Shape[1], matrices.Shape[2]);
        x = ReadOnce(AtMost(x, fraction));
        Number range = RawRange(matrices.Low, matrices.High, matrices.Scale);
        (BigInteger low, BigInteger high) = ProductRange(numbers[x].Low, numbers[x].High, range.Low, range.High);
        BigInteger count = Maximum(inputs);
        return Emit(kind, [x], matrices.Each.With("outputs", outputs).With(isTable ? "classes" : "inputs", inputs), shape,
            numbers[x].Scale + matrices.Scale, low.Sign < 0 ? low * count : low, high.Sign > 0 ? high * count : high);
    }

    /// <summary>Element-wise products with several vectors of the server's, one for each position of the leading axis.</summary>
    private int GainEach(int x, Weight gains, ImmutableArray<Expr> shape)
    {
        x = ReadOnce(AtMost(x, fraction));
        Number range = RawRange(gains.Low, gains.High, gains.Scale);
        (BigInteger low, BigInteger high) = ProductRange(numbers[x].Low, numbers[x].High, range.Low, range.High);
        return Emit("weights.scale", [x], gains.Each.With("inputs", gains.Shape[1]), shape, numbers[x].Scale + gains.Scale, low, high);
    }

    /// <summary>What every one of several weights multiplies, before it is repeated for each of them.</summary>
    private int ReadOnce(int x) =>
        definitions.TryGetValue(x, out Op? repeated) && repeated.Kind == "broadcast"
        && Shape(repeated.Operands[0]).SequenceEqual(Shape(x).SetItem(0, Expr.One))
            ? repeated.Operands[0]
            : x;

    /// <summary>
    /// An element-wise product with a vector of the server's. Of a row that was multiplied by one number, such as a normalised one, the row
    /// is multiplied by the vector first, which need not wait for the number.
    /// </summary>
    private int Gain(int x, Weight weight, ImmutableArray<Expr> shape)
    {
        if (definitions.TryGetValue(x, out Op? product) && product.Kind == "mul"
            && definitions.TryGetValue(product.Operands[1], out Op? repeated) && repeated.Kind == "broadcast"
            && Shape(repeated.Operands[0])[shape.Length - 1].Equals(Expr.One))
        {
            Number bounds = numbers[x];
            int weighed = Align(Gain(product.Operands[0], weight, shape), fraction);
            int normalised = Multiply(weighed, product.Operands[1]);
            Number gains = RawRange(weight.Low, weight.High, numbers[normalised].Scale - bounds.Scale);
            (BigInteger least, BigInteger most) = ProductRange(bounds.Low, bounds.High, gains.Low, gains.High);
            Refine(normalised, least - 1, most + 1);
            return normalised;
        }

        x = AtMost(x, fraction);
        Number range = RawRange(weight.Low, weight.High, weight.Scale);
        (BigInteger low, BigInteger high) = ProductRange(numbers[x].Low, numbers[x].High, range.Low, range.High);
        return Emit("weights.scale", [x], weight.Attributes.With("inputs", weight.Shape[0]), shape, numbers[x].Scale + weight.Scale, low,
            high);
    }

    /// <summary>
    /// One-hot rows of the client's tokens times the server's table; the product with a one-hot row stays within the table's range.
    /// </summary>
    private int Embedding(Op op)
    {
        if (InPlace(op.Operands[0], 2) is not Weight table || !inputs.TryGetValue(op.Operands[1], out Parameter? tokens)
            || !tokens.Attributes.Has("owner"))
        {
            throw new CompileError("MPC4002", "an embedding looks up the client's own tokens in the server's table", site);
        }

        ImmutableArray<Expr> shape = op.Result.Tensor.Shape;
        int oneHot = Emit("input", [],
            Attributes.Of(("name", tokens.Name), ("owner", tokens.Attributes.Text("owner")), ("low", RealAttr.Of(0)),
                ("high", RealAttr.Of(1)), ("classes", table.Shape[0])),
            [shape[0], table.Shape[0]], 0, 0, 1, hoist: true);
        Number range = RawRange(table.Low, table.High, table.Scale);
        int rows = Emit("weights.lookup", [oneHot], table.Attributes.With("classes", table.Shape[0]).With("outputs", table.Shape[1]), shape,
            table.Scale, range.Low, range.High);
        // In its own small ring: a row of the one-hot matrix is as long as the vocabulary.
        return Emit("extend", [rows], Attributes.None, shape, table.Scale, range.Low, range.High);
    }
}
