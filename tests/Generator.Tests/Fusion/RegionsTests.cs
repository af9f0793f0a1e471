using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MPCache.Contract;
using MPCache.Generator.Fusion;
using MPCache.Generator.Ir;
using Xunit;

namespace MPCache.Generator.Tests.Fusion;

/// <summary>What is computed together, and what is stored.</summary>
public sealed class RegionsTests
{
    private static readonly Expr Size = Expr.Symbol("n");

    private readonly List<Op> ops = [];
    private readonly Dictionary<int, Value> values = [];

    [Fact]
    public void A_chain_is_one_combination()
    {
        int x = Input(16);
        int y = Input(16);
        int difference = Local("local.sub", 16, [x, y]);
        int scaled = Local("local.shl", 18, [difference], ("by", new ExprAttr(2)));
        int sum = Local("local.addconstant", 18, [scaled], ("constant", new ExprAttr(5)));
        Gate(sum);
        Regions regions = Regions();
        Combination combination = Assert.Single(regions.Combinations(Of(sum))!.Value).Combination;
        Assert.Equal(["4L", "-4L"], combination.Summands.Select(s => s.Factor.ToString()));
        Assert.Equal((18, "5L"), (combination.Ring, combination.Plus!.ToString()));
        Assert.True(regions.IsSkipped(Of(difference)));
        Assert.True(regions.IsSkipped(Of(scaled)));
        Assert.Equal([x, y], regions.Operands(Of(sum)));
    }

    [Fact]
    public void A_value_that_several_need_is_computed_once_and_a_view_never()
    {
        int x = Input(16, 2);
        int view = Local("local.slice", 16, [x], Slice(0));
        int twice = Local("local.add", 16, [view, view]);
        Gate(Local("local.neg", 16, [twice]));
        Gate(Local("local.narrow", 12, [twice]));
        Regions regions = Regions();
        Assert.True(regions.IsSkipped(Of(view)));
        Assert.False(regions.IsSkipped(Of(twice)));
        Assert.Equal(2, Assert.Single(regions.Combinations(Of(twice))!.Value).Combination.Summands.Length);
    }

    [Fact]
    public void A_value_that_is_seen_elsewhere_is_stored()
    {
        int x = Input(16);
        int observed = Local("local.neg", 16, [x]);
        int early = Local("local.narrow", 14, [observed]);
        ops.Add(new Op("flight", [], [], Attributes.None));
        int yielded = Local("local.neg", 14, [early]);
        Gate(Local("local.narrow", 12, [yielded]));
        Regions regions = Regions([yielded], [observed]);
        Assert.All((int[])[observed, early, yielded], value =>
        {
            Assert.False(regions.IsSkipped(Of(value)));
            Assert.Null(regions.Combinations(Of(value)));
        });
    }

    [Fact]
    public void A_reduction_that_matters_is_carried_out()
    {
        int x = Input(16);
        int narrow = Local("local.narrow", 10, [x]);
        int wide = Local("local.neg", 12, [narrow]);
        Gate(wide);
        int again = Local("local.narrow", 10, [x]);
        int shifted = Local("local.shl", 12, [again], ("by", new ExprAttr(2)));
        Gate(shifted);
        Regions regions = Regions();
        Assert.False(regions.IsSkipped(Of(narrow)));
        Assert.Null(regions.Combinations(Of(wide)));
        // Shifted up by two bits, what ten bits do not hold is out of twelve.
        Assert.True(regions.IsSkipped(Of(again)));
        Assert.NotNull(regions.Combinations(Of(shifted)));
    }

    [Fact]
    public void Shares_that_the_server_counts_are_made_by_themselves()
    {
        int x = Input(16);
        int negated = Local("local.neg", 16, [x]);
        int shares = Local("local.additive", 16, [negated], ("counts", new TextAttr("server")));
        Gate(shares);
        Regions regions = Regions();
        Assert.False(regions.IsSkipped(Of(negated)));
        Assert.Null(regions.Combinations(Of(shares)));
        Assert.Equal([negated], regions.Operands(Of(shares)));
    }

