using System;
using System.Collections.Generic;
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
    /// <param name="function">The program.</param>
    /// <param name="coarse">Whether the maximum is coarse, so that the largest weight may be smaller, and more bits be needed.</param>
    internal static int SoftmaxWeightBits(Function function, bool coarse) =>
        function.Attributes.Int("fractionBits", 16) - 2 + (coarse ? CoarseFiner : 0);

    /// <summary>How large a weight may be, roughly: its exponent may be negative by what the maximum is too low.</summary>
    internal static double SoftmaxLargest(bool coarse) => coarse ? Math.Exp(CoarseUnit - CoarseLead) * 1.01 : 2;

    /// <summary>Fraction bits of a softmax maximum: within half a unit of the exponent is near enough.</summary>
    private const int MaximumBits = 1;

    /// <summary>Fraction bits of a coarse maximum: units of two.</summary>
    private const int CoarseScale = -1;

    private const double CoarseUnit = 2;

    /// <summary>What is added to a coarse maximum: half of what it may be too low, so that weights exceed 1 by less.</summary>
    private const double CoarseLead = 1;

    /// <summary>Fraction bits that weights have more under a coarse maximum, under which the largest of them is e^−3 at least.</summary>
    private const int CoarseFiner = 3;

    /// <summary>As <see cref="WeighedBits"/>, for weights of up to e.</summary>
    private const int CoarseWeighedBits = 33;

    /// <summary>Lower bounds of the largest weight of each row of a softmax's weights.</summary>
    private readonly Dictionary<int, double> largestWeight = [];

    private int Exp(int x)
    {
        x = AtMost(x, ExponentBits);
        return Exponential(Align(Negate(x), ExponentBits), FunctionHeadroom, fraction);
    }

    /// <summary>exp(−t), with the scale that its shape gives.</summary>
    /// <param name="t">The exponent.</param>
    /// <param name="headroom">Bits that whoever uses the result needs beyond its fraction bits.</param>
    /// <param name="kept">Fraction bits that will be kept.</param>
    /// <param name="finer">Bits by which the error is smaller than 2^−13.5, where the factor only the dealer knows allows it.</param>
    private int Exponential(int t, int headroom, int kept, int finer = 0)
    {
        Number number = numbers[t];
        BigInteger offset = BigInteger.Max(0, -number.Low);
        BigInteger span = number.High + offset;
        if (offset >= 8 << ExponentBits || span.Sign < 0 || span > int.MaxValue
            || ExponentialShape.Cheapest(ExponentBits, (long)span, (int)offset, headroom, kept, finer) is not { } shape)
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
        int weight = SoftmaxWeights(x, allowed, fraction, Profile.Of(function).IsFewFlights);
        int inverse = Layout("broadcast", SoftmaxInverse(weight), Attributes.None, Shape(weight));
        int probability = Multiply(weight, inverse, scaleB: fraction + InverseBits);
        Refine(probability, 0, (BigInteger.One << numbers[probability].Scale) + (BigInteger.One << (numbers[probability].Scale - 8)));
        return probability;
    }

    /// <summary>
    /// What softmax divides by its sum: exp(x − m). A tournament finds m within little more than half a unit of the row's maximum; a coarse
    /// maximum, in fewer flights and more bytes, lies up to three units above it and one below.
    /// </summary>
    private int SoftmaxWeights(int x, int? allowed, int scale, bool coarse)
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

        int? found = coarse ? CoarseMaximum(x) : null;
        coarse = found is not null;
        (int maximum, double above, double below) = found is int one
            ? (one, CoarseUnit + CoarseLead, CoarseUnit - CoarseLead)
            : Tournament(x);
        maximum = Layout("broadcast", maximum, Attributes.None, shape);
        int distance = Emit("sub", [maximum, x], Attributes.None, shape, ExponentBits, numbers[maximum].Low - numbers[x].High,
            numbers[maximum].High - numbers[x].Low);
        Refine(distance, -Raw(below), numbers[x].High - numbers[x].Low + Raw(above));
        int weight = Align(Exponential(distance, coarse ? CoarseWeighedBits : WeighedBits, scale, coarse ? CoarseFiner : 0), scale);
        largestWeight[weight] = Math.Exp(-above);
        if (allowed is not int again)
        {
            return weight;
        }

        int kept = Emit("where", [weight, again], Attributes.Of(("otherwise", 0L)), shape, scale, 0, numbers[weight].High);
        largestWeight[kept] = largestWeight[weight];
        return kept;
    }

    /// <summary>The row's maximum by comparisons, and by how much it may lie above and below.</summary>
    private (int Maximum, double Above, double Below) Tournament(int x)
    {
        int rounded = Align(x, MaximumBits, besides: true);
        double slack = Real(SoftmaxSlack(rounded), ExponentBits);
        return (Align(Best(rounded, larger: true), ExponentBits), slack, slack);
    }

    /// <summary>
    /// The row's maximum, told in units of <see cref="CoarseUnit"/> that a truncation rounds up or down, and <see cref="CoarseLead"/> more;
    /// null where there are too many units to tell apart.
    /// </summary>
    private int? CoarseMaximum(int x)
    {
        BigInteger unit = BigInteger.One << (ExponentBits - CoarseScale);
        // Three units more for the ends' rounding, and three for the exponent, which reaches further by what the maximum is off.
        int reach = (int)BigInteger.Min(int.MaxValue, (numbers[x].High / unit) - (numbers[x].Low / unit) + 6);
        if (reach >= 1 << Gates.CoarseMaximum.LargestRing)
        {
            return null;
        }

        int units = Align(x, CoarseScale, besides: true);
        Number range = numbers[units];
        int ring = 1;
        while (1 << ring <= (int)(range.High - range.Low))
        {
            ring++;
        }

        ImmutableArray<Expr> shape = Shape(x);
        int maximum = Emit("coarse.maximum", [units],
            Attributes.Of(("bits", (long)ring), ("low", (long)range.Low), ("thresholds", (long)(range.High - range.Low))),
            shape.SetItem(shape.Length - 1, Expr.One), CoarseScale, range.Low, range.High);
        return AddScalar(Align(maximum, ExponentBits), RealAttr.Of(CoarseLead));
    }

    private static BigInteger Raw(double units) => (BigInteger)Math.Round(units * (1 << ExponentBits));

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
        // At least the weight of the row's maximum.
        Refine(sum, (BigInteger)(largestWeight[weight] * 0.99 * Math.Pow(2, scale)), numbers[sum].High);
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
