using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace MPCache.Differential.Tests;

/// <summary>A value of a random program: where it lies, what the compiled one may be off by, and its shape.</summary>
/// <param name="Name">The local that holds it.</param>
/// <param name="Shape">Sizes as the program writes them.</param>
/// <param name="Low">Not larger than any element.</param>
/// <param name="High">Not smaller than any element.</param>
/// <param name="Error">What an element may be off by; 0 where fixed point holds it exactly.</param>
public sealed record RandomValue(string Name, string[] Shape, double Low, double High, double Error)
{
    public double Most => Math.Max(Math.Abs(Low), Math.Abs(High));

    public bool IsExact => Error == 0;
}

/// <summary>
/// A random program over two inputs [n, m] of the client and the server, a positive one [m], scores [n, m] that differ in each row, and the
/// server's weights. Each statement's interval and error follow from those of its operands by the errors that the operators and gates state.
/// </summary>
public sealed class RandomProgram
{
    public const double Unit = 1.0 / 65536;
    private const int Inputs = 4;
    private const double LargestValue = 200;
    private const double LargestError = 0.25;

    private readonly Random random;
    private readonly StringBuilder body = new();
    private readonly List<RandomValue> values = [];

    /// <summary>What the state's rows may be, and how many at most.</summary>
    private RandomValue? rows;
    private double mostRows;
    private readonly (int N, int M) sizes;

    public RandomProgram(int seed, int n, int m)
    {
        Name = string.Create(CultureInfo.InvariantCulture, $"Program{seed}");
        random = new Random(seed);
        sizes = (n, m);
        values.Add(new RandomValue("a", ["n", "m"], -4, 4, 0));
        values.Add(new RandomValue("b", ["n", "m"], -2, 2, 0));
        values.Add(new RandomValue("c", ["m"], 0.5, 8, 0));
        values.Add(new RandomValue("d", ["n", "m"], -4, 4, 0));
        int statements = random.Next(4, 12);
        for (int i = 0; values.Count < statements + Inputs && i < 20 * statements; i++)
        {
            Statement();
        }

        Outputs = [.. values.Skip(Math.Max(Inputs, values.Count - 2))];
        if (Outputs.Count == 0)
        {
            Outputs = [values[0]];
        }
    }

    public string Name { get; }

    /// <summary>The last values, in the order of the results.</summary>
    public IReadOnlyList<RandomValue> Outputs { get; }

    public string Source => $$"""
        [Dim("n", Max = 8)]
        [Dim("m", Max = 8)]
        [Dim("held", Max = 256)]
        public static partial class {{Name}}
        {
            [EntryPoint]
            public static {{(Outputs.Count == 1 ? "Tensor" : "(Tensor, Tensor)")}} Run(
                RandomWeights weights,
                RandomState state,
                [Owned(Party.Client), Shape("n, m"), Range(-4, 4)] Tensor a,
                [Owned(Party.Server), Shape("n, m"), Range(-2, 2)] Tensor b,
                [Owned(Party.Client), Shape("m"), Range(0.5, 8)] Tensor c,
                [Owned(Party.Client), Shape("n, m"), Range(-4, 4)] Tensor d)
            {
                int n = a.Size(0);
                int m = a.Size(1);
        {{body}}        return ({{string.Join(", ", Outputs.Select(o => o.Name + ".Reveal(Party.Client)"))}});
            }
        }

        """;

    private double Size(string size) => size.Split(" * ").Aggregate(1, (product, part) => product * part switch
    {
        "n" => sizes.N,
        "m" => sizes.M,
        _ => int.Parse(part, CultureInfo.InvariantCulture),
    });

    private RandomValue Any() => values[random.Next(values.Count)];

    private RandomValue? Any(Func<RandomValue, bool> which)
    {
        RandomValue[] all = [.. values.Where(which)];
        return all.Length == 0 ? null : all[random.Next(all.Length)];
    }

    private void Add(string expression, string[] shape, double low, double high, double error)
    {
        if (Math.Max(Math.Abs(low), Math.Abs(high)) > LargestValue || error > LargestError)
        {
            return;
        }

        string name = "t" + (values.Count - Inputs).ToString(CultureInfo.InvariantCulture);
        body.Append("        ").Append($"Tensor {name} = {expression};\n");
        values.Add(new RandomValue(name, shape, low, high, error));
    }