    [Fact]
    public void Joined_parts_are_written_where_they_belong()
    {
        int x = Input(16, 3);
        int[] views = [.. Enumerable.Range(0, 3).Select(i => Local("local.slice", 16, [x], Slice(i, 3)))];
        int first = Local("local.sub", 16, [views[0], views[1]]);
        int second = Local("local.sub", 16, [views[0], views[2]]);
        int third = Local("local.sub", 16, [views[1], views[2]]);
        int two = Local("local.concat", 16, 2, [first, second], Concat(1));
        int three = Local("local.concat", 16, 3, [two, third], Concat(2));
        int narrow = Local("local.narrow", 14, 3, [three]);
        Gate(narrow);
        Regions regions = Regions();
        ImmutableArray<Part> parts = regions.Combinations(Of(narrow))!.Value;
        Assert.Equal(["0", "n", "2*n"], parts.Select(p => p.Start.ToString()));
        Assert.All(parts, p => Assert.Equal((2, 14), (p.Combination.Summands.Length, p.Combination.Ring)));
        Assert.Equal([narrow], ops.Where(o => o.Kind.StartsWith("local.") && !regions.IsSkipped(o)).Select(o => o.Result.Id));
        Assert.Equal([x], regions.Operands(Of(narrow)));
    }

    [Fact]
    public void A_sum_clears_what_narrowing_would_have()
    {
        int x = Input(16);
        int narrow = Local("local.narrow", 12, [x]);
        int sum = Local("local.sum", 12, [narrow], ("axis", new ExprAttr(0)), ("shape", new ListAttr([Size])));
        Gate(sum);
        Regions regions = Regions();
        Assert.True(regions.IsSkipped(Of(narrow)));
        Assert.Equal(x, regions.Operand(narrow));
    }

    private static (string, Attr)[] Slice(int row, int rows = 2) =>
    [
        ("axis", new ExprAttr(0)), ("start", new ExprAttr(row)), ("length", new ExprAttr(1)), ("shape", new ListAttr([rows, Size])),
    ];

    private static (string, Attr)[] Concat(int rows) =>
        [("axis", new ExprAttr(0)), ("shapeA", new ListAttr([rows, Size])), ("shapeB", new ListAttr([1, Size]))];

    private int Input(int ring, int rows = 1) => Add("input.put", ring, rows, [], []);

    private void Gate(int value) => Add("extend.start", 32, 1, [value], []);

    private int Local(string kind, int ring, int[] operands, params (string, Attr)[] attributes) => Local(kind, ring, 1, operands, attributes);

    private int Local(string kind, int ring, int rows, int[] operands, params (string, Attr)[] attributes) =>
        Add(kind, ring, rows, operands, attributes);

    private int Add(string kind, int ring, int rows, int[] operands, (string Name, Attr Value)[] attributes)
    {
        TensorType type = new(rows == 1 ? [Size] : [rows, Size], Form.Masked, new Number(ring, 0, 0, 1));
        Value value = new(values.Count, type);
        values.Add(value.Id, value);
        Attributes all = Attributes.None.With("ring", new ExprAttr(ring));
        foreach ((string name, Attr attribute) in attributes)
        {
            all = all.With(name, attribute);
        }

        ops.Add(new Op(kind, [value], [.. operands], all));
        return value.Id;
    }

    private Op Of(int value) => ops.Single(o => o.Results.Any(r => r.Id == value));

    private Regions Regions(int[]? yields = null, int[]? observed = null)
    {
        Block block = new([], [.. ops], [.. yields ?? []]) { Observed = [.. (observed ?? []).Select(v => new Observation(0, v))] };
        return new Regions(block, values, _ => Factor.One);
    }
}
