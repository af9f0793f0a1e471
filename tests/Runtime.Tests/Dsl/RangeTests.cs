using System;
using System.Threading.Tasks;
using Xunit;

namespace MPCache.Runtime.Tests.Dsl;

public class RangeTests
{
    private readonly Tensor _x = Tensor.From([-1, 0.5f, 2, 0, 0, 7], 2, 3);

    [Fact]
    public void A_value_inside_passes_unchanged()
    {
        Assert.Same(_x, _x.Within(-1, 7));
        Tensor empty = Tensor.Zeros(0);
        Assert.Same(empty, empty.Within(1, 2));
    }

    [Fact]
    public void A_value_outside_is_named_with_its_place_and_expression()
    {
        RangeException error = Assert.Throws<RangeException>(() => (_x +
            1).Within(-1, 7.5));
        Assert.Equal("_x + 1", error.Expression);
        Assert.Equal(8, error.Value);
        Assert.Equal("[1, 2]", error.Index);
        Assert.Equal(-1, error.Low);
        Assert.Equal(7.5, error.High);
        Assert.Contains("8 at [1, 2]", error.Message, StringComparison.Ordinal);
        Assert.Contains("Within(-1, 7.5)", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(-1.0000001f)]
    public void Only_numbers_inside_pass(float value)
    {
        Assert.Throws<RangeException>(() => Tensor.Scalar(value).Within(-1, 1));
    }

    [Fact]
    public void Bounds_are_compared_exactly()
    {
        // 0.1f is a little more than 0.1.
        Assert.Throws<RangeException>(() => Tensor.Scalar(0.1f).Within(0, 0.1));
        Tensor.Scalar(0.1f).Within(0.1, 1);
    }

    [Fact]
    public void Bounds_that_are_no_interval_are_refused()
    {
        Assert.Throws<ArgumentException>(() => _x.Within(1, -1));
        Assert.Throws<ArgumentException>(() => _x.Within(double.NaN, 1));
    }

    [Fact]
    public void A_recorder_keeps_the_extremes_of_each_assertion()
    {
        using RangeRecorder recorder = RangeRecorder.Start();
        Tensor y = _x * 2;
        foreach (int i in new[] { 1, 2, -3, 0 })
        {
            (_x * i).Within(-100, 100);
        }

        y.Within(-100, 100);
        y.Within(-50, 50);
        Tensor.Zeros(0).Within(3, 4);
        Assert.Equal(
            [
                new RangeObservation("_x * i", -100, 100, -21, 14),
                new RangeObservation("y", -100, 100, -2, 14),
                new RangeObservation("y", -50, 50, -2, 14),
            ],
            recorder.Observations);
    }

    [Fact]
    public void A_recorder_still_throws_and_keeps_what_it_saw()
    {
        using RangeRecorder recorder = RangeRecorder.Start();
        Assert.Throws<RangeException>(() => _x.Within(0, 1));
        RangeObservation seen = Assert.Single(recorder.Observations);
        Assert.True(seen.IsViolated);
        Assert.Equal((-1f, 7f), (seen.Minimum, seen.Maximum));
        Assert.Equal("_x: declared [0, 1], seen [-1, 7], violated", seen.ToString());
    }

    [Fact]
    public void Recording_only_does_not_throw()
    {
        using (RangeRecorder recorder = RangeRecorder.Start(recordOnly: true))
        {
            Assert.Same(_x, _x.Within(0, 1));
            Tensor broken = Tensor.From([0, float.NaN, 1], 3);
            broken.Within(0, 1);
            _x.Within(-1, 7);
            Assert.Equal([true, true, false], [.. System.Linq.Enumerable.Select(recorder.Observations, seen => seen.IsViolated)]);
            Assert.True(float.IsNaN(recorder.Observations[1].Maximum));
        }

        Assert.Throws<RangeException>(() => _x.Within(0, 1));
    }

    [Fact]
    public void The_inner_of_two_scopes_records()
    {
        using RangeRecorder outer = RangeRecorder.Start();
        using (RangeRecorder inner = RangeRecorder.Start(recordOnly: true))
        {
            Assert.Same(inner, RangeRecorder.Current);
            _x.Within(0, 1);
            Assert.Single(inner.Observations);
        }

        Assert.Same(outer, RangeRecorder.Current);
        Assert.Empty(outer.Observations);
        outer.Dispose();
        outer.Dispose();
        Assert.Null(RangeRecorder.Current);
    }

    [Fact]
    public async Task A_scope_follows_into_tasks_and_is_invisible_beside_them()
    {
        TaskCompletionSource opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource looked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<int> recording = Task.Run(async () =>
        {
            using RangeRecorder recorder = RangeRecorder.Start(recordOnly: true);
            opened.SetResult();
            await looked.Task;
            await Task.WhenAll(Task.Run(() => _x.Within(0, 1)), Task.Run(() => (-_x).Within(0, 1)));
            return recorder.Observations.Count;
        });
        await opened.Task;
        Assert.Null(RangeRecorder.Current);
        Assert.Throws<RangeException>(() => _x.Within(0, 1));
        looked.SetResult();
        Assert.Equal(2, await recording);
    }
}