    private static string Number(double value) => value.ToString("0.####", CultureInfo.InvariantCulture) + "f";

    private double Factor() => random.Next(4) == 0 ? random.Next(-3, 4) : Math.Round((random.NextDouble() * 3) - 1.5, 3);

    /// <summary>A value that broadcasts together with another one, and their common shape.</summary>
    private (RandomValue Other, string[] Shape)? Mate(RandomValue x)
    {
        RandomValue? other = Any(v => Joint(x.Shape, v.Shape) is not null);
        return other is null ? null : (other, Joint(x.Shape, other.Shape)!);
    }

    private static string[]? Joint(string[] a, string[] b)
    {
        string[] joint = new string[Math.Max(a.Length, b.Length)];
        for (int back = 1; back <= joint.Length; back++)
        {
            string x = back <= a.Length ? a[^back] : "1";
            string y = back <= b.Length ? b[^back] : "1";
            if (x != y && x != "1" && y != "1")
            {
                return null;
            }

            joint[^back] = x == "1" ? y : x;
        }

        return joint;
    }

    private void Statement()
    {
        RandomValue x = Any();
        int rank = x.Shape.Length;
        double length = Size(x.Shape[^1]);
        switch (random.Next(32))
        {
            case 0 or 1 when Mate(x) is var (y, shape):
                Sum(x, y, shape);
                break;
            case 2 or 3 when Mate(x) is var (y, shape):
                double[] corners = [x.Low * y.Low, x.Low * y.High, x.High * y.Low, x.High * y.High];
                Add($"{x.Name} * {y.Name}", shape, corners.Min(), corners.Max(),
                    (x.Most * (y.Error + Unit)) + (y.Most * (x.Error + Unit)) + (x.Error * y.Error) + Unit);
                break;
            case 4:
                Scale(x);
                break;
            case 5:
                double summand = Factor();
                Add(random.Next(2) == 0 ? $"{x.Name} + {Number(summand)}" : $"{Number(-summand)} - {x.Name}",
                    x.Shape, Math.Min(x.Low + summand, -summand - x.High), Math.Max(x.High + summand, -summand - x.Low),
                    x.Error + (2 * Unit));
                break;
            case 6:
                Add($"-{x.Name}", x.Shape, -x.High, -x.Low, x.Error);
                break;
            case 7 when rank >= 2:
                Add($"{x.Name}.Transpose()", [.. x.Shape[..^2], x.Shape[^1], x.Shape[^2]], x.Low, x.High, x.Error);
                break;
            case 8 when rank == 2:
                string flat = x.Shape[0] == "1" ? x.Shape[1] : x.Shape[1] == "1" ? x.Shape[0] : $"{x.Shape[0]} * {x.Shape[1]}";
                Add($"{x.Name}.Reshape({flat})", [flat], x.Low, x.High, x.Error);
                break;
            case 9:
                Add($"{x.Name}.Reshape({string.Join(", ", x.Shape.Append("1"))})", [.. x.Shape, "1"], x.Low, x.High, x.Error);
                break;
            case 10 when rank >= 2 && Size(x.Shape[0]) > 1:
                int row = random.Next((int)Size(x.Shape[0]));
                Add(random.Next(2) == 0
                    ? $"{x.Name}.Slice(0, {row}, 1).Reshape({string.Join(", ", x.Shape[1..])})"
                    : $"{x.Name}[{row}]", x.Shape[1..], x.Low, x.High, x.Error);
                break;
            case 11 when Any(v => v.Shape.SequenceEqual(x.Shape)) is RandomValue y:
                string[] doubled = [.. x.Shape];
                int axis = random.Next(rank);
                doubled[axis] = doubled[axis] == "1" ? "2" : doubled[axis] + " * 2";
                Add($"Concat({axis}, {x.Name}, {y.Name})", doubled, Math.Min(x.Low, y.Low), Math.Max(x.High, y.High),
                    Math.Max(x.Error, y.Error) + (x.IsExact && y.IsExact ? 0 : Unit));
                break;
            case 12 or 13:
                Reduce(x, random.Next(rank));
                break;
            case 14:
                Add($"{x.Name}.{(random.Next(2) == 0 ? "Max" : "Min")}(-1)", [.. x.Shape[..^1], "1"], x.Low, x.High, x.Error + Unit);
                break;
            case 15 when x.Most < 30:
                Add($"Softmax({x.Name})", x.Shape, 0, 1, (3 * x.Error) + 0.001);
                break;
            case 16 when x.Most < 60:
                bool silu = random.Next(2) == 0;
                Add($"{(silu ? "Silu" : "Gelu")}({x.Name})", x.Shape, -0.3, Math.Max(0, x.High), (1.2 * x.Error) + 0.0006);
                break;
            case 17 when x.High < 3 && x.Low > -20:
                Add($"Exp({x.Name})", x.Shape, 0, Math.Exp(x.High), (Math.Exp(x.High) * (x.Error + 0.0005)) + (4 * Unit));
                break;
            case 18 when x.Low > 0.2 + x.Error:
                double least = x.Low - x.Error;
                bool root = random.Next(2) == 0;
                Add($"{(root ? "RSqrt" : "Reciprocal")}({x.Name})", x.Shape, root ? 1 / Math.Sqrt(x.High) : 1 / x.High,
                    root ? 1 / Math.Sqrt(x.Low) : 1 / x.Low,
                    root ? (x.Error / (2 * Math.Pow(least, 1.5))) + 0.0001 + (0.001 / Math.Sqrt(least))
                        : (x.Error / (least * least)) + 0.0001 + (0.001 / least));
                break;
            case 19 when Mate(x) is var (y, shape):
                bool larger = random.Next(2) == 0;
                Add($"{(larger ? "Maximum" : "Minimum")}({x.Name}, {y.Name})", shape,
                    larger ? Math.Max(x.Low, y.Low) : Math.Min(x.Low, y.Low), larger ? Math.Max(x.High, y.High) : Math.Min(x.High, y.High),
                    Math.Max(x.Error, y.Error) + (2 * Unit));
                break;
            case 20:
                Add($"Relu({x.Name})", x.Shape, Math.Max(0, x.Low), Math.Max(0, x.High), x.Error + Unit);
                break;
            case 21 when x.IsExact && Any(v => v.IsExact && Joint(x.Shape, v.Shape) is not null) is RandomValue y:
                string[] compared = Joint(x.Shape, y.Shape)!;
                if (Any(v => Joint(compared, v.Shape) is not null) is RandomValue then
                    && Any(v => Joint(Joint(compared, then.Shape)!, v.Shape) is not null) is RandomValue otherwise)
                {
                    Add($"Select(Less({x.Name}, {y.Name}), {then.Name}, {otherwise.Name})",
                        Joint(Joint(compared, then.Shape)!, otherwise.Shape)!, Math.Min(then.Low, otherwise.Low),
                        Math.Max(then.High, otherwise.High), Math.Max(then.Error, otherwise.Error) + (3 * Unit));
                }

                break;
            case 22 when rank == 2 && Any(v => v.Shape.Length == 2 && v.Shape[1] == x.Shape[1]) is RandomValue y:
                double reach = length * x.Most * y.Most;
                Add($"MatMul({x.Name}, {y.Name}.Transpose())", [x.Shape[0], y.Shape[0]], -reach, reach,
                    (length * ((x.Most * (y.Error + Unit)) + (y.Most * (x.Error + Unit)))) + Unit);
                break;
            case 23 when x.Shape[^1] == "m":
                string product = (rank == 2 ? random.Next(3) : 0) switch
                {
                    0 => $"Linear({x.Name}, weights.Matrix)",
                    1 => $"MatMul({x.Name}, weights.Matrix.Transpose())",
                    _ => $"MatMul({x.Name}, weights.Matrix)",
                };
                Add($"{product} + weights.Bias", x.Shape, -(length * x.Most) - 1, (length * x.Most) + 1,
                    (length * (x.Error + Unit + (x.Most * Unit))) + (4 * Unit));
                break;
            case 24 when x.Most < 40:
                string y1 = random.Next(2) == 0 ? "y => MathF.Tanh(0.5f * y)" : "y => y / (1 + y * y)";
                Add($"{x.Name}.Map({y1}, -40, 40)", x.Shape, -1, 1, x.Error + 0.001);
                break;
            case 25:
                Loop(x);
                break;
            case 26 when x.Shape.SequenceEqual(["n", "m"]):
                Choose(x, random.Next(1, sizes.M + 1));
                break;
            case 27 when Any(v => v.Shape.SequenceEqual(x.Shape)) is RandomValue y:
                Branch(x, y);
                break;
            case 28 when rank >= 2 && Size(x.Shape[0]) > 1:
                Stack(x);
                break;
            case 30 or 31 when x.Shape.SequenceEqual(["n", "m"]):
                Write(x);
                break;
            case 29:
                double whole = Size("n") + 1;
                Add($"{x.Name} / (n + 1)", x.Shape, Math.Min(0, x.Low), Math.Max(0, x.High), ((x.Error + Unit) / whole) + (x.Most * Unit) + Unit);
                break;
        }
    }

