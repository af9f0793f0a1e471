using System;
using System.Linq;
using System.Threading.Tasks;
using CsCheck;
using MPCache.Conformance.Harness;
using MPCache.Execution;
using MPCache.Gates;
using MPCache.Ring;
using Xunit;

namespace MPCache.Conformance.Gates;

public sealed class ChampionTests
{
    private static readonly Gen<(int Contenders, int Ring, ulong[][] Values, ulong Seed)> Cases =
        from contenders in Gen.Int[2, 5]
        from ring in Gen.Int[4, 40]
        from groups in Gen.Int[1, 70]
        from spread in Gen.Int[0, ring - 3]
        from values in Samples.Within(-(1L << spread), (1L << spread) - 1, ring).Array[groups].Array[contenders]
        from seed in Gen.ULong
        select (contenders, ring, values, seed);

    /// <summary>Exactly the largest, ties and negative values included.</summary>
    [Fact]
    public void TheLargestOfEachGroupWins() => Cases.Sample(c =>
    {
        int groups = c.Values[0].Length;
        Transcript transcript = Executions.Run(new Best(c.Contenders, c.Ring), Given(c.Values, c.Ring), c.Seed);
        for (int g = 0; g < groups; g++)
        {
            ulong best = c.Values.Select(v => v[g]).MaxBy(v => RingWord.SignExtend(v, c.Ring));
            Assert.Equal(best, transcript.Values[0][g]);
            Assert.Equal(best, transcript.Clear[0][g]);
        }

        int pairs = Champion.Pairs(c.Contenders);
        int digits = Compare.Digits(c.Ring).Length;
        Contract.Expr online = OpenBits.OnlineBytes(pairs * groups, Compare.Planes(c.Ring))
            + (digits > 1 ? OpenBits.OnlineBytes(pairs * groups, 1) : 0) + Open.OnlineBytes(groups, c.Ring);
        Contract.Expr tape = Compare.DigitsTapeBytes(pairs * groups, c.Ring)
            + (digits > 1 ? Compare.CombineTapeBytes(pairs * groups, c.Ring) : 0) + Champion.TapeBytes(groups, c.Contenders, c.Ring);
        transcript.AssertCost(digits > 1 ? 3 : 2, online, tape);
    }, iter: 200);

    [Fact]
    public void ViewsAreUniform() => Uniformity.Assert(
        new Best(3, 8), Given([.. Enumerable.Range(0, 3).Select(_ => Samples.Constant(0, 8))], 8),
        Given([.. Enumerable.Range(0, 3).Select(i => Samples.Constant((ulong)(20 * i), 8))], 8));

    [Fact]
    public void OtherDifferencesAreRefused() =>
        Assert.Throws<ArgumentException>(() => Executions.Run(new Best(3, 8, @short: true), Given([[1, 2], [3, 4], [5, 6]], 8)));

    private static Inputs Given(ulong[][] values, int ring) =>
        values.Skip(1).Aggregate(Inputs.Of(values[0], ring), (inputs, next) => inputs.And(next, ring));

    private sealed class Best(int contenders, int ring, bool @short = false) : GateProgram
    {
        public override async ValueTask RunAsync<TRole>(Stage stage)
        {
            RingValue[] x = [.. Enumerable.Range(0, contenders).Select(stage.Masked)];
            RingValue differences = Local.Subtract(stage.Run, x[0], x[1], ring);
            for (int i = 0; i < contenders; i++)
            {
                for (int j = i + 1; j < contenders; j++)
                {
                    if (i + j > 1)
                    {
                        RingValue next = Local.Subtract(stage.Run, x[i], x[j], ring);
                        differences = Local.Concat(stage.Run, differences, [differences.Count], next, [next.Count], 0);
                    }
                }
            }

            BitValue bits = await stage.OpenBitsAsync<TRole>(Compare.Digits<TRole>(stage.Run, stage.Next(), differences, ring, [0]));
            if (Compare.Digits(ring).Length > 1)
            {
                bits = await stage.OpenBitsAsync<TRole>(Compare.Combine<TRole>(stage.Run, stage.Next(), bits, ring));
            }

            RingValue chosen = Champion.Choose<TRole>(stage.Run, stage.Next(), bits, @short ? x[0] : differences, contenders, ring);
            RingValue last = Local.ToAdditive<TRole>(stage.Run, x[contenders - 1], ring);
            stage.PutMasked(await stage.OpenAsync<TRole>(Local.Add(stage.Run, last, chosen, ring), ring), ring);
        }
    }
}
