using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using MPCache.Contract;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Tests.TestSupport;

/// <summary>What a function of the tensor IR computes, operation by operation, in 64-bit floats: enough of it to compare two of them.</summary>
internal sealed class TensorMeaning
{
    private readonly Dictionary<int, (int[] Shape, double[] Elements)> values = [];
    private readonly Dictionary<string, long> sizes;

    private TensorMeaning(Dictionary<string, long> sizes) => this.sizes = sizes;

    /// <summary>The results' elements.</summary>
    /// <param name="function">The function; its parameters are tensors.</param>
    /// <param name="sizes">The dimensions.</param>
    /// <param name="inputs">The elements of each parameter.</param>
    public static double[][] Of(Function function, Dictionary<string, long> sizes, params double[][] inputs)
    {
        TensorMeaning meaning = new(new(sizes));
        for (int i = 0; i < inputs.Length; i++)
        {
            meaning.values[function.Parameters[i].Value.Id] = (meaning.Shape(function.Parameters[i].Value), inputs[i]);
        }

        meaning.Run(function.Body);
        return [.. function.Body.Yields.Select(y => meaning.values[y].Elements)];
    }

    private void Run(Block block)
    {
        foreach (Op op in block.Ops)
        {
            if (op.Kind == "for")
            {
                Loop(op);
            }
            else if (op.Kind == "stack")
            {
                Stack(op);
            }
            else if (op.Kind == "if")
            {
                Block taken = op.Attributes.Condition("condition").Evaluate(name => sizes[name]) ? op.Body! : op.Otherwise!;
                Run(taken);
                Bind(op.Results, [.. taken.Yields.Select(y => values[y])]);
            }
            else if (op.Results.Length == 1)
            {
                int[] shape = Shape(op.Result);
                values[op.Result.Id] = (shape, Elements(op, shape));
            }
        }
    }

    private void Loop(Op op)
    {
        (int[], double[])[] carried = [.. op.Operands.Select(o => values[o])];
        for (long i = Size(op.Attributes.Expr("low")); i < Size(op.Attributes.Expr("high")); i++)
        {
            sizes[op.Attributes.Text("index")] = i;
            Bind(op.Body!.Parameters, carried);
            Run(op.Body);
            carried = [.. op.Body.Yields.Select(y => values[y])];
        }

        Bind(op.Results, carried);
    }

    private void Stack(Op op)
    {
        List<double> elements = [];
        for (long i = 0; i < Size(op.Attributes.Expr("count")); i++)
        {
            sizes[op.Attributes.Text("index")] = i;
            Run(op.Body!);
            elements.AddRange(values[op.Body!.Yields[0]].Elements);
        }

        values[op.Result.Id] = (Shape(op.Result), [.. elements]);
    }

    private void Bind(IReadOnlyList<Value> names, (int[], double[])[] tensors)
    {
        for (int i = 0; i < names.Count; i++)
        {
            values[names[i].Id] = tensors[i];
        }
    }

    private double[] Elements(Op op, int[] shape)
    {
        (int[] Shape, double[] Elements)[] of = [.. op.Operands.Select(o => values[o])];
        double[] Each(Func<double, double> f) => [.. of[0].Elements.Select(f)];
        double[] Both(Func<double, double, double> f) => [.. of[0].Elements.Zip(of[1].Elements, f)];
        double[] Moved(Func<int[], int[]> from) => [.. Places(shape).Select(p => At(of[0], from(p)))];
        int axis = op.Attributes.Has("axis") ? op.Attributes.Int("axis") : shape.Length - 1;
        double[] Reduced((int[] Shape, double[] Elements) x, bool mean) => [.. Places(shape).Select(p =>
        {
            IEnumerable<double> row = Enumerable.Range(0, x.Shape[axis]).Select(i => At(x, [.. p[..axis], i, .. p[(axis + 1)..]]));
            return mean ? row.Average() : row.Sum();
        })];
        return op.Kind switch
        {
            "add" => Both((a, b) => a + b),
            "sub" => Both((a, b) => a - b),
            "mul" => Both((a, b) => a * b),
            "maximum" => Both(Math.Max),
            "neg" => Each(a => -a),
            "add.real" => Each(a => a + Scalar(op)),
            "sub.real" => Each(a => a - Scalar(op)),
            "mul.real" => Each(a => a * Scalar(op)),
            "div.real" => Each(a => a / Scalar(op)),
            "relu" => Each(a => Math.Max(a, 0)),
            "within" or "reveal" or "reshape" => of[0].Elements,
            "constant" => [.. Places(shape).Select(_ => Scalar(op))],
            "broadcast" => Moved(p => [.. p.Select((index, i) => of[0].Shape[i] == 1 ? 0 : index)]),
            "permute" => Moved(p => [.. Enumerable.Range(0, p.Length).Select(
                i => p[op.Attributes.List("axes").ToList().FindIndex(a => a.AsConstant == i)])]),
            "slice" => Moved(p => [.. p.Select((index, i) => index + (i == axis ? (int)Size(op.Attributes.Expr("start")) : 0))]),
            "index" => Moved(p => [(int)Size(op.Attributes.Expr("index")), .. p]),
            "concat" => [.. Places(shape).Select(p => p[axis] < of[0].Shape[axis]
                ? At(of[0], p)
                : At(of[1], [.. p.Select((index, i) => i == axis ? index - of[0].Shape[axis] : index)]))],
            "sum" or "mean" => Reduced(of[0], op.Kind == "mean"),
            "max" => [.. Places(shape).Select(p => Enumerable.Range(0, of[0].Shape[axis]).Max(i => At(of[0], [.. p[..axis], i])))],
            "matmul" => [.. Places(shape).Select(p => Enumerable.Range(0, of[0].Shape[^1]).Sum(
                i => At(of[0], [.. p[..^1], i]) * At(of[1], [.. p[..^2], i, p[^1]])))],
            "linear" => [.. Places(shape).Select(p => Enumerable.Range(0, of[0].Shape[^1]).Sum(
                i => At(of[0], [.. p[..^1], i]) * At(of[1], [p[^1], i])))],
            "dot" or "dot.mean" => Reduced((of[0].Shape, Both((a, b) => a * b)), op.Kind == "dot.mean"),
            _ => throw new NotSupportedException(op.Kind),
        };
    }

    private static double Scalar(Op op) => double.Parse(
        ((RealAttr)op.Attributes.All.Single(a => a.Key == "scalar").Value).Decimal, NumberStyles.Float, CultureInfo.InvariantCulture);

    private long Size(Expr size) => size.Evaluate(name => sizes[name]);

    private int[] Shape(Value value) => [.. value.Tensor.Shape.Select(s => (int)Size(s))];

    private static IEnumerable<int[]> Places(int[] shape) => shape.Length == 0
        ? [[]]
        : Places(shape[..^1]).SelectMany(p => Enumerable.Range(0, shape[^1]).Select(i => p.Append(i).ToArray()));

    private static double At((int[] Shape, double[] Elements) tensor, int[] place) =>
        tensor.Elements[place.Zip(tensor.Shape).Aggregate(0, (at, p) => (at * p.Second) + p.First)];
}
