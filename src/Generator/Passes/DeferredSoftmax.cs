using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MPCache.Contract;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Passes;

/// <summary>
/// Softmax is normalised behind the product that it weighs: (w/Σw)·V = (w·V)/Σw. The inverse of the sum takes many flights, which the
/// product, and a scatter before it, need not wait for; and what is multiplied are the few elements of the result, not a weight each.
/// <para>Done where all that probabilities are used for, through rounding, reshaping, slicing, joining and scattering along their row, is
/// to be the left operand of matrix products. Whoever needs probabilities as such, such as an eviction, gets them. Weights sum to as many as
/// there are, probabilities to one, so the product needs a wider ring: where what is weighed is a state, it must have that already.</para>
/// </summary>
internal sealed class DeferredSoftmax
{
    /// <summary>
    /// Fraction bits that a weight is rounded to beyond those asked for of probabilities: a row's weights sum to more than a half, so their
    /// quotient is off by less than twice as much as they are.
    /// </summary>
    private const int WeightBits = 2;

    private readonly Function function;
    private readonly Dictionary<int, TensorType> types = [];
    private readonly Dictionary<int, Op> definitions = [];
    private int nextId;

    private DeferredSoftmax(Function function)
    {
        this.function = function;
        nextId = function.NextId;
        foreach (Op op in function.Body.Walk())
        {
            foreach (Value result in op.Results)
            {
                definitions[result.Id] = op;
            }
        }
    }

    /// <summary>
    /// The uses of one softmax: the values that are proportional to its probabilities, and the products with them; and whether its maximum
    /// may be coarse.
    /// </summary>
    private sealed record Uses(Op Softmax, HashSet<int> Chain, HashSet<int> Products, bool Coarse);

    public static Function Apply(Function function)
    {
        DeferredSoftmax pass = new(function);
        foreach (Parameter parameter in function.Parameters.Where(p => p.Value.Type is TensorType))
        {
            pass.types[parameter.Value.Id] = parameter.Value.Tensor;
        }

        foreach (Value value in function.Body.All().SelectMany(b => b.Parameters.Concat(b.Ops.SelectMany(o => o.Results))))
        {
            if (value.Type is TensorType type)
            {
                pass.types[value.Id] = type;
            }
        }

        return function with { Body = pass.Rewrite(function.Body) };
    }

    private Block Rewrite(Block block)
    {
        // What is weighed by finer weights needs a wider ring: where a state's is too narrow for that, the maximum is no coarse one.
        bool[] maxima = Profile.Of(function).IsFewFlights ? [true, false] : [false];
        List<Uses> deferred = block.Ops.Where(o => o.Kind == "softmax")
            .Select(o => maxima.Select(coarse => Follow(o, block, coarse)).FirstOrDefault(u => u is not null)).OfType<Uses>().ToList();
        Dictionary<int, Uses> weights = deferred.SelectMany(d => d.Chain.Select(c => (c, d))).ToDictionary(p => p.c, p => p.d);
        Dictionary<int, Uses> products = deferred.SelectMany(d => d.Products.Select(p => (p, d))).ToDictionary(p => p.p, p => p.d);
        Dictionary<Op, int> inverses = [];
        ImmutableArray<Op>.Builder ops = ImmutableArray.CreateBuilder<Op>();
        foreach (Op op in block.Ops)
        {
            if (op.Body is not null)
            {
                ops.Add(op.WithBlocks(Rewrite));
            }
            else if (op.Kind == "softmax" && weights.TryGetValue(op.Result.Id, out Uses? start))
            {
                inverses[op] = Start(start, block, ops);
            }
            else if (op.Kind == "rounded" && weights.TryGetValue(op.Result.Id, out Uses? rounded))
            {
                ops.Add(op with { Attributes = Attributes.Of(("fractionBits", (long)Bits(op, rounded.Coarse))) });
            }
            else if (op.Results.Length == 1 && products.TryGetValue(op.Result.Id, out Uses? uses))
            {
                Finish(op, inverses[uses.Softmax], ops);
            }
            else
            {
                ops.Add(op);
            }
        }

        // What an expression is that has become a weight nobody computes any more.
        return block with
        {
            Ops = ops.ToImmutable(),
            Observed = block.Observed.Where(o => !weights.ContainsKey(o.Value)).ToImmutableArray(),
        };
    }

    /// <summary>The weights in the place of the probabilities, and the inverse of their sum.</summary>
    private int Start(Uses uses, Block block, ImmutableArray<Op>.Builder ops)
    {
        Op softmax = uses.Softmax;
        Op[] users = block.Ops.Where(o => o.Operands.Contains(softmax.Result.Id)).ToArray();
        // Rounded once, before they are summed, a row's weights sum to what they are divided by.
        Attributes attributes = users.All(u => u.Kind == "rounded")
            ? Attributes.Of(("fractionBits", (long)users.Max(u => Bits(u, uses.Coarse))))
            : Attributes.None;
        attributes = uses.Coarse ? attributes.With("coarse", 1L) : attributes;
        ops.Add(softmax with { Kind = "softmax.weights", Attributes = attributes });
        TensorType rows = softmax.Result.Tensor;
        Value inverse = Define(rows with { Shape = rows.Shape.SetItem(rows.Rank - 1, Expr.One) });
        ops.Add(new Op("softmax.inverse", [inverse], [softmax.Result.Id], Attributes.None, softmax.Site));
        return inverse.Id;
    }

