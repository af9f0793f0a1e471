using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using MPCache.Execution;
using Xunit;

namespace MPCache.Runtime.Tests.Execution;

public class WordPoolTests
{
    [Fact]
    public void Buffers_are_as_long_as_asked_and_little_longer() => Gen.Int[0, 1 << 22].Sample(
        count =>
        {
            int length = new WordPool().Rent(count).Length;
            Assert.InRange(length, count, count == 0 ? 0 : Math.Max(16, count + (count / 4) + 1));
        },
        iter: 200);

    [Fact]
    public void Buffers_of_all_sizes_come_back_to_whoever_asks_for_as_many_words() => Gen.Int[1, 5000].Array[1, 40].Sample(
        counts =>
        {
            WordPool pool = new();
            ulong[][] first = Rent(pool, counts);
            Assert.Equal(first.Length, first.Distinct(ReferenceEqualityComparer.Instance).Count());
            GiveBack(pool, first);
            ulong[][] second = Rent(pool, counts);
            Assert.True(new HashSet<object>(first, ReferenceEqualityComparer.Instance).SetEquals(second));
        },
        iter: 100);

    [Fact]
    public void A_second_call_like_the_first_allocates_nothing()
    {
        WordPool pool = new();
        int[] counts = [1, 16, 17, 100, 100, 4096, 70_000];
        ulong[][] held = new ulong[counts.Length][];
        Call();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Call();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Call()
        {
            for (int i = 0; i < counts.Length; i++)
            {
                held[i] = pool.Rent(counts[i]);
            }

            for (int i = 0; i < counts.Length; i++)
            {
                pool.Return(held[i]);
            }

            pool.Trim();
        }
    }

    [Fact]
    public void What_several_calls_in_a_row_had_no_use_for_is_let_go()
    {
        WordPool pool = new();
        ulong[] large = pool.Rent(100_000);
        pool.Return(large);
        pool.Trim();
        for (int call = 0; call < 7; call++)
        {
            pool.Trim();
        }

        Assert.Same(large, pool.Rent(100_000));
        pool.Return(large);
        pool.Trim();
        for (int call = 0; call < 8; call++)
        {
            pool.Trim();
        }

        Assert.NotSame(large, pool.Rent(100_000));
    }

    [Fact]
    public void Large_buffers_are_let_go_after_one_call_without_use()
    {
        WordPool pool = new();
        ulong[] large = pool.Rent(200_000);
        pool.Return(large);
        pool.Trim();
        Assert.Same(large, pool.Rent(200_000));
        pool.Return(large);
        pool.Trim();
        pool.Trim();
        Assert.NotSame(large, pool.Rent(200_000));
    }

    [Fact]
    public void Buffers_of_others_are_refused()
    {
        WordPool pool = new();
        Assert.Throws<ArgumentException>(() => pool.Return(new ulong[17]));
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Rent(-1));
    }

    private static ulong[][] Rent(WordPool pool, int[] counts) => [.. counts.Select(pool.Rent)];

    private static void GiveBack(WordPool pool, ulong[][] buffers)
    {
        foreach (ulong[] buffer in buffers)
        {
            pool.Return(buffer);
        }
    }
}
