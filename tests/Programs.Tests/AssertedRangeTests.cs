using System;
using System.Threading.Tasks;
using MPCache.Programs.Tests.Programs;
using MPCache.Sessions;
using Xunit;

namespace MPCache.Programs.Tests;

/// <summary>An assertion holds in the plain run and in the run in the clear alike.</summary>
public class AssertedRangeTests
{
    [Fact]
    public async Task A_value_at_the_bound_passes()
    {
        await using ClearExecution clear = new([Asserted.ApplyProgram]);
        CallResult result = await Asserted.ApplyAsync(clear, Input.Of(Tensor.From([2, -2, 0], 3)));
        Assert.Equal([4, 4, 0], result.Outputs[0].Value.Values.ToArray());
    }

    [Fact]
    public async Task A_value_that_stays_shared_is_seen_too()
    {
        await using ClearExecution clear = new([Asserted.ApplySharedProgram]);
        CallResult result = await Asserted.ApplySharedAsync(clear, Input.Of(Tensor.From([2, -2, 0], 3)));
        Assert.Equal(1.2f, result.Outputs[0].Value.Values[1], 1e-3f);
        RangeException exception = await Assert.ThrowsAsync<RangeException>(
            () => Asserted.ApplySharedAsync(clear, Input.Of(Tensor.From([1, 2.5f, 0], 3))));
        Assert.Contains("x * x", exception.Expression, StringComparison.Ordinal);
        Assert.Equal(6.25f, exception.Value, 1e-3f);
    }

    [Fact]
    public async Task A_value_outside_is_named_with_its_expression()
    {
        Tensor x = Tensor.From([1, 2.5f, 0], 3);
        RangeException plain = Assert.Throws<RangeException>(() => Asserted.Apply(x));
        await using ClearExecution clear = new([Asserted.ApplyProgram]);
        RangeException exception = await Assert.ThrowsAsync<RangeException>(() => Asserted.ApplyAsync(clear, Input.Of(x)));
        Assert.Contains("x * x", exception.Expression, StringComparison.Ordinal);
        Assert.Equal(plain.Value, exception.Value, 1e-3f);
        Assert.Equal((plain.Low, plain.High), (exception.Low, exception.High));
        Assert.Contains("element 1", exception.Message, StringComparison.Ordinal);
    }
}
