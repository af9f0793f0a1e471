using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using CsCheck;
using MPCache.Contract;
using MPCache.Execution;
using MPCache.Runtime.Tests.Transport;
using MPCache.Sessions;
using MPCache.TestSupport;
using Xunit;

namespace MPCache.Runtime.Tests.Sessions;

/// <summary>
/// Arguments that do not fit are refused before anything is sent, with parameter, axis and sizes, and cost the session nothing.
/// </summary>
public class BindingTests
{
    private static readonly MultiplyProgram Multiply = new();
    private static readonly CacheProgram Cached = new();

    [Fact]
    public async Task Sizes_that_do_not_fit_each_other()
    {
        await using ClearExecution clear = new([Multiply]);
        Assert.Equal(
            "Multiply: n is 2 by axis 0 of left, but 3 by axis 0 of right. Give arguments whose sizes fit each other.",
            await CallAsync(clear, Multiply, Input.Of(Tensor.Zeros(2)), Input.Of(Tensor.Zeros(3))));
        Assert.Equal(
            "Multiply: left has the shape [2, 1], declared are 1 axes [n]. Give a tensor of the declared shape.",
            await CallAsync(clear, Multiply, Input.Of(Tensor.Zeros(2, 1)), Input.Of(Tensor.Zeros(2))));
        Assert.Equal(
            "Multiply: n is 100001, at most 100000 are allowed. Make a smaller call, or declare [Dim(\"n\", Max = …)] larger.",
            await CallAsync(clear, Multiply, Input.Of(Tensor.Zeros(100_001)), Input.Of(Tensor.Zeros(100_001))));
        Assert.Equal(
            "Multiply: 1 inputs are given, 2 are declared. Call the program through its generated method.",
            await CallAsync(clear, Multiply, Input.Of(Tensor.Zeros(2))));
    }

