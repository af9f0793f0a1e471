namespace MPCache.Bench.Programs;

/// <summary>Operands as a model's activations are held between calls: masked, so that a gate's program begins with the gate.</summary>
[State(Grows = "rows", FractionBits = 16, RingBits = 48)]
public sealed class Activations
{
    /// <summary>One operand.</summary>
    [Shape("rows"), Range(-8, 8)]
    public required Tensor Left { get; set; }

    /// <summary>The other.</summary>
    [Shape("rows"), Range(-8, 8)]
    public required Tensor Right { get; set; }
}

/// <summary>Rows of operands.</summary>
[State(Grows = "rows", FractionBits = 16, RingBits = 48)]
public sealed class ActivationRows
{
    /// <summary>Rows.</summary>
    [Shape("rows, columns"), Range(-8, 8)]
    public required Tensor Values { get; set; }
}

/// <summary>The rows of a matrix that is multiplied from the right, transposed.</summary>
[State(Grows = "outputs", FractionBits = 16, RingBits = 48)]
public sealed class FactorRows
{
    /// <summary>Rows.</summary>
    [Shape("outputs, columns"), Range(-8, 8)]
    public required Tensor Values { get; set; }
}

/// <summary>Operands in as small a ring as they fit.</summary>
[State(Grows = "rows", FractionBits = 16, RingBits = 24)]
public sealed class NarrowActivations
{
    /// <summary>The operand.</summary>
    [Shape("rows"), Range(-8, 8)]
    public required Tensor Values { get; set; }
}

/// <summary>Operands of functions that are there for positive numbers only.</summary>
[State(Grows = "rows", FractionBits = 16, RingBits = 32)]
public sealed class PositiveActivations
{
    /// <summary>The operand.</summary>
    [Shape("rows"), Range(0.0625, 256)]
    public required Tensor Values { get; set; }
}

/// <summary>Arguments of an activation function, with the fraction bits from which it is computed.</summary>
[State(Grows = "rows", FractionBits = 12, RingBits = 18)]
public sealed class Arguments
{
    /// <summary>The operand: a little less than a power of two, for which a table needs half the pieces.</summary>
    [Shape("rows"), Range(-7.75, 7.75)]
    public required Tensor Values { get; set; }
}

/// <summary>Exponents, as a softmax has them.</summary>
[State(Grows = "rows", FractionBits = 12, RingBits = 20)]
public sealed class Exponents
{
    /// <summary>The operand.</summary>
    [Shape("rows"), Range(-20, 0)]
    public required Tensor Values { get; set; }
}

/// <summary>What a gate gives, in as small a ring as it fits: an extension is no part of the gate.</summary>
[State(Grows = "results", FractionBits = 16, RingBits = 26)]
public sealed class GateResults
{
    /// <summary>The results.</summary>
    [Shape("results"), Range(-65, 65)]
    public required Tensor Values { get; set; }
}

/// <summary>What a function of one number gives.</summary>
[State(Grows = "results", FractionBits = 12, RingBits = 18)]
public sealed class FunctionResults
{
    /// <summary>The results.</summary>
    [Shape("results"), Range(-8, 8)]
    public required Tensor Values { get; set; }
}

/// <summary>Results in a wide ring.</summary>
[State(Grows = "results", FractionBits = 16, RingBits = 56)]
public sealed class WideResults
{
    /// <summary>The results.</summary>
    [Shape("results"), Range(-65, 65)]
    public required Tensor Values { get; set; }
}

/// <summary>Results of fewer fraction bits.</summary>
[State(Grows = "results", FractionBits = 8, RingBits = 16)]
public sealed class CoarseResults
{
    /// <summary>The results.</summary>
    [Shape("results"), Range(-16, 16)]
    public required Tensor Values { get; set; }
}

/// <summary>Results, row by row.</summary>
[State(Grows = "results", FractionBits = 16, RingBits = 32)]
public sealed class ResultRows
{
    /// <summary>The results.</summary>
    [Shape("results, width"), Range(-8192, 8192)]
    public required Tensor Values { get; set; }
}

/// <summary>The server's weights of a linear layer.</summary>
[Resident(Party.Server)]
public sealed record LinearWeights
{
    /// <summary>A row an output.</summary>
    [Shape("outputs, columns"), Range(-1, 1)]
    public required Tensor Matrix { get; init; }
}
