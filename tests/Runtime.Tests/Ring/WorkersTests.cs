using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using CsCheck;
using MPCache.Ring;
using Xunit;

namespace MPCache.Runtime.Tests.Ring;

public class WorkersTests
{
    [Fact]
    public void EveryItemIsDoneOnce() =>
        Gen.Select(Gen.Int[0, 500], Gen.Int[0, 60], Gen.Int[1, 9]).Sample(
            (items, least, cores) =>
            {
                int[] times = new int[items];
                Workers.For(items, least, cores, new Count(times));
                Assert.All(times, t => Assert.Equal(1, t));
            },
            iter: 500, threads: 1);

    [Fact]
    public async Task CallersDoNotDisturbEachOther()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (int round = 0; round < 200; round++)
            {
                int[] times = new int[100];
                Workers.For(times.Length, 1, 4, new Count(times));
                Assert.All(times, t => Assert.Equal(1, t));
            }
        })));
    }

    [Fact]
    public void WhatFailsInAPartFailsAtTheCaller()
    {
        for (int bad = 0; bad < 16; bad++)
        {
            InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => Workers.For(16, 1, 4, new Failing(bad)));
            Assert.Equal($"item {bad}", error.Message);
        }
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(9, 10, 1)]
    [InlineData(20, 10, 2)]
    public void FewItemsAreOnePart(int items, int least, int parts) => Assert.InRange(Workers.Parts(items, least), 1, parts);

    private readonly struct Count(int[] times) : IWork
    {
        public void Do(int from, int to)
        {
            for (int i = from; i < to; i++)
            {
                Interlocked.Increment(ref times[i]);
            }
        }
    }

    private readonly struct Failing(int bad) : IWork
    {
        public void Do(int from, int to)
        {
            if (from <= bad && bad < to)
            {
                throw new InvalidOperationException($"item {bad}");
            }
        }
    }
}
