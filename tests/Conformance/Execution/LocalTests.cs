using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using CsCheck;
using MPCache.Conformance.Harness;
using MPCache.Execution;
using MPCache.Ring;
using Xunit;

namespace MPCache.Conformance.Execution;

/// <summary>Every local operation, on masked values and on shares, means the same operation on the values.</summary>
public sealed class LocalTests
{
    private const int Rows = 3;
    private const int Columns = 4;

    private static readonly Gen<(int Ring, long Constant, ulong[] X, ulong[] Y, ulong[] Public, ulong Seed)> Cases =
        from ring in Gen.Int[2, 64]
        from constant in Gen.Long
        from x in Samples.Any(ring).Array[Rows * Columns]
        from y in Samples.Any(ring).Array[Rows * Columns]
        from factors in Samples.Any(ring).Array[Rows * Columns]
        from seed in Gen.ULong
        select (ring, constant, x, y, factors, seed);

    [Fact]
    public void LocalOperationsMeanWhatTheySay() => Cases.Sample(c =>
    {
        Inputs inputs = Inputs.Of(c.X, c.Ring).And(c.Y, c.Ring);
        Transcript transcript = Executions.Run(new Operations(c.Ring, c.Constant, c.Public), inputs, c.Seed);
        transcript.AssertCost(0, 0, 0);
        int narrow = Math.Max(c.Ring / 2, 1);
        ulong mask = RingWord.Mask(c.Ring);
        ulong[][] expected =
        [
            Map((x, y, _) => x + y), Map((x, y, _) => x - y), Map((x, _, _) => 0 - x), Map((x, _, _) => (ulong)c.Constant * x),
            Map((x, _, p) => x * p), Map((x, _, p) => x + p), Map((x, _, _) => x + (ulong)c.Constant),
            [.. Map((x, _, _) => x).Select(x => x & RingWord.Mask(narrow))],
            [.. from j in Enumerable.Range(0, Columns) from i in Enumerable.Range(0, Rows) select c.X[(i * Columns) + j]],
            [.. from k in Enumerable.Range(0, 2) from x in c.X select x],
            [.. from i in Enumerable.Range(0, Rows) from j in (int[])[1, 2] select c.X[(i * Columns) + j]],
            [.. c.X.Chunk(Columns).Zip(c.Y.Chunk(Columns), (x, y) => x.Concat(y)).SelectMany(row => row)],
            [.. Enumerable.Range(0, Columns).Select(j => Sum(Enumerable.Range(0, Rows).Select(i => c.X[(i * Columns) + j])))],
            [.. Enumerable.Range(0, Rows).Select(i => Sum(Enumerable.Range(0, Columns).Select(j => c.X[(i * Columns) + j])))],
            c.X,
            Map((_, _, p) => p),
        ];
        Assert.Equal([.. expected, .. expected], transcript.Values);
        Assert.Equal([.. expected, .. expected], transcript.Clear);

        ulong Sum(IEnumerable<ulong> terms) => mask & terms.Aggregate(0UL, (sum, x) => sum + x);

        ulong[] Map(Func<ulong, ulong, ulong, ulong> f) => [.. c.X.Select((x, i) => f(x, c.Y[i], c.Public[i]) & mask)];
    }, iter: 100);

    [Fact]
    public void OperandsOfDifferentLengthAreRefused() =>
        Assert.Throws<ArgumentException>(() => Executions.Run(new AddTwo(), Inputs.Of([1, 2], 8).And([1, 2, 3], 8)));

    private sealed class Operations(int ring, long constant, ulong[] factors) : GateProgram
    {
        public override ValueTask RunAsync<TRole>(Stage stage)
        {
            Run run = stage.Run;
            RingValue x = stage.Masked(0);
            RingValue y = stage.Masked(1);
            All<TRole>(stage, x, y, Local.FromPublic<TRole>(run, factors, ring), stage.PutMasked);
            All<TRole>(
                stage, Local.ToAdditive<TRole>(run, x, ring), Local.ToAdditive<TRole>(run, y, ring),
                Local.ToAdditive<TRole>(run, Local.FromPublic<TRole>(run, factors, ring), ring), stage.PutAdditive);
            return ValueTask.CompletedTask;
        }

        private void All<TRole>(Stage stage, RingValue x, RingValue y, RingValue known, Action<RingValue, int> put)
            where TRole : IRole
        {
            Run run = stage.Run;
            int narrow = Math.Max(ring / 2, 1);
            put(Local.Add(run, x, y, ring), ring);
            put(Local.Subtract(run, x, y, ring), ring);
            put(Local.Negate(run, x, ring), ring);
            put(Local.MultiplyConstant(run, x, constant, ring), ring);
            put(Local.MultiplyPublic(run, x, factors, ring), ring);
            put(Local.AddPublic<TRole>(run, x, factors, ring), ring);
            put(Local.AddConstant<TRole>(run, x, constant, ring), ring);
            put(Local.Narrow(run, x, narrow), narrow);
            put(Local.Permute(run, x, [Rows, Columns], [1, 0]), ring);
            put(Local.Broadcast(run, x, [1, Rows, Columns], [2, Rows, Columns]), ring);
            put(Local.Slice(run, x, [Rows, Columns], 1, 1, 2), ring);
            put(Local.Concat(run, x, [Rows, Columns], y, [Rows, Columns], 1), ring);
            put(Local.Sum(run, x, [Rows, Columns], 0, ring), ring);
            put(Local.Sum(run, x, [Rows, Columns], 1, ring), ring);
            put(Local.Copy(run, x), ring);
            put(known, ring);
        }
    }

    private sealed class AddTwo : GateProgram
    {
        public override ValueTask RunAsync<TRole>(Stage stage)
        {
            Local.Add(stage.Run, stage.Masked(0), stage.Masked(1), 8);
            return ValueTask.CompletedTask;
        }
    }
}
