using System.Collections.Immutable;
using System.Linq;
using System.Numerics;
using MPCache.Contract;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Passes;

/// <summary>Comparisons, choices, and the tournaments made of them.</summary>
internal sealed partial class Numbers
{
    /// <summary>The sign of x − threshold for each threshold: bits [thresholds, elements], 1 where negative.</summary>
    private int Sign(int x, ImmutableArray<BigInteger> thresholds, ImmutableArray<Expr> shape) =>
        Emit("sign", [x], Attributes.Of(("thresholds", new ListAttr(thresholds.Select(t => Expr.Constant((long)t)).ToImmutableArray()))),
            shape, 0, 0, 1, Form.MaskedBit);

    private int Less(int a, int b)
    {
        int difference = AddSubtract("sub", AtMost(a, fraction), AtMost(b, fraction));
        int bit = Sign(difference, [BigInteger.Zero], Shape(difference));
        return Emit("bits.combine", [bit], Attributes.Of(("coefficients", new ListAttr([Expr.One])), ("constant", 0L)), Shape(difference),
            0, 0, 1);
    }

    private int Extremum(int a, int b, bool larger)
    {
        (a, b) = (AtMost(a, fraction), AtMost(b, fraction));
        int difference = AddSubtract("sub", a, b);
        int scale = numbers[difference].Scale;
        int bit = Sign(difference, [BigInteger.Zero], Shape(difference));
        (a, b) = (Align(a, scale), Align(b, scale));
        Number x = numbers[a];
        Number y = numbers[b];
        return larger
            ? Choose(bit, b, a, BigInteger.Max(x.Low, y.Low), BigInteger.Max(x.High, y.High))
            : Choose(bit, a, b, BigInteger.Min(x.Low, y.Low), BigInteger.Min(x.High, y.High));
    }

    private int Choose(int bit, int whenTrue, int whenFalse, BigInteger low, BigInteger high) =>
        Emit("choose", [bit, whenTrue, whenFalse], Attributes.None, Shape(whenTrue), numbers[whenTrue].Scale, low, high);

    /// <summary>
    /// A comparison chooses by its masked bit; a public mask locally; any other value that is 0 or 1, such as a repeated comparison,
    /// by a product with the difference.
    /// </summary>
    private int Select(Op op)
    {
        int condition = Known(op.Operands[0]);
        int scale = numbers[Use(op.Operands[1])].Scale;
        scale = System.Math.Max(fraction, System.Math.Min(scale, numbers[Use(op.Operands[2])].Scale));
        int whenTrue = Align(Use(op.Operands[1]), scale);
        int whenFalse = Align(Use(op.Operands[2]), scale);
        BigInteger low = BigInteger.Min(numbers[whenTrue].Low, numbers[whenFalse].Low);
        BigInteger high = BigInteger.Max(numbers[whenTrue].High, numbers[whenFalse].High);
        Op? definition = definitions.TryGetValue(condition, out Op? found) ? found : null;
        if (definition?.Kind == "bits.combine" && numbers[condition].High == 1)
        {
            return Choose(definition.Operands[0], whenTrue, whenFalse, low, high);
        }

        // Without fraction bits nothing lies between 0 and 1; an input of that range might.
        Number bit = numbers[condition];
        if (bit.Scale != 0 || bit.Low.Sign < 0 || bit.High > 1)
        {
            throw new CompileError("MPC1021", "the condition of Select is no comparison; use the result of Less, or a public mask", site);
        }

        int difference = AddSubtractExact(whenTrue, whenFalse);
        ImmutableArray<Expr> shape = Shape(difference);
        Number number = numbers[difference];
        int chosen = IsPublic(condition)
            ? Emit("where", [difference, condition], Attributes.Of(("otherwise", 0L)), shape, scale,
                BigInteger.Min(0, number.Low), BigInteger.Max(0, number.High))
            : Align(Multiply(condition, difference, scaleB: scale), scale);
        int selected = Emit("add", [chosen, whenFalse], Attributes.None, shape, scale,
            numbers[chosen].Low + numbers[whenFalse].Low, numbers[chosen].High + numbers[whenFalse].High);
        Refine(selected, low - 1, high + 1);
        return selected;
    }

    private int Relu(int x)
    {
        x = AtMost(x, fraction);
        int bit = Sign(x, [BigInteger.Zero], Shape(x));
        int zero = Emit("scale", [x], Attributes.Of(("scalar", RealAttr.Of(0)), ("bits", 0L)), Shape(x), numbers[x].Scale, 0, 0);
        return Choose(bit, zero, x, 0, BigInteger.Max(0, numbers[x].High));
    }

