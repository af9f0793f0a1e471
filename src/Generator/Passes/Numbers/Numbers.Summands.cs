using System;
using System.Collections.Immutable;
using System.Linq;
using MPCache.Contract;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Passes;

/// <summary>Sums with vectors and rows of the server's: biases of layers and of normalisations, learned positions.</summary>
internal sealed partial class Numbers
{
    /// <summary>
    /// What is added to the server's weights, and these: a vector along the last axis, or rows of the sum's shape; null for any other sum,
    /// which takes them for values.
    /// </summary>
    private (int Other, Weight Summand)? Summand(Op op)
    {
        ImmutableArray<Expr> shape = op.Result.Tensor.Shape;
        foreach ((int weightSide, int other) in new[] { (1, 0), (0, 1) })
        {
            if (weights.TryGetValue(op.Operands[weightSide], out Weight? summand) && !weights.ContainsKey(op.Operands[other])
                && ((summand.Shape.Length == 1 && summand.Shape[0].Equals(shape[shape.Length - 1])) || summand.Shape.SequenceEqual(shape))
                && Shape(Use(op.Operands[other])).SequenceEqual(shape))
            {
                return (op.Operands[other], summand);
            }

            if (Vectors(op.Operands[weightSide], shape) is Weight each && Vectors(op.Operands[other], shape) is null
                && Shape(Use(op.Operands[other])).SequenceEqual(shape))
            {
                return (op.Operands[other], each);
            }
        }

        return null;
    }

    /// <summary>
    /// A sum with the server's weights. Behind a product with weights that has no other use the server adds them to its share before it is
    /// opened, which costs nothing; anywhere else the sum is opened anew.
    /// </summary>
    private int AddWeights(int other, Weight summand, ImmutableArray<Expr> shape)
    {
        int x = Use(other);
        Op? product = Joined(other, x, summand.Scale);
        ImmutableArray<Expr> joined = product is null ? shape : product.Result.Tensor.Shape;
        if (product is null)
        {
            x = Align(AtMost(x, fraction), Math.Max(fraction, summand.Scale));
        }

        int scale = numbers[x].Scale;
        Number range = RawRange(summand.Low, summand.High, scale);
        Attributes added = Attributes.Of(("summandObject", summand.Object), ("summandField", summand.Field),
            ("summandFirst", summand.Start), ("summandCount", Count(summand.Shape)), ("summandLift", (long)(scale - summand.Scale)));
        added = summand.Shape.Length == 2 && shape.Length > 2 && !summand.Shape.SequenceEqual(shape)
            ? added.With("summandVectors", summand.Shape[0]).With("summandSize", summand.Shape[1])
            : added;
        Attributes attributes = product is null ? added : added.All.Aggregate(product.Attributes, (all, a) => all.With(a.Key, a.Value));
        int sum = Emit(product?.Kind ?? "weights.add", product?.Operands ?? [x], attributes, joined, scale, numbers[x].Low + range.Low,
            numbers[x].High + range.High);
        return joined.SequenceEqual(shape) ? sum : Layout("reshape", sum, Attributes.None, shape);
    }

    /// <summary>
    /// The product with weights that a sum can become part of, laid out in another shape or not: of this block, used by the sum alone,
    /// without a summand.
    /// </summary>
    private Op? Joined(int other, int x, int scale)
    {
        if (definitions.TryGetValue(x, out Op? op) && op.Kind == "reshape")
        {
            definitions.TryGetValue(op.Operands[0], out op);
        }

        return op?.Kind is "weights.linear" or "weights.lookup" or "weights.scale" && !op.Attributes.Has("summandField")
            && numbers[x].Scale >= scale && ops.Any(o => ReferenceEquals(o, op))
            && function.Body.Walk().Sum(o => o.Operands.Count(i => i == other)) == 1
                ? op
                : null;
    }

    private static Expr Count(ImmutableArray<Expr> shape) => shape.Aggregate(Expr.One, (x, y) => x * y);
}
