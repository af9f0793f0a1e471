using System;
using System.Linq;
using CsCheck;
using MPCache.Execution;
using Xunit;

namespace MPCache.Conformance.Execution;

/// <summary>Against index arithmetic, element by element.</summary>
public sealed class LayoutTests
{
    private static readonly Gen<int[]> Shapes = Gen.Int[0, 4].Array[0, 5].Where(s => s.Aggregate(1, (a, b) => a * b) <= 400);

    [Fact]
    public void Permute() => (
        from shape in Shapes
        from axes in Gen.Shuffle(Enumerable.Range(0, shape.Length).ToArray())
        select (shape, axes)).Sample(c =>
        {
            int[] result = [.. c.axes.Select(a => c.shape[a])];
            ulong[] z = new ulong[Layout.Count(result)];
            Layout.Permute(Numbered(c.shape), z, c.shape, c.axes);
            for (int i = 0; i < z.Length; i++)
            {
                int[] at = Index(i, result);
                int[] from = new int[at.Length];
                for (int k = 0; k < at.Length; k++)
                {
                    from[c.axes[k]] = at[k];
                }

                Assert.Equal((ulong)Position(from, c.shape), z[i]);
            }
        });

    [Fact]
    public void Broadcast() => (
        from to in Shapes
        from ones in Gen.Bool.Array[to.Length]
        select (to, ones)).Sample(c =>
        {
            int[] from = [.. c.to.Select((size, k) => c.ones[k] ? 1 : size)];
            ulong[] z = new ulong[Layout.Count(c.to)];
            Layout.Broadcast(Numbered(from), z, from, c.to);
            for (int i = 0; i < z.Length; i++)
            {
                int[] at = [.. Index(i, c.to).Select((k, axis) => from[axis] == 1 ? 0 : k)];
                Assert.Equal((ulong)Position(at, from), z[i]);
            }
        });

    [Fact]
    public void Slice() => (
        from shape in Shapes.Where(s => s.Length > 0)
        from axis in Gen.Int[0, shape.Length - 1]
        from start in Gen.Int[0, shape[axis]]
        from length in Gen.Int[0, shape[axis] - start]
        select (shape, axis, start, length)).Sample(c =>
        {
            int[] result = [.. c.shape];
            result[c.axis] = c.length;
            ulong[] z = new ulong[Layout.Count(result)];
            Layout.Slice(Numbered(c.shape), z, c.shape, c.axis, c.start, c.length);
            for (int i = 0; i < z.Length; i++)
            {
                int[] at = Index(i, result);
                at[c.axis] += c.start;
                Assert.Equal((ulong)Position(at, c.shape), z[i]);
            }
        });

    [Fact]
    public void Concat() => (
        from shape in Shapes.Where(s => s.Length > 0)
        from axis in Gen.Int[0, shape.Length - 1]
        from second in Gen.Int[0, 4]
        select (shape, axis, second)).Sample(c =>
        {
            int[] other = [.. c.shape];
            other[c.axis] = c.second;
            int[] result = [.. c.shape];
            result[c.axis] += c.second;
            ulong[] z = new ulong[Layout.Count(result)];
            ulong[] y = [.. Numbered(other).Select(n => n + 1000)];
            Layout.Concat(Numbered(c.shape), c.shape, y, other, c.axis, z);
            for (int i = 0; i < z.Length; i++)
            {
                int[] at = Index(i, result);
                bool first = at[c.axis] < c.shape[c.axis];
                at[c.axis] -= first ? 0 : c.shape[c.axis];
                Assert.Equal(first ? (ulong)Position(at, c.shape) : 1000 + (ulong)Position(at, other), z[i]);
            }
        });

    [Fact]
    public void WhatDoesNotFitIsRefused()
    {
        ulong[] six = new ulong[6];
        Assert.Throws<ArgumentException>(() => Layout.Permute(six, new ulong[6], [2, 3], [0, 0]));
        Assert.Throws<ArgumentException>(() => Layout.Permute(six, new ulong[6], [2, 3], [0, 2]));
        Assert.Throws<ArgumentException>(() => Layout.Permute(six, new ulong[6], [2, 2], [0, 1]));
        Assert.Throws<ArgumentException>(() => Layout.Permute(six, new ulong[5], [2, 3], [1, 0]));
        Assert.Throws<ArgumentException>(() => Layout.Broadcast(six, new ulong[12], [2, 3], [4, 3]));
        Assert.Throws<ArgumentException>(() => Layout.Broadcast(six, new ulong[12], [2, 3], [2, 2, 3]));
        Assert.Throws<ArgumentException>(() => Layout.Slice(six, new ulong[4], [2, 3], 1, 2, 2));
        Assert.Throws<ArgumentException>(() => Layout.Concat(six, [2, 3], six, [3, 2], 0, new ulong[12]));
        Assert.Throws<OverflowException>(() => Layout.Count([1 << 20, 1 << 20]));
    }

    private static ulong[] Numbered(int[] shape) => [.. Enumerable.Range(0, Layout.Count(shape)).Select(i => (ulong)i)];

    private static int[] Index(int position, int[] shape)
    {
        int[] index = new int[shape.Length];
        for (int k = shape.Length - 1; k >= 0; k--)
        {
            index[k] = position % shape[k];
            position /= shape[k];
        }

        return index;
    }

    private static int Position(int[] index, int[] shape)
    {
        int position = 0;
        for (int k = 0; k < shape.Length; k++)
        {
            position = (position * shape[k]) + index[k];
        }

        return position;
    }
}