    private int ArgMax(int x)
    {
        x = AtMost(x, fraction);
        ImmutableArray<Expr> shape = Shape(x);
        Expr count = shape[shape.Length - 1];
        int positions = Emit("iota", [], Attributes.Of(("count", count)), [count], 0, 0, Maximum(count), Form.Public);
        ImmutableArray<Expr> padded = Enumerable.Repeat(Expr.One, shape.Length - 1).Append(count).ToImmutableArray();
        positions = Layout("reshape", positions, Attributes.None, padded);
        positions = Layout("broadcast", positions, Attributes.None, shape);
        positions = Emit("public", [positions], Attributes.None, shape, 0, 0, Maximum(count));
        return Profile.Of(function).IsFewFlights ? Best([x, positions], larger: true)[1] : Tournament(x, positions);
    }

    /// <summary>
    /// What a payload holds where the row has its largest element: a tournament of ⌈log2 n⌉ levels, each element against the one half the
    /// row away; an odd one passes.
    /// </summary>
    private int Tournament(int x, int payload)
    {
        ImmutableArray<Expr> shape = Shape(x);
        int axis = shape.Length - 1;
        Expr n = shape[axis];
        string index = "i" + loops++.ToString(System.Globalization.CultureInfo.InvariantCulture);
        sizes.Count(index, Expr.Zero, Expr.One);
        Expr remaining = Expr.CeilDiv(n, Expr.Pow2(Expr.Symbol(index)));
        Expr half = Expr.CeilDiv(remaining, 2);
        Expr pairs = remaining - half;
        ImmutableArray<Expr> At(Expr size) => shape.SetItem(axis, size);

        ImmutableArray<Op>.Builder outer = ops;
        ops = ImmutableArray.CreateBuilder<Op>();
        aligned.Push([]);
        ImmutableArray<Value>.Builder parameters = ImmutableArray.CreateBuilder<Value>();
        ImmutableArray<int>.Builder initial = ImmutableArray.CreateBuilder<int>();
        foreach (int carried in new[] { x, payload })
        {
            Value parameter = new(nextId++, new TensorType(At(remaining), Form.Masked));
            numbers[parameter.Id] = numbers[carried];
            carriedShapes[parameter.Id] = parameter.Tensor.Shape;
            parameters.Add(parameter);
            initial.Add(carried);
        }

        int Part(int value, Expr start, Expr length) => Layout("slice", value,
            Attributes.Of(("axis", (long)axis), ("start", start), ("length", length)), At(length));

        int best = parameters[0].Id;
        int difference = AddSubtractExact(Part(best, Expr.Zero, pairs), Part(best, half, pairs));
        int bit = Sign(difference, [BigInteger.Zero], At(pairs));
        ImmutableArray<int>.Builder yields = ImmutableArray.CreateBuilder<int>();
        foreach (Value parameter in parameters)
        {
            int first = Part(parameter.Id, Expr.Zero, pairs);
            int second = Part(parameter.Id, half, pairs);
            Number number = numbers[parameter.Id];
            int winner = Choose(bit, second, first, number.Low, number.High);
            int bye = Part(parameter.Id, pairs, half - pairs);
            yields.Add(Emit("concat", [winner, bye], Attributes.Of(("axis", (long)axis)), At(half), number.Scale, number.Low, number.High));
        }

        aligned.Pop();
        Block body = new(parameters.ToImmutable(), ops.ToImmutable(), yields.ToImmutable());
        ops = outer;
        AddLoop(Attributes.Of(("index", index), ("low", 0L), ("high", Expr.CeilLog2(n))), initial.ToImmutable(), body,
            parameters.Select(_ => At(Expr.One)).ToImmutableArray(), out ImmutableArray<int> results);
        return results[1];
    }

    /// <summary>
    /// The extremum along the last axis, in groups of which all pairs are compared at once: a first level of threes, then of fours, three
    /// flights each. Groups may share elements where the row is no multiple. Threes first, because the first level has the most groups, and
    /// a four takes half as many bytes again an element. Flights are worth it on any network: one of a local network's takes as long as
    /// 150 kB, and most of these bytes are tape.
    /// </summary>
    private int Best(int x, bool larger) => Best([x], larger)[0];

