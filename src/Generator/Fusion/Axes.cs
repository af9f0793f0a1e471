using System.Collections.Generic;
using System.Collections.Immutable;
using MPCache.Contract;

namespace MPCache.Generator.Fusion;

/// <summary>Part of an axis.</summary>
/// <param name="Size">Its size.</param>
/// <param name="Axis">The axis it is part of.</param>
/// <param name="Scale">How many of the axis's elements one step of the part is.</param>
/// <param name="Owner">The axis of the shape that it belongs to.</param>
internal sealed record AxisPart(Expr Size, int Axis, Expr Scale, int Owner);

/// <summary>Axes of symbolic sizes, row-major.</summary>
internal static class Axes
{
    /// <summary>Elements from one index of an axis to the next.</summary>
    public static ImmutableArray<Expr> RowMajor(IReadOnlyList<Expr> sizes)
    {
        Expr[] strides = new Expr[sizes.Count];
        Expr stride = Expr.One;
        for (int i = sizes.Count - 1; i >= 0; i--)
        {
            strides[i] = stride;
            stride *= sizes[i];
        }

        return [.. strides];
    }

    /// <summary>
    /// Splits axes where a shape of as many elements does. Null where no axis of one is made of whole axes of the other, for every session.
    /// </summary>
    /// <param name="sizes">The axes, none of the constant size 1.</param>
    /// <param name="shape">The shape.</param>
    public static List<AxisPart>? Refine(IReadOnlyList<Expr> sizes, IReadOnlyList<Expr> shape)
    {
        List<AxisPart> parts = [];
        int axis = sizes.Count - 1;
        int owner = shape.Count - 1;
        for (; owner >= 0; owner--)
        {
            if (shape[owner].Equals(Expr.One))
            {
                continue;
            }

            if (axis < 0)
            {
                return null;
            }

            if (Reaches(sizes, axis, shape[owner]) is int first)
            {
                for (; axis >= first; axis--)
                {
                    parts.Add(new AxisPart(sizes[axis], axis, Expr.One, owner));
                }
            }
            else if (Reaches(shape, owner, sizes[axis]) is int outermost)
            {
                Expr scale = Expr.One;
                for (; owner >= outermost; owner--)
                {
                    if (!shape[owner].Equals(Expr.One))
                    {
                        parts.Add(new AxisPart(shape[owner], axis, scale, owner));
                        scale *= shape[owner];
                    }
                }

                owner++;
                axis--;
            }
            else
            {
                return null;
            }
        }

        parts.Reverse();
        return axis < 0 ? parts : null;
    }

    /// <summary>The axis up to which the sizes from <paramref name="last"/> outwards multiply to a size.</summary>
    private static int? Reaches(IReadOnlyList<Expr> sizes, int last, Expr size)
    {
        Expr product = Expr.One;
        for (int i = last; i >= 0; i--)
        {
            product *= sizes[i];
            if (product.Equals(size))
            {
                return i;
            }
        }

        return null;
    }
}
