using System;
using Xunit;

namespace MPCache.Runtime.Tests.Dsl;

/// <summary>An independent reading of tensors: element by element, by multi-dimensional index, in double.</summary>
internal static class Reference
{
    public static Tensor Random(int seed, params int[] shape)
    {
        Random random = new(seed);
        float[] values = new float[Count(shape)];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = random.NextSingle() * 4 - 2;
        }

        return Tensor.From(values, shape);
    }

    /// <summary>The element at an index; an index longer than the rank, or an axis of size 1, is read as broadcasting says.</summary>
    public static double At(Tensor tensor, params ReadOnlySpan<int> index)
    {
        int place = 0;
        int offset = index.Length - tensor.Rank;
        for (int axis = 0; axis < tensor.Rank; axis++)
        {
            int size = tensor.Shape[axis];
            place = place * size + (size == 1 ? 0 : index[offset + axis]);
        }

        return tensor.Values[place];
    }

    /// <summary>Asserts shape and every element, each computed from its index.</summary>
    public static void Equal(int[] shape, Func<int[], double> element, Tensor actual, double relative = 1e-6)
    {
        Assert.Equal(shape, actual.Shape.ToArray());
        Assert.Equal(Count(shape), actual.Values.Length);
        int[] index = new int[shape.Length];
        for (int place = 0; place < actual.Values.Length; place++)
        {
            int rest = place;
            for (int axis = shape.Length - 1; axis >= 0; axis--)
            {
                index[axis] = rest % shape[axis];
                rest /= shape[axis];
            }

            double expected = element(index);
            double error = Math.Abs(expected - actual.Values[place]);
            Assert.True(
                error <= relative * Math.Max(1e-30, Math.Abs(expected)),
                $"[{string.Join(", ", index)}]: expected {expected}, found {actual.Values[place]}");
        }
    }

    private static int Count(int[] shape)
    {
        int count = 1;
        foreach (int size in shape)
        {
            count *= size;
        }

        return count;
    }
}
