using System;
using System.Globalization;
using System.Text;

namespace MPCache;

/// <summary>
/// The value of the language: an immutable array of numbers with a shape, row-major. A method over tensors has a plain meaning, which is
/// what this class computes and what the author steps through, and a compiled meaning between two parties, which the generator makes
/// from the same body. The plain meaning is the reference for the compiled one: elements are 32-bit floats; every sum, mean and dot
/// product is accumulated in 64 bits and rounded once.
/// </summary>
/// <remarks>
/// Sizes may be 0 (a cache before its first row) and the rank may be 0 (a scalar). Shapes that do not fit are a
/// <see cref="ShapeException"/>. In a compiled program shapes are public, elements are secret.
/// </remarks>
public sealed partial class Tensor
{
    private const int PrintedValues = 8;

    // Memory rather than an array: rows, leading slices and reshapes of an immutable tensor share its storage.
    private readonly ReadOnlyMemory<float> _values;
    private readonly int[] _shape;

    /// <summary>Takes over storage and shape, which must fit each other and never change afterwards.</summary>
    internal Tensor(ReadOnlyMemory<float> values, int[] shape)
    {
        _values = values;
        _shape = shape;
    }

    /// <summary>The elements in row-major order.</summary>
    public ReadOnlySpan<float> Values => _values.Span;

    /// <summary>The sizes of the axes, outermost first; empty for a scalar.</summary>
    public ReadOnlySpan<int> Shape => _shape;

    /// <summary>The number of axes.</summary>
    public int Rank => _shape.Length;

    /// <summary>A tensor of given elements, which are copied.</summary>
    /// <param name="values">The elements in row-major order.</param>
    /// <param name="shape">The sizes of the axes, outermost first; none makes a scalar.</param>
    /// <returns>The tensor.</returns>
    /// <exception cref="ShapeException">The number of elements is not the product of the sizes, or a size is negative.</exception>
    public static Tensor From(float[] values, params int[] shape)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(shape);
        int count = Shapes.Count(nameof(From), shape);
        if (values.Length != count)
        {
            throw new ShapeException(
                nameof(From),
                $"{values.Length} values do not fill the shape {Shapes.Text(shape)}, which has {count}",
                "Give sizes whose product is the number of values");
        }

        return new Tensor((float[])values.Clone(), (int[])shape.Clone());
    }

    /// <summary>A tensor of zeros.</summary>
    /// <param name="shape">The sizes of the axes, outermost first; none makes a scalar.</param>
    /// <returns>The tensor.</returns>
    /// <exception cref="ShapeException">A size is negative, or there are more elements than an array can hold.</exception>
    /// <remarks>Compiled: a public constant.</remarks>
    public static Tensor Zeros(params int[] shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        return new Tensor(new float[Shapes.Count(nameof(Zeros), shape)], (int[])shape.Clone());
    }

    /// <summary>A tensor of rank 0, which broadcasts to every shape.</summary>
    /// <param name="value">Its only element.</param>
    /// <returns>The tensor.</returns>
    /// <remarks>Compiled: a public constant.</remarks>
    public static Tensor Scalar(float value)
    {
        return new Tensor(new[] { value }, []);
    }

    /// <summary>The size of an axis: <c>Size(0)</c> is the outermost, <c>Size(^1)</c> the last.</summary>
    /// <param name="axis">The axis.</param>
    /// <returns>The size, a public value.</returns>
    /// <exception cref="ShapeException">There is no such axis.</exception>
    public int Size(Index axis)
    {
        int fromFront = axis.GetOffset(Rank);
        if (fromFront < 0 || fromFront >= Rank)
        {
            throw new ShapeException(
                nameof(Size), $"the shape {Shapes.Text(_shape)} has no axis {axis}", $"The tensor has {Rank} axes; name one of them");
        }

        return _shape[fromFront];
    }

    /// <summary>Gives the value to one party: the only way out of secrecy. The plain meaning is the identity.</summary>
    /// <param name="to">The party that learns the value.</param>
    /// <returns>The same tensor.</returns>
    /// <remarks>Compiled: one flight, from the other party to this one.</remarks>
    public Tensor Reveal(Party to)
    {
        return to is Party.Server or Party.Client
            ? this
            : throw new ArgumentOutOfRangeException(nameof(to), to, "A value is revealed to the server or to the client.");
    }

    /// <summary>
    /// The value with at most so many fraction bits: what needs no more precision than 2^−<paramref name="fractionBits"/> travels in a
    /// smaller ring. The plain meaning is the identity; compiled, the value is off by less than 2^−<paramref name="fractionBits"/>.
    /// </summary>
    /// <param name="fractionBits">Fraction bits that are kept, a constant from 0 to 32.</param>
    /// <returns>The same tensor.</returns>
    /// <remarks>Compiled: a truncation to either neighbour, local, or part of the opening before it.</remarks>
    public Tensor Rounded(int fractionBits)
    {
        return fractionBits is >= 0 and <= 32
            ? this
            : throw new ArgumentOutOfRangeException(nameof(fractionBits), fractionBits, "A value keeps between 0 and 32 fraction bits.");
    }

    /// <summary>The shape and the first elements, for example <c>Tensor[2, 2] { 1, 2, 3, 4 }</c>.</summary>
    /// <returns>One line, independent of the culture.</returns>
    public override string ToString()
    {
        StringBuilder text = new("Tensor");
        text.Append(Shapes.Text(_shape)).Append(" {");
        ReadOnlySpan<float> values = Values;
        for (int i = 0; i < Math.Min(values.Length, PrintedValues); i++)
        {
            text.Append(i == 0 ? " " : ", ").Append(CultureInfo.InvariantCulture, $"{values[i]}");
        }

        return text.Append(values.Length > PrintedValues ? ", … }" : " }").ToString();
    }
}