    private void Sum(RandomValue x, RandomValue y, string[] shape)
    {
        double error = x.Error + y.Error + (x.IsExact && y.IsExact ? 0 : 2 * Unit);
        if (random.Next(2) == 0)
        {
            Add($"{x.Name} + {y.Name}", shape, x.Low + y.Low, x.High + y.High, error);
        }
        else
        {
            Add($"{x.Name} - {y.Name}", shape, x.Low - y.High, x.High - y.Low, error);
        }
    }

    private void Scale(RandomValue x)
    {
        double factor = Factor();
        if (factor != 0 && random.Next(3) == 0)
        {
            Divide(x, factor);
            return;
        }

        bool whole = factor == Math.Round(factor);
        double error = whole ? Math.Abs(factor) * x.Error : (Math.Abs(factor) * (x.Error + Unit)) + (x.Most * Unit) + Unit;
        Add(random.Next(2) == 0 ? $"{x.Name} * {Number(factor)}" : $"{Number(factor)} * {x.Name}", x.Shape,
            Math.Min(x.Low * factor, x.High * factor), Math.Max(x.Low * factor, x.High * factor), error);
    }

    private void Divide(RandomValue x, double divisor)
    {
        double inverse = 1 / Math.Abs(divisor);
        Add($"{x.Name} / {Number(divisor)}", x.Shape, Math.Min(x.Low / divisor, x.High / divisor),
            Math.Max(x.Low / divisor, x.High / divisor), (inverse * (x.Error + Unit + (x.Most * Unit))) + Unit);
    }

