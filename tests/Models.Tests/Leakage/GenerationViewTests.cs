using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using MPCache.Models.Generation;
using MPCache.TestSupport;
using Xunit;

namespace MPCache.Models.Tests.Leakage;

/// <summary>
/// Whole private generations, from the greeting to the last byte: for two prompts of one length the parties get messages of the same
/// lengths, in which the same bits are constant and bytes are distributed alike; the dealer gets the same, byte by byte.
/// </summary>
public sealed class GenerationViewTests
{
    private const int Length = 9;
    private const int Runs = 50;

    [Theory]
    [InlineData("mpcache cluster=2 static=0.7 keep=0.6 levels=1")]
    [InlineData("h2o budget=0.5")]
    public async Task PromptsOfOneLengthLookAlike(string policy)
    {
        SmallModel model = new(1, 16);
        Alarm alarm = new();
        int[] equal = [.. Enumerable.Repeat(3, Length)];
        byte[][][] first = await WatchAsync(model, equal, policy);
        foreach (int[] prompt in (int[][])[SmallModel.Prompt(Length, 1), [3, .. Enumerable.Range(0, Length - 1)]])
        {
            byte[][][] other = await WatchAsync(model, prompt, policy);
            for (int direction = 0; direction < 4; direction++)
            {
                byte[][] a = [.. first.Select(run => run[direction])];
                byte[][] b = [.. other.Select(run => run[direction])];
                Assert.All(a.Concat(b), bytes => Assert.Equal(a[0].Length, bytes.Length));
                if (direction < 2)
                {
                    AssertSameConstants(a, b);
                    alarm.Same($"bytes in direction {direction}", Histogram(a), Histogram(b));
                }
                else
                {
                    Assert.All(a.Concat(b), bytes => Assert.Equal(a[0], bytes));
                }
            }
        }

        alarm.AssertSilent();
    }

    /// <summary>
    /// Bits that are the same in every run of one sample, headers and public texts among them, are so in the other: a fair coin falls the
    /// same way in all runs with a probability of 2^−49, times some million bits. All that is not constant is a coin: the session's random
    /// identifier is sent in binary.
    /// </summary>
    private static void AssertSameConstants(byte[][] first, byte[][] second)
    {
        Assert.Equal(Constant(first, ones: true), Constant(second, ones: true));
        Assert.Equal(Constant(first, ones: false), Constant(second, ones: false));

        static byte[] Constant(byte[][] runs, bool ones)
        {
            byte[] constant = [.. Enumerable.Repeat((byte)0xFF, runs[0].Length)];
            foreach (byte[] run in runs)
            {
                for (int i = 0; i < run.Length; i++)
                {
                    constant[i] &= ones ? run[i] : (byte)~run[i];
                }
            }

            return constant;
        }
    }

    private static long[] Histogram(byte[][] runs)
    {
        long[] counts = new long[256];
        foreach (byte value in runs.SelectMany(run => run))
        {
            counts[value]++;
        }

        return counts;
    }

    private static async Task<byte[][][]> WatchAsync(SmallModel model, int[] prompt, string policy)
    {
        List<byte[][]> runs = [];
        for (int i = 0; i < Runs; i++)
        {
            Wiretap wiretap = new();
            await using (TwoParties parties = await TwoParties.StartAsync(wiretap, [.. LlamaPrograms.All]))
            {
                await model.GenerateAsync(parties.Server, parties.Client, prompt, 3, policy);
            }

            runs.Add([
                wiretap.ServerFromClient.From(0), wiretap.ClientFromServer.From(0), wiretap.DealerFromServer.From(0),
                wiretap.DealerFromClient.From(0),
            ]);
        }

        return [.. runs];
    }
}
