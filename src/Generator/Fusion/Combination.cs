using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MPCache.Contract;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Fusion;

/// <summary>A value times a public integer, walked with a stride an axis of the combination it belongs to.</summary>
/// <param name="Value">The value's number.</param>
/// <param name="Factor">The factor.</param>
/// <param name="ToShares">Whether a masked value counts by its shares.</param>
/// <param name="Start">Where in the value the walk begins.</param>
/// <param name="Strides">Elements from one index of an axis to the next.</param>
internal sealed record Summand(int Value, Factor Factor, bool ToShares, Expr Start, ImmutableArray<Expr> Strides);

/// <summary>A public integer: a literal, or an expression of the program with a literal in front.</summary>
internal sealed record Factor(long Literal, string? Expression = null)
{
    public static readonly Factor One = new(1);

    public override string ToString() => Expression is null ? $"{Literal}L"
        : Literal == 1 ? Expression : Literal == -1 ? $"-{Expression}" : $"{Literal}L * {Expression}";

    /// <summary>The product, where it can be written as one factor: modulo 2^64, as products with ring words are.</summary>
    public Factor? Times(Factor other) =>
        Expression is not null && other.Expression is not null ? null
        : new Factor(unchecked(Literal * other.Literal), Expression ?? other.Expression);
}