    private void Reduce(RandomValue x, int axis)
    {
        double count = Size(x.Shape[axis]);
        string[] shape = [.. x.Shape];
        shape[axis] = "1";
        if (random.Next(2) == 0)
        {
            Add($"{x.Name}.Sum({axis})", shape, Math.Min(0, count * x.Low), Math.Max(0, count * x.High), count * x.Error);
        }
        else
        {
            Add($"{x.Name}.Mean({axis})", shape, x.Low, x.High, x.Error + (count * x.Most / (1 << 20)) + (3 * Unit));
        }
    }

    /// <summary>The elements with the best scores in each row: summed, put back where they stood, or in their order.</summary>
    private void Choose(RandomValue x, int count)
    {
        switch (random.Next(3))
        {
            case 0:
                Add($"Gather({x.Name}, TopK(d, {count})).Sum(1)", ["n", "1"], Math.Min(0, count * x.Low), Math.Max(0, count * x.High),
                    count * (x.Error + Unit));
                break;
            case 1:
                string name = string.Create(CultureInfo.InvariantCulture, $"q{body.Length}");
                body.Append("        ").Append(CultureInfo.InvariantCulture, $"Selection {name} = TopK(d, {count});\n");
                Add($"Scatter(Gather({x.Name}, {name}), {name})", x.Shape, Math.Min(0, x.Low), Math.Max(0, x.High), x.Error + (2 * Unit));
                break;
            default:
                Add($"Gather({x.Name}, TopK(d, {count}).InOrder())", ["n", count.ToString(CultureInfo.InvariantCulture)], x.Low, x.High,
                    x.Error + Unit);
                break;
        }
    }

