using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using MPCache.Programs.Tests.Harness;
using MPCache.Programs.Tests.Programs;
using MPCache.Sessions;
using Xunit;

namespace MPCache.Programs.Tests;

public class WrongArgumentTests
{
    [Fact]
    public async Task Sizes_that_do_not_fit_are_named_before_anything_is_sent()
    {
        await using Trial trial = await Trial.StartAsync(MatrixProduct.MultiplyProgram);
        await FailsAsync(trial, side => MatrixProduct.MultiplyAsync(
            side.Session, side.Server(Tensor.Zeros(2, 3)), side.Client(Tensor.Zeros(4, 5))),
            "inner is 3 by axis 1 of left, but 4 by axis 0 of right");
        await FailsAsync(trial, side => MatrixProduct.MultiplyAsync(
            side.Session, side.Server(Tensor.Zeros(3)), side.Client(Tensor.Zeros(3, 5))), "left has the shape [3]");
        await FailsAsync(trial, side => MatrixProduct.MultiplyAsync(
            side.Session, side.Server(Tensor.Zeros(65, 1)), side.Client(Tensor.Zeros(1, 1))), "rows");

        // Nothing was sent, so the session goes on.
        Tensor one = Tensor.From([1.5f], 1, 1);
        await trial.AgreeAsync(one, 1e-4, side => MatrixProduct.MultiplyAsync(
            side.Session, side.Server(one), side.Client(Tensor.From([1], 1, 1))));
    }

    [Fact]
    public async Task A_size_that_the_program_computes_is_checked_too()
    {
        await using Trial trial = await Trial.StartAsync(Layouts.ApplyProgram);
        await FailsAsync(trial, side => Layouts.ApplyAsync(
            side.Session, side.Client(Tensor.Zeros(2, 3, 3)), side.Server(Tensor.Zeros(2, 3, 3)), 0), "half");
    }

    [Theory]
    [InlineData(4.001f)]
    [InlineData(-4.001f)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public async Task A_value_outside_of_its_range_is_named_at_its_owner(float value)
    {
        await using Trial trial = await Trial.StartAsync(MatrixProduct.MultiplyProgram);
        foreach (Side side in new[] { trial.Sides[0], trial.Sides[1] })
        {
            MPCacheException e = await Assert.ThrowsAsync<MPCacheException>(() => MatrixProduct.MultiplyAsync(
                side.Session, Input.Of(Tensor.From([0, value], 1, 2)), side.Client(Tensor.Zeros(2, 1))));
            Assert.Contains("left is ", e.Message, StringComparison.Ordinal);
            Assert.Contains("at [0, 1], outside of [-4, 4]", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Values_of_the_other_party_and_missing_ones_are_refused()
    {
        await using Trial trial = await Trial.StartAsync(MatrixProduct.MultiplyProgram);
        Tensor one = Tensor.Zeros(1, 1);
        MPCacheException foreign = await Assert.ThrowsAsync<MPCacheException>(() =>
            MatrixProduct.MultiplyAsync(trial.Sides[2].Session, Input.Of(one), Input.Of(one)));
        Assert.Contains("left belongs to the server", foreign.Message, StringComparison.Ordinal);
        MPCacheException missing = await Assert.ThrowsAsync<MPCacheException>(() =>
            MatrixProduct.MultiplyAsync(trial.Sides[2].Session, Input.Of(1, 1), Input.Of(1, 1)));
        Assert.Contains("right is given by its shape alone", missing.Message, StringComparison.Ordinal);
    }

    private static async Task FailsAsync(Trial trial, Func<Side, Task<CallResult>> call, string cause)
    {
        IReadOnlyList<MPCacheException> failures = await trial.FailAsync(call);
        Assert.All(failures, e =>
        {
            Assert.Contains(cause, e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', e.Message);
        });
    }
}
