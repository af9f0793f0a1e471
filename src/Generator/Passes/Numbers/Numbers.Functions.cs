using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Numerics;
using MPCache.Contract;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Passes;

/// <summary>Exponential, softmax, reciprocals and functions by pieces.</summary>
internal sealed partial class Numbers
{
    /// <summary>Fraction bits of an exponent.</summary>
    private const int ExponentBits = 12;

    /// <summary>Bits of the exponential's low digit: four units of the exponent.</summary>
    private const int ExponentLowBits = ExponentBits + 2;

    /// <summary>Fraction bits of the exponential's table and of the factor that the dealer knows.</summary>
    private const int ExponentialBits = 32;

    /// <summary>Fraction bits of the normalised argument of a reciprocal.</summary>
    private const int NormalisedBits = 14;

    /// <summary>Fraction bits that the inverse of a softmax's sum has beyond the program's.</summary>
    private const int InverseBits = 4;

    /// <summary>Fraction bits of a softmax's weights where the product comes before the division: that product needs the widest ring.</summary>
    /// <returns>Two less than the program's: a weight of 14 bits is off by less than what a probability of 12 may be.</returns>
    internal static int SoftmaxWeightBits(Function function) => function.Attributes.Int("fractionBits", 16) - 2;

    /// <summary>Fraction bits of a softmax maximum: within half a unit of the exponent is near enough.</summary>
    private const int MaximumBits = 1;

    private int Exp(int x)
    {
        x = AtMost(x, ExponentBits);
        return Exponential(Align(Negate(x), ExponentBits));
    }

    /// <summary>exp(−t), in scale <see cref="ExponentialBits"/>.</summary>
    private int Exponential(int t)
    {
        Number number = numbers[t];
        BigInteger offset = BigInteger.Max(0, -number.Low);
        BigInteger span = number.High + offset;
        int high = 1;
        while (((BigInteger.One << high) - 1) << ExponentLowBits <= span)
        {
            high++;
        }

        if (high > 8 || offset >= 8 << ExponentBits)
        {
            throw new CompileError("MPC3004",
                FormattableString.Invariant(
                    $"an exponent within [{-Real(number.High, number.Scale):G4}, {-Real(number.Low, number.Scale):G4}] ")
                    + "is too wide for one exponential; declare a narrower range with .Within(low, high)",
                site);
        }

        BigInteger largest = (BigInteger)Math.Ceiling(Math.Exp(Real(offset, ExponentBits)) * 1.001 * Math.Pow(2, ExponentialBits));
        return Emit("exponential", [t],
            Attributes.Of(("fraction", (long)ExponentBits), ("lowBits", (long)ExponentLowBits), ("highBits", (long)high),
                ("offset", (long)offset)),
            Shape(t), ExponentialBits, 0, largest);
    }

    private int Softmax(int x, int? allowed)
    {
        int weight = SoftmaxWeights(x, allowed, fraction);
        int inverse = Layout("broadcast", SoftmaxInverse(weight), Attributes.None, Shape(weight));
        int probability = Multiply(weight, inverse, scaleB: fraction + InverseBits);
        Refine(probability, 0, (BigInteger.One << numbers[probability].Scale) + (BigInteger.One << (numbers[probability].Scale - 8)));
        return probability;
    }