    /// <summary>The same of the first value, and what the others have where it is.</summary>
    private ImmutableArray<int> Best(ImmutableArray<int> carried, bool larger)
    {
        ImmutableArray<Expr> shape = Shape(carried[0]);
        int axis = shape.Length - 1;
        Expr n = Expr.CeilDiv(shape[axis], 3);
        ImmutableArray<int> first = Level(carried, shape, 3, n, larger);
        string index = "i" + loops++.ToString(System.Globalization.CultureInfo.InvariantCulture);
        sizes.Count(index, Expr.Zero, Expr.One);
        Expr remaining = Expr.CeilDiv(n, Expr.Pow2(Expr.Symbol(index) * 2));
        ImmutableArray<Expr> level = shape.SetItem(axis, remaining);
        ImmutableArray<Value>.Builder parameters = ImmutableArray.CreateBuilder<Value>();
        foreach (int value in first)
        {
            Value parameter = new(nextId++, new TensorType(level, Form.Masked));
            numbers[parameter.Id] = numbers[value];
            carriedShapes[parameter.Id] = level;
            parameters.Add(parameter);
        }

        ImmutableArray<Op>.Builder outer = ops;
        ops = ImmutableArray.CreateBuilder<Op>();
        aligned.Push([]);
        ImmutableArray<int> winners = Level(
            parameters.Select(p => p.Id).ToImmutableArray(), level, 4, Expr.CeilDiv(remaining, 4), larger);
        aligned.Pop();
        Block body = new(parameters.ToImmutable(), ops.ToImmutable(), winners);
        ops = outer;
        AddLoop(Attributes.Of(("index", index), ("low", 0L), ("high", Expr.CeilDiv(Expr.CeilLog2(n), 2))), first, body,
            first.Select(_ => shape.SetItem(axis, Expr.One)).ToImmutableArray(), out ImmutableArray<int> results);
        return results;
    }

    /// <summary>
    /// The best of each group by the first value: part k of the row is the group's contender k, and the last parts end where the row ends.
    /// </summary>
    private ImmutableArray<int> Level(ImmutableArray<int> carried, ImmutableArray<Expr> shape, int contenders, Expr groups, bool larger)
    {
        ImmutableArray<Expr> part = shape.SetItem(shape.Length - 1, groups);
        int[][] parts = carried.Select(x => Parts(x, shape, contenders, groups)).ToArray();
        int[] pairs = parts.Select(p => Differences(p, part, larger)).ToArray();
        int bits = Sign(pairs[0], [BigInteger.Zero], Shape(pairs[0]));
        return carried.Select((x, i) => Emit("champion", [bits, pairs[i], parts[i][contenders - 1]],
            Attributes.Of(("contenders", (long)contenders), ("larger", larger ? 1L : 0L)), part, numbers[x].Scale, numbers[x].Low,
            numbers[x].High)).ToImmutableArray();
    }

    private int[] Parts(int x, ImmutableArray<Expr> shape, int contenders, Expr groups)
    {
        int axis = shape.Length - 1;
        return Enumerable.Range(0, contenders).Select(k => Layout("slice", x,
            Attributes.Of(("axis", (long)axis), ("start", k == 0 ? Expr.Zero : Expr.Min(groups * k, shape[axis] - groups)), ("length", groups)),
            shape.SetItem(axis, groups))).ToArray();
    }

    /// <summary>By how much each contender exceeds each later one, pair by pair; by how much it falls short where the smaller is better.</summary>
    private int Differences(int[] parts, ImmutableArray<Expr> part, bool larger)
    {
        int? all = null;
        Expr pairs = Expr.Zero;
        for (int i = 0; i < parts.Length; i++)
        {
            for (int j = i + 1; j < parts.Length; j++)
            {
                int difference = larger ? AddSubtractExact(parts[i], parts[j]) : AddSubtractExact(parts[j], parts[i]);
                int one = Layout("reshape", difference, Attributes.None, part.Insert(0, Expr.One));
                Number number = numbers[one];
                pairs += 1;
                all = all is int before
                    ? Emit("concat", [before, one], Attributes.Of(("axis", Expr.Zero)), part.Insert(0, pairs), number.Scale, number.Low,
                        number.High)
                    : one;
            }
        }

        return all!.Value;
    }

    private int AddSubtractExact(int a, int b) =>
        Emit("sub", [a, b], Attributes.None, Shape(a), numbers[a].Scale, numbers[a].Low - numbers[b].High,
            numbers[a].High - numbers[b].Low);
}