/// <summary>
/// What a chain of local operations computes: Σ factor·value + constant, each value walked along the same axes. Linear maps and layout close
/// under composition as long as axes can be told apart, for sizes of every session.
/// </summary>
/// <param name="Sizes">The axes' sizes, row-major; none is the constant 1.</param>
/// <param name="Summands">What is added.</param>
/// <param name="Plus">The constant.</param>
/// <param name="Ring">
/// The ring that the result is in: above its bits are what reduction would have cleared. Null while the words are those of a value.
/// </param>
/// <param name="Operations">How many operations it stands for.</param>
internal sealed record Combination(
    ImmutableArray<Expr> Sizes, ImmutableArray<Summand> Summands, Factor? Plus, int? Ring, int Operations)
{
    /// <summary>The runtime's limits (<c>Summand.MaximumAxes</c>, <c>Summand.MaximumSummands</c>).</summary>
    private const int MaximumAxes = 6;

    private const int MaximumSummands = 4;

    /// <summary>Whether it moves elements and computes nothing, so that computing it twice costs nothing.</summary>
    public bool IsView => Summands.Length == 1 && Summands[0].Factor == Factor.One && !Summands[0].ToShares && Plus is null && Ring is null;

    /// <summary>Whether it is a value as it stands, with the bits above the ring cleared.</summary>
    public bool IsNarrowed => Summands.Length == 1 && Summands[0].Factor == Factor.One && !Summands[0].ToShares && Plus is null
        && Summands[0].Start.Equals(Expr.Zero) && Summands[0].Strides.SequenceEqual(Axes.RowMajor(Sizes));

    /// <summary>A value itself.</summary>
    public static Combination Of(Value value)
    {
        ImmutableArray<Expr> sizes = [.. value.Tensor.Shape.Where(s => !s.Equals(Expr.One))];
        return new(sizes, [new Summand(value.Id, Factor.One, false, Expr.Zero, Axes.RowMajor(sizes))], null, null, 0);
    }

    /// <summary>Times a public integer.</summary>
    public Combination? Times(Factor factor)
    {
        Factor?[] products = [.. Summands.Select(s => s.Factor.Times(factor))];
        Factor? plus = Plus?.Times(factor);
        return products.Any(p => p is null) || (Plus is not null && plus is null) ? null : this with
        {
            Summands = [.. Summands.Zip(products, (s, p) => s with { Factor = p! })],
            Plus = plus,
        };
    }

    /// <summary>Plus a public integer.</summary>
    public Combination? Add(Factor constant) =>
        Plus is null ? this with { Plus = constant }
        : Plus.Expression is null && constant.Expression is null ? this with { Plus = new Factor(unchecked(Plus.Literal + constant.Literal)) }
        : null;

    /// <summary>Plus another combination of as many elements.</summary>
    public Combination? Add(Combination other)
    {
        if (Along(other.Sizes) is not Combination left || other.Along(left.Sizes) is not Combination right
            || !left.Sizes.SequenceEqual(right.Sizes))
        {
            return null;
        }

        Combination? sum = right.Plus is null ? left : left.Add(right.Plus);
        return sum is null ? null : Checked(sum with { Summands = [.. left.Summands, .. right.Summands], Operations = Operations + other.Operations });
    }

    /// <summary>As shares of the client and the server.</summary>
    public Combination ToShares() => this with { Summands = [.. Summands.Select(s => s with { ToShares = true })] };

    /// <summary>Axes in another order.</summary>
    public Combination? Permute(IReadOnlyList<Expr> shape, IReadOnlyList<int> axes)
    {
        if (Split(shape) is not (Combination split, int[] owners))
        {
            return null;
        }

        int[] order = [.. axes.SelectMany(axis => Enumerable.Range(0, owners.Length).Where(i => owners[i] == axis))];
        return split.Reordered(order);
    }

    /// <summary>Part of an axis.</summary>
    public Combination? Slice(IReadOnlyList<Expr> shape, int axis, Expr start, Expr length)
    {
        if (Split(shape) is not (Combination split, int[] owners))
        {
            return null;
        }

        int[] own = [.. Enumerable.Range(0, owners.Length).Where(i => owners[i] == axis)];
        if (own.Length != 1)
        {
            return null;
        }

        int at = own[0];
        Combination part = split with
        {
            Sizes = split.Sizes.SetItem(at, length),
            Summands = [.. split.Summands.Select(s => s with { Start = s.Start + (start * s.Strides[at]) })],
        };
        return length.Equals(Expr.One) ? part.Reordered([.. Enumerable.Range(0, owners.Length).Where(i => i != at)]) : part;
    }

    /// <summary>Axes of one element, repeated.</summary>
    public Combination? Broadcast(IReadOnlyList<Expr> from, IReadOnlyList<Expr> to)
    {
        if (Split(from) is not (Combination split, int[] owners))
        {
            return null;
        }

        List<Expr> sizes = [];
        List<int> sources = [];
        for (int axis = 0; axis < to.Count; axis++)
        {
            if (from[axis].Equals(Expr.One) && !to[axis].Equals(Expr.One))
            {
                sizes.Add(to[axis]);
                sources.Add(-1);
                continue;
            }

            foreach (int own in Enumerable.Range(0, owners.Length).Where(i => owners[i] == axis))
            {
                sizes.Add(split.Sizes[own]);
                sources.Add(own);
            }
        }

        return Checked(split with
        {
            Sizes = [.. sizes],
            Summands = [.. split.Summands.Select(s => s with { Strides = [.. sources.Select(i => i < 0 ? Expr.Zero : s.Strides[i])] })],
        });
    }

    /// <summary>The same along axes that are a shape's, or parts of them; and the axis of the shape that each belongs to.</summary>
    public (Combination Split, int[] Owners)? Split(IReadOnlyList<Expr> shape)
    {
        if (Axes.Refine(Sizes, shape) is not { } refined)
        {
            return null;
        }

        Combination split = this with
        {
            Sizes = [.. refined.Select(r => r.Size)],
            Summands = [.. Summands.Select(s => s with { Strides = [.. refined.Select(r => s.Strides[r.Axis] * r.Scale)] })],
        };
        return Checked(split) is null ? null : (split, [.. refined.Select(r => r.Owner)]);
    }

    /// <summary>The same along fewer axes: neighbours that all summands walk as one are one.</summary>
    /// <param name="target">Strides in the result, which are walked too.</param>
    public (Combination Joined, ImmutableArray<Expr> Target) Join(ImmutableArray<Expr> target)
    {
        List<int> kept = [];
        List<Expr> sizes = [];
        for (int axis = 0; axis < Sizes.Length; axis++)
        {
            int outer = kept.Count - 1;
            bool Joins(ImmutableArray<Expr> strides) => strides[kept[outer]].Equals(strides[axis] * Sizes[axis]);
            if (outer >= 0 && Joins(target) && Summands.All(s => Joins(s.Strides)))
            {
                kept[outer] = axis;
                sizes[outer] *= Sizes[axis];
            }
            else
            {
                kept.Add(axis);
                sizes.Add(Sizes[axis]);
            }
        }

        Combination joined = this with
        {
            Sizes = [.. sizes],
            Summands = [.. Summands.Select(s => s with { Strides = [.. kept.Select(i => s.Strides[i])] })],
        };
        return (joined, [.. kept.Select(i => target[i])]);
    }

    private Combination? Along(IReadOnlyList<Expr> sizes) => Split(sizes)?.Split;

    private Combination Reordered(int[] order) => this with
    {
        Sizes = [.. order.Select(i => Sizes[i])],
        Summands = [.. Summands.Select(s => s with { Strides = [.. order.Select(i => s.Strides[i])] })],
    };

    private static Combination? Checked(Combination combination) =>
        combination.Sizes.Length > MaximumAxes || combination.Summands.Length > MaximumSummands ? null : combination;
}