    [Theory]
    [InlineData(8.001f, "8.001")]
    [InlineData(-9f, "-9")]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.PositiveInfinity, "Infinity")]
    public async Task Values_out_of_their_range(float value, string text)
    {
        await using TwoParties parties = await TwoParties.StartAsync(Multiply);
        Assert.Equal(
            $"Multiply: left is {text} at [1], outside of [-8, 8]. Give values of the declared range, or declare a wider one.",
            await CallAsync(parties.Server, Multiply, Input.Of(Tensor.From([0, value], 2)), Input.Of(2)));

        // Nothing was announced, so the session is as good as before.
        await parties.CallAsync(
            Multiply,
            new CallRequest { Inputs = [Input.Of(Tensor.Zeros(2)), Input.Of(2)] },
            new CallRequest { Inputs = [Input.Of(2), Input.Of(Tensor.Zeros(2))] });
    }

    [Fact]
    public async Task Values_at_the_wrong_party()
    {
        await using TwoParties parties = await TwoParties.StartAsync(Multiply);
        Assert.Equal(
            "Multiply: left is given by its shape alone where its values are known. Pass Input.Of(values).",
            await CallAsync(parties.Server, Multiply, Input.Of(2), Input.Of(2)));
        Assert.Equal(
            "Multiply: right belongs to the client, not to this party. Pass Input.Of(shape).",
            await CallAsync(parties.Server, Multiply, Input.Of(Tensor.Zeros(2)), Input.Of(Tensor.Zeros(2))));
    }

    [Fact]
    public async Task Weights_and_states_of_another_class_or_session_or_twice()
    {
        await using ClearExecution clear = new([Cached]);
        await using ClearExecution other = new([Cached]);
        ResidentSchema foreignSchema = CacheProgram.Gains with { Name = "Test.Biases" };
        CacheProgram.GainRecord record = new(Tensor.Zeros(3));
        ResidentHandle gains = await clear.ShareAsync(CacheProgram.Gains, record);
        ResidentHandle biases = await clear.ShareAsync(foreignSchema, record);
        ResidentHandle foreign = await other.ShareAsync(CacheProgram.Gains, record);
        StateHandle cache = await clear.CreateStateAsync(CacheProgram.Cache, new Dictionary<string, long> { ["width"] = 3 });
        Task<CallResult> Call(Input row, ResidentHandle weights, params StateHandle[] states) =>
            clear.CallAsync(Cached, new CallRequest { Inputs = [row], Residents = [weights], States = states });
        Input row = Input.Of(Tensor.Zeros(1, 3));
        Assert.Equal(
            "Cache: gains is a Test.Gains, not a Test.Biases. Pass the handle of the declared class.",
            await Failure.MessageAsync(() => Call(row, biases, cache)));
        Assert.StartsWith("Cache: gains was made in another session.", await Failure.MessageAsync(() => Call(row, foreign, cache)));
        Assert.StartsWith("Cache: 0 states are given, 1 are declared.", await Failure.MessageAsync(() => Call(row, gains)));
        Assert.StartsWith(
            "Cache: width is 4 by axis 1 of row, but 3 by axis 0 of gains.Gain.",
            await Failure.MessageAsync(() => Call(Input.Of(Tensor.Zeros(1, 4)), gains, cache)));
        Assert.StartsWith(
            "Cache: axis 0 of row is 2, where 1 is 1.", await Failure.MessageAsync(() => Call(Input.Of(Tensor.Zeros(2, 3)), gains, cache)));
        StateHandle wide = await clear.CreateStateAsync(CacheProgram.Cache, new Dictionary<string, long> { ["width"] = 5 });
        Assert.StartsWith(
            "Cache: width is 3 by axis 1 of row, but 5 by axis 1 of cache.Rows.", await Failure.MessageAsync(() => Call(row, gains, wide)));
        for (int step = 0; step < 9; step++)
        {
            await Call(row, gains, cache);
        }

        Assert.StartsWith("Cache: rows is 9, at most 8 are allowed.", await Failure.MessageAsync(() => Call(row, gains, cache)));
    }

    [Fact]
    public async Task Weights_that_do_not_fit_their_class()
    {
        await using TwoParties parties = await TwoParties.StartAsync(Cached);
        Assert.Equal(
            "Test.Gains.Gain is 4.5 at [1], outside of [-4, 4]. Give weights of the declared range, or declare a wider one.",
            await Failure.MessageAsync(
                () => parties.Server.ShareAsync(CacheProgram.Gains, new CacheProgram.GainRecord(Tensor.From([1, 4.5f], 2)))));
        Assert.Equal(
            "Test.Gains: Gain has the shape [1, 2], declared are 1 axes [width]. Give a tensor of the declared shape.",
            await Failure.MessageAsync(
                () => parties.Server.ShareAsync(
                    CacheProgram.Gains with { Integers = [] }, new CacheProgram.GainRecord(Tensor.Zeros(1, 2)))));
        Assert.StartsWith(
            "Test.Gains is given as null at its owner.",
            await Failure.MessageAsync(() => parties.Server.ShareAsync(CacheProgram.Gains, null)));
        Assert.StartsWith(
            "Test.Gains belongs to the server, not to this party.",
            await Failure.MessageAsync(() => parties.Client.ShareAsync(CacheProgram.Gains, new CacheProgram.GainRecord(Tensor.Zeros(2)))));
        Assert.StartsWith(
            "Test.Gains is owned by the client.",
            await Failure.MessageAsync(() => parties.Client.ShareAsync(CacheProgram.Gains with { Owner = Party.Client }, null)));

        // None of these started anything.
        (ResidentHandle gains, _) = await parties.ShareAsync(CacheProgram.Gains, new CacheProgram.GainRecord(Tensor.Zeros(2)));
        Assert.Equal([2], gains.Store["Gain"].Shape);
    }

    [Fact]
    public async Task States_that_cannot_be()
    {
        await using ClearExecution clear = new([]);
        StateSchema Schema(string shape, bool isArray = false) => new(
            "Test.State", "tokens", 16, 48, [new StateField("Keys", shape, isArray, -1, 1)]);
        Task<string> Refused(StateSchema schema, params (string, long)[] sizes) =>
            Failure.MessageAsync(() => clear.CreateStateAsync(schema, sizes.ToDictionary(s => s.Item1, s => s.Item2)));
        Assert.Equal(
            "Test.State.Keys has the shape [size, tokens], which does not grow along tokens. Declare tokens as its first axis.",
            await Refused(Schema("size, tokens"), ("size", 3)));
        Assert.StartsWith(
            "Test.State.Keys has the shape [tokens], which does not grow along tokens.", await Refused(Schema("tokens", true)));
        Assert.Equal(
            "Test.State: nothing determines the dimension size. Pass an argument whose shape names it.",
            await Refused(Schema("tokens, size")));
        Assert.StartsWith("Test.State.Keys has 1 tensors with rows of [0]", await Refused(Schema("tokens, size"), ("size", 0)));
        Assert.StartsWith(
            "Test.State.Keys has 0 tensors with rows of [2]",
            await Refused(Schema("layers, tokens, 2*half", true), ("layers", 0), ("half", 1)));
        StateHandle made = await clear.CreateStateAsync(
            Schema("layers, tokens, 2*half", true), new Dictionary<string, long> { ["layers"] = 3, ["half"] = 5 });
        Assert.Equal([3, 0, 10], made.Shape("Keys"));
        Assert.Equal(0, made.Rows);
    }

    [Fact]
    public async Task Class_numbers_become_one_hot_rows()
    {
        OneHotProgram program = new();
        await using ClearExecution clear = new([program]);
        CallResult result = await clear.CallAsync(
            program, new CallRequest { Inputs = [Input.Of(Tensor.From([2, 0, 3], 3))], Integers = [4], Reals = [0.5] });
        Assert.Equal([0f, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1], result.Outputs[0].Value.Values.ToArray());
        Assert.Equal([3, 4], result.Outputs[0].Value.Shape.ToArray());
        foreach ((float token, string text) in new[] { (4f, "4"), (-1f, "-1"), (1.5f, "1.5"), (float.NaN, "NaN") })
        {
            Assert.Equal(
                $"OneHot: tokens is {text} at [1], not a whole number from 0 to 3. Give the numbers of classes.",
                await Failure.MessageAsync(() => clear.CallAsync(
                    program, new CallRequest { Inputs = [Input.Of(Tensor.From([0, token], 2))], Integers = [4], Reals = [0.5] })));
        }
    }

    [Fact]
    public async Task Public_numbers_and_plan_checks()
    {
        OneHotProgram program = new();
        await using ClearExecution clear = new([program]);
        Task<string> Refused(int tokens, long classes, double real) => Failure.MessageAsync(
            () => clear.CallAsync(
                program, new CallRequest { Inputs = [Input.Of(Tensor.Zeros(tokens))], Integers = [classes], Reals = [real] }));
        Assert.Equal("OneHot: theta is 1.5, outside of [0, 1]. Give a value of the declared range.", await Refused(1, 4, 1.5));
        Assert.StartsWith("OneHot: theta is NaN, outside of [0, 1].", await Refused(1, 4, double.NaN));
        Assert.StartsWith("OneHot: classes is 1000, at most 16 are allowed.", await Refused(1, 1000, 0));
        Assert.Equal(
            "OneHot: mod(classes, 2) is 1, 0 is 0, but pairs of classes needs them equal. Give arguments whose sizes fit each other.",
            await Refused(1, 3, 0));
        Assert.StartsWith("OneHot has no such sizes: ", await Refused(1, 0, 0));
    }

    [Fact]
    public void Linear_expressions_are_solved()
    {
        DimensionBinding dimensions = new("P");
        dimensions.Unify(DimensionBinding.ParseShape("groups*repeat*size, 2*half + 1, floordiv(size, 2)"), [24, 9, 2], "x");
        dimensions.Unify(DimensionBinding.ParseShape("groups, size"), [3, 4], "y");
        dimensions.Solve();
        Assert.Equal(2, dimensions.Value("repeat"));
        Assert.Equal(4, dimensions.Value("half"));

        DimensionBinding odd = new("P");
        odd.Unify(DimensionBinding.ParseShape("2*half"), [9], "x");
        MPCacheException e = Assert.Throws<MPCacheException>(odd.Solve);
        Assert.Equal("P: nothing determines the dimension half. Pass an argument whose shape names it.", e.Message);
    }

    [Theory]
    [InlineData(-1, 1, 15)]
    [InlineData(-8, 8, 12)]
    [InlineData(-8.001, 8, 11)]
    [InlineData(0, 0.3, 16)]
    [InlineData(-0.25, 0.1, 17)]
    [InlineData(-5, 1, 12)]
    [InlineData(0, 0, 15)]
    [InlineData(-32768, 0, 0)]
    public void The_scale_of_weights_is_the_largest_that_fits(double low, double high, int expected) =>
        Assert.Equal(expected, WeightScale.FractionBits(low, high));

    [Fact]
    public void The_scale_of_weights_agrees_with_its_formula() => Gen.Double[1e-6, 1e6].Sample(bound =>
    {
        int bits = WeightScale.FractionBits(-bound, bound / 2);
        return bound * Math.Pow(2, bits) <= 32768 && bound * Math.Pow(2, bits + 1) > 32768;
    });

    private static Task<string> CallAsync(ISession session, CompiledProgram program, params Input[] inputs) =>
        Failure.MessageAsync(() => session.CallAsync(program, new CallRequest { Inputs = inputs }));
}
