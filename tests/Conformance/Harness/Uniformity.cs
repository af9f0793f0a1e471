using System;

namespace MPCache.Conformance.Harness;

/// <summary>
/// Whether what a party receives looks the same for two very different inputs: every bit is a fair coin, every byte is uniform, and so is
/// the exclusive or of bytes some way apart, which a mask used twice would not give. Seeds are fixed, so the outcome is too; the thresholds
/// lie so far out that a sound gate passes with any seeds. Sizes must be chosen so that nothing received is padding.
/// </summary>
public static class Uniformity
{
    private const int Runs = 400;
    private const double Deviations = 6.5;

    /// <summary>Fails where a party's view depends on the input or is not uniform.</summary>
    public static void Assert(GateProgram program, Inputs first, Inputs second)
    {
        foreach (Inputs inputs in (Inputs[])[first, second])
        {
            byte[][] server = new byte[Runs][];
            byte[][] client = new byte[Runs][];
            for (int i = 0; i < Runs; i++)
            {
                Transcript transcript = Executions.Run(program, inputs, (ulong)i + 1000);
                server[i] = transcript.SeenByServer;
                client[i] = transcript.SeenByClient;
            }

            AssertUniform("server", server);
            AssertUniform("client", client);
        }
    }

    private static void AssertUniform(string party, byte[][] views)
    {
        int length = views[0].Length;
        if (length == 0)
        {
            return;
        }

        for (int bit = 0; bit < 8 * length; bit++)
        {
            int ones = 0;
            foreach (byte[] view in views)
            {
                ones += view[bit >> 3] >> (bit & 7) & 1;
            }

            double z = Math.Abs(ones - (Runs / 2.0)) / Math.Sqrt(Runs / 4.0);
            Xunit.Assert.True(z < Deviations, $"bit {bit} of the {8 * length} that the {party} receives is one in {ones} of {Runs} runs");
        }

        AssertBytesUniform($"bytes that the {party} receives", views, 0);
        foreach (int distance in (int[])[1, 2, 3, 4, 5, 8, length / 3, length / 2, 2 * length / 3])
        {
            if (distance > 0 && distance < length)
            {
                AssertBytesUniform($"bytes that the {party} receives, combined {distance} apart,", views, distance);
            }
        }
    }

    private static void AssertBytesUniform(string what, byte[][] views, int distance)
    {
        long[] histogram = new long[256];
        long total = 0;
        foreach (byte[] view in views)
        {
            for (int i = 0; i + distance < view.Length; i++)
            {
                histogram[distance == 0 ? view[i] : view[i] ^ view[i + distance]]++;
                total++;
            }
        }

        double expected = total / 256.0;
        double chiSquare = 0;
        foreach (long count in histogram)
        {
            chiSquare += (count - expected) * (count - expected) / expected;
        }

        double limit = 255 + (Deviations * Math.Sqrt(2 * 255));
        Xunit.Assert.True(chiSquare < limit, $"{what} are not uniform: chi-square {chiSquare:F0} with 255 degrees of freedom");
    }
}
