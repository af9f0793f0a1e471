using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Passes;

/// <summary>
/// What the choice of rings reads of an operation. Hundreds of choices are compared, so what none of them changes is looked up once.
/// </summary>
internal sealed class RingOp
{
    private static readonly HashSet<string> Linear = new(StringComparer.Ordinal)
    {
        "add", "sub", "neg", "scale", "add.scalar", "shl", "relabel", "reshape", "permute", "broadcast", "slice", "index", "concat", "sum",
        "where", "rotary", "cumsum", "shuffle", "gather", "scatter",
    };

    /// <summary>Gates whose result can be extended behind them.</summary>
    private static readonly HashSet<string> Extendable = new(StringComparer.Ordinal)
    {
        "mul", "matmul", "weights.linear", "weights.scale", "piecewise", "piecewise.octaves", "octaves.choose",
    };

    /// <summary>Steps that only move a value, and may as well move it before it is extended.</summary>
    private static readonly HashSet<string> Moving = new(StringComparer.Ordinal) { "broadcast", "reshape", "permute", "narrow", "relabel" };

    /// <param name="op">The operation.</param>
    /// <param name="isShortened">Whether it gives no more than its interval needs, whatever its users demand.</param>
    public RingOp(Op op, bool isShortened)
    {
        Op = op;
        Kind = op.Kind;
        IsShortened = isShortened;
        Operands = [.. op.Operands];
        Results = [.. op.Results.Select(r => r.Id)];
        Form = op.Results.Length > 0 && op.Results[0].Type is TensorType tensor ? tensor.Form : Form.None;
        IsWrite = StateWrites.IsWrite(op);
        IsExtendable = Extendable.Contains(Kind);
        Flights = FlightsOf(Kind);
        By = Kind is "shl" or "truncate" ? op.Attributes.Int("by") : 0;
        StateRing = Kind is "state.read" or "state.append" or "state.assign" ? op.Attributes.Int("ring") : 0;
        LookedUp = Kind is "exponential" or "piecewise" ? op.Attributes.Int("lowBits") + op.Attributes.Int("highBits") : 0;
        LookupRing = Kind == "exponential" ? op.Attributes.Int("lookupRing") : 0;
        ComparedBits = Kind == "coarse.maximum" ? op.Attributes.Int("bits") : 0;
        IsLength = Kind == "matmul" && op.Result.Tensor.Rank >= 2
            && op.Result.Tensor.Shape[op.Result.Tensor.Rank - 1].AsConstant == 1
            && op.Result.Tensor.Shape[op.Result.Tensor.Rank - 2].AsConstant == 1;
        Reading = Kind == "mul" || IsLength ? RingReading.Early
            : Kind == "truncate" ? RingReading.Truncates
            : Moving.Contains(Kind) ? RingReading.Moves
            : RingReading.Waits;
        Demands = [.. op.Operands.Select((_, i) => DemandOf(Kind, i))];
    }

    public Op Op { get; }

    public string Kind { get; }

    public Form Form { get; }

    public int[] Operands { get; }

    public int[] Results { get; }

    public int Result => Results[0];

    /// <summary>What its result's users demand of each operand.</summary>
    public RingDemand[] Demands { get; }

    public RingReading Reading { get; }

    /// <summary>The blocks of a structured operation.</summary>
    public RingBlock[] Blocks { get; set; } = [];

    public bool IsWrite { get; }

    public bool IsExtendable { get; }

    public bool IsShortened { get; }

    /// <summary>Whether it is a product of a row with a column for each batch: a length where both are the same.</summary>
    public bool IsLength { get; }

    /// <summary>The flights that it takes by itself.</summary>
    public int Flights { get; }

    /// <summary>Bits that it shifts by.</summary>
    public int By { get; }

    /// <summary>Bits of the state's ring that it reads or writes.</summary>
    public int StateRing { get; }

    /// <summary>Bits of an argument that a lookup takes apart, which may be more than a narrow interval needs.</summary>
    public int LookedUp { get; }

    public int LookupRing { get; }

    public int ComparedBits { get; }

    private static RingDemand DemandOf(string kind, int operand) => kind switch
    {
        "choose" when operand == 0 => RingDemand.None,
        "where" when operand == 1 => RingDemand.None,
        "shuffle" or "gather" or "scatter" when operand > 0 => RingDemand.None,
        "mul" or "matmul" or "weights.linear" or "weights.scale" or "weights.lookup" or "weights.add" or "choose" => RingDemand.Same,
        "octaves.choose" or "champion" => operand == 0 ? RingDemand.None : RingDemand.Same,
        "shl" => RingDemand.Shifted,
        "truncate" => RingDemand.Truncated,
        "state.append" or "state.assign" => RingDemand.State,
        "exponential" or "piecewise" => RingDemand.LookedUp,
        _ when Linear.Contains(kind) => RingDemand.Same,
        _ => RingDemand.None,
    };

    private static int FlightsOf(string kind) => kind switch
    {
        "mul" or "matmul" or "weights.linear" or "weights.scale" or "weights.lookup" or "extend" or "choose" or "champion" or "bits.combine"
            or "octaves.choose" or "input" or "reveal" or "locate" => 1,
        "sign" or "piecewise" or "piecewise.octaves" or "exponential" or "order" or "shuffle" or "gather" or "scatter" => 2,
        "coarse.maximum" => 4,
        _ => 0,
    };
}

/// <summary>The ring that an operation demands of an operand, by the one that is demanded of its result.</summary>
internal enum RingDemand
{
    /// <summary>No more than the operand's interval needs.</summary>
    None,

    /// <summary>That of the result.</summary>
    Same,

    /// <summary>Less by the bits of the shift.</summary>
    Shifted,

    /// <summary>More by the bits of the truncation, where there is such a ring.</summary>
    Truncated,

    /// <summary>That of the state.</summary>
    State,

    /// <summary>The bits that a lookup takes apart.</summary>
    LookedUp,
}

/// <summary>What an operation does with an operand that was extended.</summary>
internal enum RingReading
{
    /// <summary>Waits until it is.</summary>
    Waits,

    /// <summary>Moves it, and may move it before.</summary>
    Moves,

    /// <summary>Truncates it, which may come before for lengths.</summary>
    Truncates,

    /// <summary>Multiplies it, and can read it before.</summary>
    Early,
}
