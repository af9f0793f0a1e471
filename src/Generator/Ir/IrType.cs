using System;
using System.Collections.Immutable;
using System.Linq;
using System.Numerics;
using MPCache.Contract;

namespace MPCache.Generator.Ir;

/// <summary>The type of an IR value.</summary>
internal abstract record IrType
{
    /// <summary>Not inferred yet.</summary>
    public static readonly IrType Unknown = new UnknownType();
}

/// <summary>A tensor whose shape is not inferred yet: what the front end writes.</summary>
internal sealed record UnknownType : IrType
{
    public override string ToString() => "tensor";
}

/// <summary>A public integer of the session. Gone after shape inference, which turns it into expressions.</summary>
internal sealed record IntType : IrType
{
    public override string ToString() => "int";
}

/// <summary>A public condition of the session. Gone after shape inference, which turns it into conditions of expressions.</summary>
internal sealed record BoolType : IrType
{
    public override string ToString() => "bool";
}

/// <summary>A public real number: a constant or a session parameter.</summary>
internal sealed record RealType : IrType
{
    public override string ToString() => "real";
}

/// <summary>A secret choice of rows, as the author holds it. Gone after the numbers are decided: then it is an order and positions.</summary>
internal sealed record SelectionType : IrType
{
    public override string ToString() => "selection";
}

/// <summary>A handle of shared weights or state: the class's name.</summary>
internal sealed record ObjectType(string Kind, string Class) : IrType
{
    public override string ToString() => $"{Kind} {Class}";
}

/// <summary>Who can see a value, and in which form the parties hold it.</summary>
internal enum Form
{
    /// <summary>Not decided yet.</summary>
    None,

    /// <summary>Both parties and the dealer know it.</summary>
    Public,

    /// <summary>The server alone knows it, in the clear.</summary>
    Server,

    /// <summary>The client alone knows it, in the clear.</summary>
    Client,

    /// <summary>x̂ = x + r is known to both, r to the dealer.</summary>
    Masked,

    /// <summary>The parties' shares sum to the value.</summary>
    Additive,

    /// <summary>b̂ = b ⊕ ρ is known to both.</summary>
    MaskedBit,

    /// <summary>The parties' shares XOR to the bits.</summary>
    XorBit,

    /// <summary>Told to a party in the clear; nothing secret computes with it any more.</summary>
    Revealed,

    /// <summary>x̂ = x + r is known to the server alone, r to the dealer.</summary>
    HeldByServer,

    /// <summary>x̂ = x + r is known to the client alone, r to the dealer.</summary>
    HeldByClient,

    /// <summary>x̂ = x + r is known to both, r to the dealer alone: nothing linear in the mask may follow.</summary>
    Unshared,

    /// <summary>A secret order of rows: each party knows its part, the dealer both.</summary>
    Permutation,

    /// <summary>The outcomes of comparisons between shuffled rows, known to both parties and not to the dealer.</summary>
    Comparisons,

    /// <summary>Where shuffled rows stand by revealed comparisons, known to both parties and not to the dealer.</summary>
    Ranking,

    /// <summary>Shuffled rows, known to both parties and not to the dealer.</summary>
    Positions,
}

/// <summary>
/// Fixed point: raw integers of <see cref="Scale"/> fraction bits within [<see cref="Low"/>, <see cref="High"/>], in
/// Z_2^<see cref="Ring"/>.
/// </summary>
internal sealed record Number(int Ring, int Scale, BigInteger Low, BigInteger High)
{
    /// <summary>
    /// Bits of the smallest ring in which |raw| &lt; 2^(m−2): room for the rounding of a truncation and for an extension.
    /// </summary>
    public int RequiredRing
    {
        get
        {
            // Asked of every value many times over, and nearly all fit a machine word.
            if (Low >= -long.MaxValue && High <= long.MaxValue && Low <= High)
            {
                long reach = Math.Max(Math.Abs((long)Low), Math.Abs((long)High));
                int width = 0;
                for (; reach > 0; reach >>= 1)
                {
                    width++;
                }

                return width + 2;
            }

            // Little-endian, with a sign bit that is zero.
            byte[] bytes = BigInteger.Max(BigInteger.Abs(Low), BigInteger.Abs(High)).ToByteArray();
            int top = bytes.Length - 1;
            int bits = 8 * top;
            for (int rest = bytes[top]; rest > 0; rest >>= 1)
            {
                bits++;
            }

            return bits + 2;
        }
    }

    public override string ToString() => $"r{Ring} s{Scale} [{Low}, {High}]";
}

/// <summary>A tensor: shape, and after typing its form and number.</summary>
internal sealed record TensorType(ImmutableArray<Expr> Shape, Form Form = Form.None, Number? Number = null) : IrType
{
    // With the shape that it was taken of: a copy may have another one.
    private (ImmutableArray<Expr> Of, Expr Elements)? counted;

    public Expr Count
    {
        get
        {
            counted = counted is { } present && present.Of == Shape ? present : (Shape, Shape.Aggregate(Expr.One, (a, b) => a * b));
            return counted.Value.Elements;
        }
    }

    public int Rank => Shape.Length;

    public bool Equals(TensorType? other) =>
        other is not null && Form == other.Form && Equals(Number, other.Number) && Shape.SequenceEqual(other.Shape);

    public override int GetHashCode() => ToString().GetHashCode();

    public override string ToString()
    {
        string shape = $"[{string.Join(", ", Shape)}]";
        string form = Form == Form.None ? "" : Form.ToString().ToLowerInvariant();
        return form + (Number is null ? "" : $"<{Number}>") + shape;
    }
}
