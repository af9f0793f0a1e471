using System;
using CsCheck;
using Xunit;
using static MPCache.Functions;
using static MPCache.Runtime.Tests.Dsl.Reference;

namespace MPCache.Runtime.Tests.Dsl;

public class OperatorTests
{
    public static TheoryData<int[], int[], int[]> Shapes => new()
    {
        { [2, 3], [2, 3], [2, 3] },
        { [2, 3], [3], [2, 3] },
        { [2, 3], [1], [2, 3] },
        { [2, 3], [], [2, 3] },
        { [2, 1], [1, 3], [2, 3] },
        { [4], [2, 3, 1], [2, 3, 4] },
        { [2, 1, 4], [3, 1], [2, 3, 4] },
        { [2, 3, 4], [2, 1, 4], [2, 3, 4] },
        { [1, 3, 1, 5], [2, 1, 4, 1], [2, 3, 4, 5] },
        { [0, 3], [1, 3], [0, 3] },
        { [1, 3], [0, 1], [0, 3] },
        { [], [], [] },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Operands_broadcast(int[] left, int[] right, int[] common)
    {
        Tensor x = Reference.Random(1, left);
        Tensor y = Reference.Random(2, right);
        foreach ((Tensor a, Tensor b) in new[] { (x, y), (y, x) })
        {
            Equal(common, i => (float)At(a, i) + (float)At(b, i), a + b);
            Equal(common, i => (float)At(a, i) - (float)At(b, i), a - b);
            Equal(common, i => (float)At(a, i) * (float)At(b, i), a * b);
            Equal(common, i => Math.Max(At(a, i), At(b, i)), Maximum(a, b), relative: 0);
            Equal(common, i => Math.Min(At(a, i), At(b, i)), Minimum(a, b), relative: 0);
            Equal(common, i => At(a, i) < At(b, i) ? 1 : 0, Less(a, b), relative: 0);
        }
    }

    [Fact]
    public void Random_shapes_broadcast()
    {
        Gen<(int[], int, int, int)> cases = Gen.Select(Gen.Int[1, 3].Array[1, 4], Gen.Int[0, 15], Gen.Int[0, 15], Gen.Int[0, 4]);
        cases.Sample((common, onesLeft, onesRight, dropped) =>
        {
            int[] left = [.. common];
            int[] right = [.. common];
            for (int axis = 0; axis < common.Length; axis++)
            {
                left[axis] = (onesLeft >> axis & 1) != 0 ? 1 : left[axis];
                right[axis] = (onesRight >> axis & 1) != 0 || axis < dropped ? 1 : right[axis];
            }

            int[] expected = new int[common.Length];
            for (int axis = 0; axis < common.Length; axis++)
            {
                expected[axis] = Math.Max(left[axis], right[axis]);
            }

            Tensor x = Reference.Random(1, left);
            Tensor y = Reference.Random(2, right[Math.Min(dropped, right.Length)..]);
            Equal(expected, i => (float)At(x, i) - (float)At(y, i), x - y);
        });
    }

    [Fact]
    public void Numbers_stand_on_either_side()
    {
        Tensor x = Reference.Random(3, 2, 3);
        Equal([2, 3], i => (float)At(x, i) + 0.3f, x + 0.3f);
        Equal([2, 3], i => 0.3f + (float)At(x, i), 0.3f + x);
        Equal([2, 3], i => (float)At(x, i) - 0.3f, x - 0.3f);
        Equal([2, 3], i => 0.3f - (float)At(x, i), 0.3f - x);
        Equal([2, 3], i => (float)At(x, i) * 0.3f, x * 0.3f);
        Equal([2, 3], i => 0.3f * (float)At(x, i), 0.3f * x);
        Equal([2, 3], i => -At(x, i), -x, relative: 0);
    }

    [Fact]
    public void Operands_are_left_unchanged()
    {
        Tensor x = Tensor.From([1, 2], 2);
        Tensor negative = -x;
        Tensor sum = x + x;
        Assert.Equal([1f, 2], x.Values.ToArray());
        Assert.Equal([-1f, -2], negative.Values.ToArray());
        Assert.Equal([2f, 4], sum.Values.ToArray());
    }

    [Theory]
    [InlineData("+")]
    [InlineData("-")]
    [InlineData("*")]
    [InlineData("Maximum")]
    [InlineData("Minimum")]
    [InlineData("Less")]
    public void Shapes_that_do_not_broadcast_are_both_named(string operation)
    {
        Tensor x = Tensor.Zeros(2, 3);
        Tensor y = Tensor.Zeros(4, 2, 2);
        ShapeException error = Assert.Throws<ShapeException>(() => operation switch
        {
            "+" => x + y,
            "-" => x - y,
            "*" => x * y,
            "Maximum" => Maximum(x, y),
            "Minimum" => Minimum(x, y),
            _ => Less(x, y),
        });
        Assert.Equal(operation, error.Operation);
        Assert.Contains("[2, 3]", error.Message, StringComparison.Ordinal);
        Assert.Contains("[4, 2, 2]", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void A_result_too_large_to_exist_is_refused()
    {
        Assert.Throws<ShapeException>(() => Tensor.Zeros(65536, 1) + Tensor.Zeros(1, 65536));
    }
}
