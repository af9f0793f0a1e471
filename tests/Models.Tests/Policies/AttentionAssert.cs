using System.Collections.Generic;
using System.Linq;
using Xunit;
using static MPCache.Functions;

namespace MPCache.Models.Tests.Policies;

/// <summary>What the language's methods give, held against the references.</summary>
public static class AttentionAssert
{
    private const double Tolerance = 1e-5;

    /// <summary>The numbers of a tensor, in row-major order.</summary>
    public static void Near(IEnumerable<double> expected, Tensor actual, double tolerance = Tolerance)
    {
        double[] numbers = [.. expected];
        Assert.Equal(numbers.Length, actual.Values.Length);
        for (int i = 0; i < numbers.Length; i++)
        {
            Assert.InRange(actual.Values[i] - numbers[i], -tolerance, tolerance);
        }
    }

    /// <summary>Which rows a selection of one group chooses, ascending: ones are scattered through it.</summary>
    public static int[] Chosen(Selection selection) => Marked(Scatter(Ones(selection.Count), selection).Values.ToArray());

    /// <summary>Which rows each group of a selection chooses, ascending.</summary>
    public static int[][] Chosen(Selection selection, int groups)
    {
        float[] marks = Scatter(Ones(groups, selection.Count), selection).Values.ToArray();
        return [.. Enumerable.Range(0, groups).Select(group => Marked([.. marks.Skip(group * selection.Rows).Take(selection.Rows)]))];
    }

    private static Tensor Ones(params int[] shape) => Tensor.Zeros(shape) + 1f;

    private static int[] Marked(float[] marks) => [.. Enumerable.Range(0, marks.Length).Where(row => marks[row] == 1)];
}