    /// <summary>Iterations over the rows of a value, each with something of its own and something that is the same in all of them.</summary>
    private void Stack(RandomValue x)
    {
        string i = string.Create(CultureInfo.InvariantCulture, $"i{values.Count - Inputs}");
        string[] row = x.Shape[1..];
        string Stacked(string item) => $"Tensor.Stack({x.Shape[0]}, {i} => {item})";
        double length = Size(x.Shape[^1]);
        switch (random.Next(8))
        {
            case 5:
                Add(Stacked($"{x.Name}[{i} / {random.Next(2, 4)}] * 0.5f + {x.Name}[{i}]"), x.Shape, 1.5 * Math.Min(0, x.Low),
                    1.5 * Math.Max(0, x.High), (1.5 * x.Error) + (4 * Unit));
                break;
            case 6 when Any(v => v.Shape.SequenceEqual(x.Shape)) is RandomValue shared:
                double product = x.Most * shared.Most;
                Add($"Tensor.Stack(2 * {x.Shape[0]}, {i} => Relu({shared.Name}[{i} / 2] * {x.Name}[{i} / 2])).Slice(0, 1, {x.Shape[0]})", x.Shape, 0,
                    product, (x.Most * (shared.Error + Unit)) + (shared.Most * (x.Error + Unit)) + (x.Error * shared.Error) + (2 * Unit));
                break;
            case 7:
                Add(
                    $"Tensor.Stack({x.Shape[0]} / 2, {i} => {x.Name}[2 * {i}] - {x.Name}[2 * {i} + 1]).Sum(0)", ["1", .. row],
                    (x.Low - x.High) * Size(x.Shape[0]) / 2, (x.High - x.Low) * Size(x.Shape[0]) / 2, Size(x.Shape[0]) * x.Error);
                break;
            case 0:
                Add(Stacked($"{x.Name}[{i}] * 0.5f + {x.Name}[0]"), x.Shape, 1.5 * Math.Min(0, x.Low), 1.5 * Math.Max(0, x.High), (1.5 * x.Error) + (4 * Unit));
                break;
            case 1 when Any(v => v.Shape.SequenceEqual(x.Shape)) is RandomValue y:
                double most = x.Most * y.Most;
                Add(Stacked($"Relu({y.Name}[{i}] * {x.Name}[{i}]).Reshape({string.Join(", ", row.Append("1"))})"), [.. x.Shape, "1"], 0, most,
                    (x.Most * (y.Error + Unit)) + (y.Most * (x.Error + Unit)) + (x.Error * y.Error) + (2 * Unit));
                break;
            case 2 when row.Length == 1 && row[0] == "m":
                Add(Stacked($"Linear({x.Name}[{i}], weights.Matrix) + weights.Bias"), x.Shape, -(length * x.Most) - 1, (length * x.Most) + 1,
                    (length * (x.Error + Unit + (x.Most * Unit))) + (4 * Unit));
                break;
            case 3 when x.Most < 30:
                Add(Stacked($"Softmax(Tensor.Stack(2, k => {x.Name}[{i}]))[1]"), x.Shape, 0, 1, (3 * x.Error) + 0.001);
                break;
            default:
                Add(Stacked($"{x.Name}.Slice(0, {i}, 1).Sum(-1)"), [x.Shape[0], "1", .. row[..^1], "1"], Math.Min(0, length * x.Low),
                    Math.Max(0, length * x.High), length * x.Error);
                break;
        }
    }

