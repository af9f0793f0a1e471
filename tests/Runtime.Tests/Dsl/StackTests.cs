using System;
using Xunit;
using static MPCache.Runtime.Tests.Dsl.Reference;

namespace MPCache.Runtime.Tests.Dsl;

public class StackTests
{
    private readonly Tensor _cube = Reference.Random(1, 2, 3, 5);

    [Fact]
    public void Tensors_stand_one_behind_the_other()
    {
        Equal([3, 2, 5], i => At(_cube, i[1], i[0], i[2]) * 2, Tensor.Stack(3, i => _cube.Slice(1, i, 1).Reshape(2, 5) * 2));
        Equal([4], i => i[0], Tensor.Stack(4, i => Tensor.Scalar(i)));
        Equal([2, 0, 3], _ => 0, Tensor.Stack(2, _ => Tensor.Zeros(0, 3)));
    }

    [Fact]
    public void What_cannot_be_stacked_is_refused()
    {
        Assert.All([0, -1], count => Assert.Contains(
            $"{count} tensors cannot be stacked: the shape is that of the first",
            Assert.Throws<ShapeException>(() => Tensor.Stack(count, _ => _cube)).Message, StringComparison.Ordinal));
        string message = Assert.Throws<ShapeException>(() => Tensor.Stack(3, i => Tensor.Zeros(2, 1 + (i / 2)))).Message;
        Assert.Contains("[2, 1]", message, StringComparison.Ordinal);
        Assert.Contains("the tensor of 2 the shape [2, 2]", message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => Tensor.Stack(0, null!));
        Assert.Throws<ArgumentException>(() => Tensor.Stack(1, _ => null!));
    }
}
