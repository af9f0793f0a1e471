using System;
using System.Collections.Immutable;
using System.Numerics;
using MPCache.Contract;
using MPCache.Gates;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Passes;

/// <summary>Exponential, softmax, reciprocals and functions by pieces.</summary>
internal sealed partial class Numbers
{
    /// <summary>Fraction bits of an exponent.</summary>
    private const int ExponentBits = 12;

    /// <summary>
    /// Bits that a softmax's weights need beyond their fraction bits in the product that they weigh: those of a sum of
    /// <see cref="DefaultMaximum"/>/8 values of 12 fraction bits and up to 16.
    /// </summary>
    private const int WeighedBits = 32;

    /// <summary>Bits beyond its fraction bits that an exponential is taken to need where nothing is known of its users.</summary>
    private const int FunctionHeadroom = 8;


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
        return Exponential(Align(Negate(x), ExponentBits), FunctionHeadroom, fraction);
    }

    /// <summary>exp(−t), with the scale that its shape gives.</summary>
    /// <param name="t">The exponent.</param>
    /// <param name="headroom">Bits that whoever uses the result needs beyond its fraction bits.</param>
    /// <param name="kept">Fraction bits that will be kept.</param>
    private int Exponential(int t, int headroom, int kept)
    {
        Number number = numbers[t];
        BigInteger offset = BigInteger.Max(0, -number.Low);
        BigInteger span = number.High + offset;
        if (offset >= 8 << ExponentBits || span.Sign < 0 || span > int.MaxValue
            || ExponentialShape.Cheapest(ExponentBits, (long)span, (int)offset, headroom, kept) is not { } shape)
        {
            throw new CompileError("MPC3004",
                FormattableString.Invariant(
                    $"an exponent within [{-Real(number.High, number.Scale):G4}, {-Real(number.Low, number.Scale):G4}] ")
                    + "is too wide for one exponential; declare a narrower range with .Within(low, high)",
                site);
        }

        BigInteger largest = (BigInteger)Math.Ceiling(Math.Exp(Real(offset, ExponentBits)) * 1.001 * Math.Pow(2, shape.ScaleBits));
        return Emit("exponential", [t],
            Attributes.Of(("fraction", (long)ExponentBits), ("lowBits", (long)shape.LowBits), ("highBits", (long)shape.HighBits),
                ("offset", (long)offset), ("tableBits", (long)shape.TableBits), ("factorBits", (long)shape.FactorBits),
                ("lookupRing", (long)shape.LookupRing)),
            Shape(t), shape.ScaleBits, 0, largest);
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
        int maximum = Align(Best(coarse, larger: true), ExponentBits);
        maximum = Layout("broadcast", maximum, Attributes.None, shape);
        int distance = Emit("sub", [maximum, x], Attributes.None, shape, ExponentBits, numbers[maximum].Low - numbers[x].High,
            numbers[maximum].High - numbers[x].Low);
        BigInteger slack = SoftmaxSlack(coarse);
        Refine(distance, -slack, numbers[x].High - numbers[x].Low + slack);
        int weight = Align(Exponential(distance, WeighedBits, scale), scale);
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
}
