using static MPCache.Functions;

namespace MPCache.Bench.Programs;

/// <summary>
/// An operator of the language each, on operands that are masked when it begins, to results that are masked when it ends: what its gates
/// cost and nothing else.
/// </summary>
[Dim("rows", Max = 1048576, Typical = 65536)]
[Dim("results", Max = 4194304, Typical = 65536)]
[Dim("columns", Max = 16384, Typical = 512)]
[Dim("outputs", Max = 16384, Typical = 512)]
[Dim("width", Max = 16384, Typical = 512)]
public static partial class GateOperators
{
    /// <summary>x·y, element by element.</summary>
    [EntryPoint]
    public static void Products(Activations x, GateResults y) => y.Values = y.Values.Append(x.Left * x.Right);

    /// <summary>x rounded to half of its fraction bits.</summary>
    [EntryPoint]
    public static void RoundOff(NarrowActivations x, CoarseResults y) => y.Values = y.Values.Append(x.Values.Rounded(8));

    /// <summary>x in a wider ring.</summary>
    [EntryPoint]
    public static void Widen(NarrowActivations x, WideResults y) => y.Values = y.Values.Append(x.Values);

    /// <summary>1 where x is less than y, as a number.</summary>
    [EntryPoint]
    public static void IsLess(Activations x, GateResults y) => y.Values = y.Values.Append(Less(x.Left, x.Right));

    /// <summary>The larger of x and y.</summary>
    [EntryPoint]
    public static void Larger(Activations x, GateResults y) => y.Values = y.Values.Append(Maximum(x.Left, x.Right));

    /// <summary>exp(x) for x up to 0.</summary>
    [EntryPoint]
    public static void Exponentials(Exponents x, FunctionResults y) => y.Values = y.Values.Append(Exp(x.Values));

    /// <summary>x·sigmoid(x).</summary>
    [EntryPoint]
    public static void SiluOf(Arguments x, FunctionResults y) => y.Values = y.Values.Append(Silu(x.Values));

    /// <summary>x·Φ(x).</summary>
    [EntryPoint]
    public static void GeluOf(Arguments x, FunctionResults y) => y.Values = y.Values.Append(Gelu(x.Values));

    /// <summary>1/x.</summary>
    [EntryPoint]
    public static void Inverse(PositiveActivations x, GateResults y) => y.Values = y.Values.Append(Reciprocal(x.Values));

    /// <summary>1/√x.</summary>
    [EntryPoint]
    public static void InverseRoot(PositiveActivations x, GateResults y) => y.Values = y.Values.Append(RSqrt(x.Values));

    /// <summary>x·yᵀ of two matrices that neither party knows.</summary>
    [EntryPoint]
    public static void MatrixProduct(ActivationRows x, FactorRows factor, ResultRows y) =>
        y.Values = y.Values.Append(MatMul(x.Values, factor.Values.Transpose()).Within(-8192, 8192));

    /// <summary>x·Wᵀ with the server's weights.</summary>
    [EntryPoint]
    public static void LinearLayer(LinearWeights weights, ActivationRows x, ResultRows y) =>
        y.Values = y.Values.Append(Linear(x.Values, weights.Matrix).Within(-8192, 8192));

    /// <summary>Rows in an order that nobody knows.</summary>
    [EntryPoint]
    public static void Shuffled(ActivationRows x, ResultRows y) =>
        y.Values = y.Values.Append(Gather(x.Values, Shuffle(x.Values.Size(0), x.Values.Size(1))));

    /// <summary>The largest of each row, in no particular order.</summary>
    [EntryPoint]
    [Dim("kept", Max = 16384, Typical = 64)]
    public static void Largest(ActivationRows x, ResultRows y, int kept) => y.Values = y.Values.Append(Gather(x.Values, TopK(x.Values, kept)));

    /// <summary>Each row's softmax.</summary>
    [EntryPoint(Networks = Network.Lan | Network.Wan)]
    public static void Probabilities(ActivationRows x, ResultRows y) => y.Values = y.Values.Append(Softmax(x.Values * 8f));
}