    /// <summary>
    /// The state is replaced, extended or loses its oldest row as a condition on the sizes says, in branches within each other, and its rows
    /// are summed behind them.
    /// </summary>
    private void Write(RandomValue x)
    {
        if (rows is null)
        {
            body.Append("        ").Append($"state.Rows = {x.Name};\n");
            (rows, mostRows) = (x, sizes.N);
        }

        string[] writes =
        [
            $"state.Rows = state.Rows.Append({x.Name});",
            $"state.Rows = {x.Name};",
            $"state.Rows = Concat(0, {x.Name}, state.Rows);",
            "if (state.Rows.Size(0) > 1) { state.Rows = state.Rows.Slice(0, 1, state.Rows.Size(0) - 1); }",
            $"Tensor more = Relu({x.Name}); state.Rows = state.Rows.Append(more); state.Rows = state.Rows.Append({x.Name});",
            $"if (m > {random.Next(1, 6)}) {{ state.Rows = state.Rows.Append({x.Name}); }} else {{ state.Rows = -{x.Name}; }}",
            "",
        ];
        string Any() => writes[random.Next(writes.Length)];
        string condition = random.Next(3) switch
        {
            0 => $"n > {random.Next(0, 4)}",
            1 => $"state.Rows.Size(0) <= {random.Next(1, 8)}",
            _ => $"(n + m) % 2 == {random.Next(2)}",
        };
        mostRows += 2 * sizes.N;
        double most = Math.Max(rows.Most, x.Most);
        double error = Math.Max(rows.Error, x.Error) + Unit;
        if (most * mostRows > LargestValue || error * mostRows > LargestError)
        {
            mostRows -= 2 * sizes.N;
            return;
        }

        body.Append(
            CultureInfo.InvariantCulture,
            $"        if ({condition})\n        {{\n            {Any()}\n        }}\n        else\n        {{\n            {Any()}\n        }}\n\n");
        rows = new RandomValue("state.Rows", ["", "m"], -most, most, error);
        double bound = Math.Ceiling((most * mostRows) + LargestError);
        Add(string.Create(CultureInfo.InvariantCulture, $"state.Rows.Sum(0).Within(-{bound}, {bound})"), ["1", "m"], -most * mostRows,
            most * mostRows, error * mostRows);
    }

    /// <summary>One of two values by a condition on the sizes; either way the result lies where both may.</summary>
    private void Branch(RandomValue x, RandomValue y)
    {
        int bound = random.Next(1, 8);
        string condition = random.Next(4) switch
        {
            0 => $"n > {bound}",
            1 => $"m <= {bound} || n == m",
            2 => $"n + m < {bound} && !(n == 2)",
            _ => $"m % 2 == {bound % 2}",
        };
        bool isLayer = x.Shape[^1] == "m" && random.Next(2) == 0;
        double length = Size(x.Shape[^1]);
        (string then, double most, double error) = isLayer
            ? ($"Linear({x.Name}, weights.Matrix)", length * x.Most, (length * (x.Error + Unit + (x.Most * Unit))) + (4 * Unit))
            : ($"{x.Name} * 0.5f + {y.Name}", (x.Most / 2) + y.Most, x.Error + y.Error + (4 * Unit));
        most = Math.Max(most, y.Most);
        error = Math.Max(error, y.Error) + Unit;
        if (most > LargestValue || error > LargestError)
        {
            return;
        }

        string name = string.Create(CultureInfo.InvariantCulture, $"b{values.Count - Inputs}");
        body.Append("        ").Append(random.Next(2) == 0 ? $"Tensor {name} = {y.Name};\n" : $"Tensor {name};\n");
        string otherwise = random.Next(2) == 0 ? y.Name : $"-{y.Name}";
        body.Append(
            CultureInfo.InvariantCulture,
            $"        if ({condition})\n        {{\n            {name} = {then};\n        }}\n        else\n        {{\n            {name} = {otherwise};\n        }}\n\n");
        Add(name, x.Shape, -most, most, error);
    }

    /// <summary>Three steps of s ← s/2 + x, which stays within twice what x can be.</summary>
    private void Loop(RandomValue x)
    {
        double bound = Math.Ceiling(2 * x.Most) + 1;
        if (bound > LargestValue || 2 * x.Error > LargestError)
        {
            return;
        }

        int place = values.Count - Inputs;
        string name = string.Create(CultureInfo.InvariantCulture, $"s{place}");
        body.Append("        ").Append($"Tensor {name} = {x.Name};\n");
        body.Append(CultureInfo.InvariantCulture, $"        for (int i{name} = 0; i{name} < 3; i{name}++)\n        {{\n");
        body.Append(CultureInfo.InvariantCulture, $"            {name} = ({name} * 0.5f + {x.Name}).Within(-{bound}, {bound});\n        }}\n\n");
        Add(name, x.Shape, -bound, bound, (2 * x.Error) + (8 * Unit));
    }
}