    /// <summary>The product with weights, divided by their sum.</summary>
    private void Finish(Op product, int inverse, ImmutableArray<Op>.Builder ops)
    {
        TensorType type = product.Result.Tensor;
        Value mixed = Define(type);
        Value each = Define(type with { Shape = type.Shape.SetItem(type.Rank - 1, Expr.One) });
        ops.Add(product with { Results = [mixed] });
        ops.Add(new Op("reshape", [each], [inverse], Attributes.None, product.Site));
        ops.Add(new Op("softmax.divide", [product.Result], [mixed.Id, each.Id, product.Operands[1]], Attributes.None, product.Site));
    }

    private Value Define(TensorType type)
    {
        types[nextId] = type;
        return new Value(nextId++, type);
    }

    private int Bits(Op rounded, bool coarse)
    {
        int most = Numbers.SoftmaxWeightBits(function, coarse);
        return Math.Min(rounded.Attributes.Int("fractionBits") + WeightBits + most - Numbers.SoftmaxWeightBits(function, coarse: false), most);
    }

    /// <summary>The uses of a softmax in its block; null where probabilities are needed.</summary>
    private Uses? Follow(Op softmax, Block block, bool coarse)
    {
        TensorType type = softmax.Result.Tensor;
        Expr rows = Product(type.Shape, type.Rank - 1);
        HashSet<int> chain = [softmax.Result.Id];
        HashSet<int> products = [];
        foreach (Op op in block.Ops)
        {
            bool uses = op.Operands.Any(chain.Contains);
            if (op.Body is not null && (uses || op.Blocks.Any(b => Used(b, chain))))
            {
                return null;
            }

            if (!uses)
            {
                continue;
            }

            if (op.Kind == "matmul" && !chain.Contains(op.Operands[1]) && IsRows(op.Operands[0], rows)
                && Fits(op.Operands[1], types[op.Operands[0]], coarse))
            {
                products.Add(op.Result.Id);
            }
            else if (Commutes(op, chain, rows))
            {
                chain.Add(op.Result.Id);
            }
            else
            {
                return null;
            }
        }

        return products.Count == 0 || block.Yields.Any(chain.Contains) ? null : new Uses(softmax, chain, products, coarse);
    }

    private static bool Used(Block body, HashSet<int> chain) =>
        body.All().Any(b => b.Ops.Any(o => o.Operands.Any(chain.Contains)) || b.Yields.Any(chain.Contains));

    /// <summary>Whether a factor of each row is one of the result's rows as well.</summary>
    private bool Commutes(Op op, HashSet<int> chain, Expr rows) => op.Kind switch
    {
        "rounded" => true,
        "reshape" => BeginsWithRows(op.Result.Tensor.Shape, op.Result.Tensor.Rank, rows),
        "slice" => BeginsWithRows(op.Result.Tensor.Shape, op.Attributes.Int("axis"), rows),
        "concat" => op.Operands.All(chain.Contains) && BeginsWithRows(op.Result.Tensor.Shape, op.Attributes.Int("axis"), rows),
        "scatter" => !chain.Contains(op.Operands[1]) && BeginsWithRows(op.Result.Tensor.Shape, types[op.Operands[1]].Rank - 1, rows),
        _ => false,
    };

    private bool IsRows(int id, Expr rows) => Product(types[id].Shape, types[id].Rank - 1).Equals(rows);

    /// <summary>Whether what is weighed needs no extension: it is no state, or one in a ring that holds its sum under any weights.</summary>
    private bool Fits(int values, TensorType weights, bool coarse)
    {
        while (definitions.TryGetValue(values, out Op? op))
        {
            if (op.Kind.StartsWith("state.", StringComparison.Ordinal))
            {
                double most = Math.Max(Math.Abs(op.Attributes.Real("low")), op.Attributes.Real("high"));
                int scale = Numbers.SoftmaxWeightBits(function, coarse) + op.Attributes.Int("fractionBits");
                int sum = Numbers.CeilLog2(most * Most(weights.Shape[weights.Rank - 1]) * Numbers.SoftmaxLargest(coarse));
                return sum + scale + 2 <= op.Attributes.Int("ring");
            }

            if (op.Kind is not ("reshape" or "permute" or "slice" or "index" or "concat" or "append"))
            {
                return true;
            }

            values = op.Operands[0];
        }

        return true;
    }

    private double Most(Expr size) => size.Range(name =>
    {
        long most = function.Attributes.Has($"dim.{name}.max") ? function.Attributes.Int($"dim.{name}.max") : Numbers.DefaultMaximum;
        return (0, most);
    }).High;

    /// <summary>Whether some of the first axes together are the rows.</summary>
    private static bool BeginsWithRows(ImmutableArray<Expr> shape, int axes, Expr rows) =>
        Enumerable.Range(0, Math.Min(axes, shape.Length) + 1).Any(k => Product(shape, k).Equals(rows));

    private static Expr Product(ImmutableArray<Expr> shape, int axes) => shape.Take(axes).Aggregate(Expr.One, (a, b) => a * b);
}