    /// <summary>What softmax divides by its sum: exp(x − m), m within little more than half a unit of the row's maximum.</summary>
    private int SoftmaxWeights(int x, int? allowed, int scale)
    {
        ImmutableArray<Expr> shape = Shape(x);
        x = AtMost(x, ExponentBits);
        x = Align(x, ExponentBits);
        if (allowed is int mask)
        {
            // A position that takes no part must not be the maximum.
            x = Emit("where", [x, mask], Attributes.Of(("otherwise", (long)numbers[x].Low)), shape, numbers[x].Scale, numbers[x].Low,
                numbers[x].High);
        }

        int coarse = Align(x, MaximumBits, besides: true);
        int maximum = Tournament(coarse, null, larger: true).Best;
        Number number = numbers[maximum];
        maximum = Emit("extend", [maximum], Attributes.None, Shape(maximum), number.Scale, number.Low, number.High);
        maximum = Align(maximum, ExponentBits);
        maximum = Layout("broadcast", maximum, Attributes.None, shape);
        int distance = Emit("sub", [maximum, x], Attributes.None, shape, ExponentBits, numbers[maximum].Low - numbers[x].High,
            numbers[maximum].High - numbers[x].Low);
        BigInteger slack = SoftmaxSlack(coarse);
        Refine(distance, -slack, numbers[x].High - numbers[x].Low + slack);
        int weight = Align(Exponential(distance), scale);
        return allowed is int again
            ? Emit("where", [weight, again], Attributes.Of(("otherwise", 0L)), shape, scale, 0, numbers[weight].High)
            : weight;
    }

    /// <summary>
    /// By how much a row's maximum may be off, either way: a truncation moves it by no more than one of its units, and where it starts from
    /// another truncation, that one by no more than one of its own.
    /// </summary>
    private BigInteger SoftmaxSlack(int coarse)
    {
        BigInteger slack = 0;
        while (numbers[coarse].Scale < ExponentBits && definitions.TryGetValue(coarse, out Op? op) && op.Kind is "truncate" or "broadcast")
        {
            slack += op.Kind == "truncate" ? BigInteger.One << (ExponentBits - numbers[coarse].Scale) : 0;
            coarse = op.Operands[0];
        }

        return slack;
    }

    /// <summary>The inverse of a row's sum of weights; with enough bits, because what it is off by is off in the whole row.</summary>
    private int SoftmaxInverse(int weight)
    {
        int sum = Sum(weight, Shape(weight).Length - 1);
        int scale = numbers[sum].Scale;
        // The largest weight alone, whose maximum is off by less than two of its units, however it was truncated.
        Refine(sum, (BigInteger)(Math.Exp(-Real(2, MaximumBits)) * 0.99 * Math.Pow(2, scale)), numbers[sum].High);
        return AtMost(Reciprocal(sum), fraction + InverseBits);
    }

    /// <summary>
    /// A product with weights, divided by their sum: it lies where its other operand does, but for what the inverse is off by.
    /// </summary>
    private int SoftmaxDivide(int product, int inverse, int values)
    {
        Number among = numbers[values];
        int result = Multiply(product, Layout("broadcast", inverse, Attributes.None, Shape(product)), scaleB: fraction + InverseBits);
        int by = numbers[result].Scale - among.Scale;
        BigInteger Reach(BigInteger bound) => (bound << by) + ((bound << by) >> 5);
        Refine(result, BigInteger.Min(0, Reach(among.Low)) - 1, BigInteger.Max(0, Reach(among.High)) + 1);
        return result;
    }

    private int Pieces(
        int x, string name, BigInteger start, int inputScale, int lowBits, int highBits, int degree, int bits, ImmutableArray<Expr> shape,
        double low, double high)
    {
        Number range = RawRange(low, high, bits);
        return Emit("piecewise", [x],
            Attributes.Of(("function", name), ("start", (long)start), ("inputScale", (long)inputScale), ("lowBits", (long)lowBits),
                ("highBits", (long)highBits), ("degree", (long)degree), ("bits", (long)bits)),
            shape, bits, range.Low, range.High);
    }

    private int Reciprocal(int x)
    {
        x = AtMost(x, fraction);
        (int normalised, int? factor, _, int top, Number number) = Normalise(x, square: true);
        int piece = AtMost(
            Pieces(normalised, "Reciprocal", BigInteger.One << NormalisedBits, NormalisedBits, 10, 6, 2, 34, Shape(x), 0.24, 1.01),
            fraction);
        // 1/x = (1/y) · 4^(top−j) · 2^scale / 4^top with x = y·4^j in raw integers.
        int result = factor is int f ? Multiply(piece, f) : piece;
        int scale = numbers[result].Scale + (2 * top) - number.Scale;
        return Reach(result, scale, 1 / Real(number.High, number.Scale), 1 / Real(number.Low, number.Scale));
    }

