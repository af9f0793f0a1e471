using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MPCache.Contract;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Passes;

/// <summary>
/// The server's weights. Layers, gains and tables multiply by them where they lie, for nothing but the opening of the product, and a bias joins
/// the product before it. Whatever else is made of a weight takes it for a value: the server puts it in under a fresh mask at each call.
/// </summary>
internal sealed partial class Numbers
{
    private readonly Dictionary<int, Weight> weights = [];
    private readonly Dictionary<int, Op> laidOut = [];

    /// <summary>Transposes of several matrices, by which products multiply where they lie.</summary>
    private readonly Dictionary<int, Weight> transposed = [];

    /// <summary>Vectors [count, size] laid out as [count, …, size], of which each stands for a part of its own.</summary>
    private readonly Dictionary<int, Weight> vectors = [];
    private readonly Stack<Dictionary<int, int>> entered = new();

    /// <summary>A tensor of shared weights, possibly one row or some rows of its leading axis.</summary>
    private sealed record Weight(string Object, string Field, Expr? Row, ImmutableArray<Expr> Shape, double Low, double High)
    {
        /// <summary>The first of some rows, which no gate reads in their place; null for the whole tensor or one row.</summary>
        public Expr? First { get; init; }

        public bool IsWhole => Row is null && First is null;

        /// <summary>The place of the first element in the whole tensor.</summary>
        public Expr Start => (Row ?? First ?? Expr.Zero)
            * (First is null ? Shape : Shape.RemoveAt(0)).Aggregate(Expr.One, (a, b) => a * b);

        /// <summary>Fraction bits of the 16-bit integers: the session encodes alike.</summary>
        public int Scale => WeightScale.FractionBits(Low, High);

        public Attributes Attributes => Row is null
            ? Attributes.Of(("object", Object), ("field", Field))
            : Attributes.Of(("object", Object), ("field", Field), ("row", Row));

        /// <summary>What gates need that multiply with a part for each position of the leading axis.</summary>
        public Attributes Each =>
            Attributes.Of(("object", Object), ("field", Field), ("first", First ?? Expr.Zero), ("count", Shape[0]));
    }

    /// <summary>Keeps a weight, or a part or repetition of one that gates still read where it lies, for whoever uses it.</summary>
    private bool KeepWeight(Op op)
    {
        if (op.Kind == "resident")
        {
            weights[op.Result.Id] = new Weight(op.Attributes.Text("object"), op.Attributes.Text("field"), null, op.Result.Tensor.Shape,
                op.Attributes.Real("low"), op.Attributes.Real("high"));
            return true;
        }

        ImmutableArray<Expr> shape = op.Results.Length == 1 ? op.Result.Tensor.Shape : [];
        if (op.Kind == "broadcast" && vectors.TryGetValue(op.Operands[0], out Weight? each) && IsEach(shape, each))
        {
            vectors[op.Result.Id] = each;
            laidOut[op.Result.Id] = op;
            return true;
        }

        if (op.Operands.Length != 1 || !weights.TryGetValue(op.Operands[0], out Weight? weight))
        {
            return false;
        }

        switch (op.Kind)
        {
            case "index" when weight.IsWhole && !laidOut.ContainsKey(op.Operands[0]):
                weights[op.Result.Id] = weight with { Row = op.Attributes.Expr("index"), Shape = shape };
                return true;
            case "slice" when weight.IsWhole && !laidOut.ContainsKey(op.Operands[0]) && op.Attributes.Int("axis") == 0:
                weights[op.Result.Id] = weight with { First = op.Attributes.Expr("start"), Shape = shape };
                return true;
            case "reshape" when IsRow(shape, weight):
            case "broadcast" when weight.Shape.Length == 1 && weight.First is null:
                // The gate repeats a gain along the rows.
                weights[op.Result.Id] = weight;
                laidOut[op.Result.Id] = op;
                return true;
            case "reshape" when IsEach(shape, weight) && shape.Skip(1).Take(shape.Length - 2).All(s => s.AsConstant == 1):
                vectors[op.Result.Id] = weight;
                laidOut[op.Result.Id] = op;
                return true;
            case "permute" when weight.Shape.Length == 3 && weight.Row is null && !laidOut.ContainsKey(op.Operands[0]) && SwapsLastAxes(op):
                transposed[op.Result.Id] = weight;
                laidOut[op.Result.Id] = op;
                return true;
            default:
                return false;
        }
    }

    /// <summary>Whether a shape holds one of a weight's vectors in each position of its leading axis, along the last one.</summary>
    private static bool IsEach(ImmutableArray<Expr> shape, Weight weight) =>
        weight.Shape.Length == 2 && weight.Row is null && shape.Length >= 2 && shape[0].Equals(weight.Shape[0])
        && shape[shape.Length - 1].Equals(weight.Shape[1]);

    /// <summary>Vectors that a gate reads where they lie, one for each part of a shape; null where an operand is something else.</summary>
    private Weight? Vectors(int id, ImmutableArray<Expr> shape) =>
        vectors.TryGetValue(id, out Weight? laid) ? (IsEach(shape, laid) ? laid : null)
        : weights.TryGetValue(id, out Weight? plain) && shape.Length == 2 && IsEach(shape, plain) ? plain
        : null;

    private static bool IsRow(ImmutableArray<Expr> shape, Weight weight) =>
        weight.Shape.Length == 1 && weight.First is null && shape.Length > 0 && shape[shape.Length - 1].Equals(weight.Shape[0])
        && shape.Take(shape.Length - 1).All(s => s.AsConstant == 1);

    /// <summary>The weight that a gate reads where it lies, with so many axes; null where an operand is a value.</summary>
    private Weight? InPlace(int id, int rank) =>
        weights.TryGetValue(id, out Weight? weight) && weight.First is null && weight.Shape.Length == rank ? weight : null;

    /// <summary>The value of a weight, put in once in a loop's step, or once a call where it is the same in all of them.</summary>
    private int Entered(int id, Weight weight)
    {
        if (laidOut.TryGetValue(id, out Op? layout))
        {
            return Layout(layout.Kind, Known(layout.Operands[0]), layout.Attributes, layout.Result.Tensor.Shape);
        }

        foreach (Dictionary<int, int> scope in entered)
        {
            if (scope.TryGetValue(id, out int value))
            {
                return value;
            }
        }

        Expr start = weight.Start;
        bool isFixed = !start.Symbols().Any(sizes.IsCounter);
        Number range = RawRange(weight.Low, weight.High, weight.Scale);
        int input = Emit("weights.value", [],
            Attributes.Of(("object", weight.Object), ("field", weight.Field), ("start", start), ("low", RealAttr.Of(weight.Low)),
                ("high", RealAttr.Of(weight.High))),
            weight.Shape, weight.Scale, range.Low, range.High, hoist: isFixed);
        return (isFixed ? entered.Last() : entered.Peek())[id] = input;
    }
}