    private int ReciprocalSqrt(int x)
    {
        // Relative precision of small arguments: more fraction bits, and an even number of them.
        int scale = Math.Min(numbers[x].Scale, fraction + 8) / 2 * 2;
        x = Align(x, scale);
        (int normalised, _, int? root, int top, Number number) = Normalise(x, square: false);
        int piece = AtMost(
            Pieces(normalised, "ReciprocalSqrt", BigInteger.One << NormalisedBits, NormalisedBits, 10, 6, 2, 34, Shape(x), 0.49, 1.01),
            fraction);
        int result = root is int f ? Multiply(piece, f) : piece;
        return Reach(result, numbers[result].Scale + top - (number.Scale / 2),
            1 / Math.Sqrt(Real(number.High, number.Scale)), 1 / Math.Sqrt(Real(number.Low, number.Scale)));
    }

    /// <summary>The value under another scale, with the range that its definition implies.</summary>
    private int Reach(int x, int scale, double low, double high)
    {
        Number range = RawRange(low * 0.99, high * 1.01, scale);
        int result = Emit("relabel", [x], Attributes.None, Shape(x), scale, range.Low, range.High);
        numbers[x] = numbers[x] with { Low = range.Low, High = range.High };
        return result;
    }

    /// <summary>
    /// Brings a positive x = y·4^j, 1 ≤ y &lt; 4, to y by hidden comparisons with powers of four and a secret power of four.
    /// </summary>
    /// <returns>y, the factor 4^(top−j), its root 2^(top−j), top, and x's number. Factors are null where j is public.</returns>
    private (int Normalised, int? Factor, int? Root, int Top, Number Number) Normalise(int x, bool square)
    {
        Number number = numbers[x];
        if (number.Low.Sign <= 0)
        {
            throw new CompileError("MPC3004",
                FormattableString.Invariant(
                    $"the argument lies in [{Real(number.Low, number.Scale):G4}, {Real(number.High, number.Scale):G4}]; ")
                    + "it must be positive: add a positive constant, or declare .Within(low, high)",
                site);
        }

        int bottom = Log4(number.Low);
        int top = Log4(number.High);
        ImmutableArray<Expr> shape = Shape(x);
        int y = x;
        int? factor = null;
        int? root = null;
        if (top > bottom)
        {
            List<int> exponents = Enumerable.Range(bottom + 1, top - bottom).ToList();
            ImmutableArray<Expr> bitShape = shape.Insert(0, Expr.Constant(exponents.Count));
            int bits = Sign(x, exponents.Select(e => BigInteger.One << (2 * e)).ToImmutableArray(), bitShape);
            int Combine(Func<int, BigInteger> power) => Emit("bits.combine", [bits],
                Attributes.Of(("coefficients",
                        new ListAttr(exponents.Select(e => Expr.Constant((long)(power(top - e + 1) - power(top - e)))).ToImmutableArray())),
                    ("constant", 1L)),
                shape, 0, 1, power(top - bottom));
            factor = Combine(e => BigInteger.One << (2 * e));
            if (!square)
            {
                root = Combine(e => BigInteger.One << e);
            }

            y = Emit("mul", [x, factor.Value], Attributes.None, shape, number.Scale, BigInteger.One << (2 * top),
                (BigInteger.One << ((2 * top) + 2)) - 1);
        }

        y = Emit("relabel", [y], Attributes.None, shape, 2 * top, BigInteger.One << (2 * top), (BigInteger.One << ((2 * top) + 2)) - 1);
        return (Align(y, NormalisedBits), factor, root, top, number);
    }

    private static int Log4(BigInteger raw)
    {
        int exponent = 0;
        while (BigInteger.One << ((2 * exponent) + 2) <= raw)
        {
            exponent++;
        }

        return exponent;
    }
}
