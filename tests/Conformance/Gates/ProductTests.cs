using System.Linq;
using System.Threading.Tasks;
using CsCheck;
using MPCache.Conformance.Harness;
using MPCache.Execution;
using MPCache.Gates;
using MPCache.Ring;
using Xunit;

namespace MPCache.Conformance.Gates;

public sealed class ProductTests
{
    private static readonly Gen<(int Ring, int Low, ulong[] X, ulong[] Y, ulong Seed)> Elements =
        from ring in Gen.Int[2, 64]
        from low in Gen.Int[0, ring - 1]
        from count in Gen.Int[0, 30]
        from x in Samples.Any(ring).Array[count]
        from y in Samples.Any(ring).Array[count]
        from seed in Gen.ULong
        select (ring, low, x, y, seed);

    private static readonly Gen<(int Ring, int Low, MatMulShape Shape, ulong[] X, ulong[] Y, ulong Seed)> Matrices =
        from ring in Gen.Int[2, 64]
        from low in Gen.Int[0, ring - 1]
        from batch in Gen.Int[1, 3]
        from rows in Gen.Int[1, 4]
        from inner in Gen.Int[1, 9]
        from columns in Gen.Int[1, 5]
        from transposed in Gen.Bool
        from x in Samples.Any(ring).Array[batch * rows * inner]
        from y in Samples.Any(ring).Array[batch * inner * columns]
        from seed in Gen.ULong
        select (ring, low, new MatMulShape(batch, rows, inner, columns, transposed), x, y, seed);

    [Fact]
    public void ElementwiseProducts() => Elements.Sample(c =>
    {
        ulong[] expected = [.. c.X.Zip(c.Y, (x, y) => x * y)];
        Transcript transcript = Executions.Run(new Multiply(c.Ring, c.Low, null), Inputs.Of(c.X, c.Ring).And(c.Y, c.Ring), c.Seed);
        AssertRounded(transcript, expected, c.Ring, c.Low);
        transcript.AssertCost(1, Open.OnlineBytes(expected.Length, c.Ring, c.Low), Product.TapeBytes(expected.Length, c.Ring));
    }, iter: 150);

    [Fact]
    public void MatrixProducts() => Matrices.Sample(c =>
    {
        (int batch, int rows, int inner, int columns, bool transposed) = c.Shape;
        ulong[] expected =
        [
            .. from b in Enumerable.Range(0, batch)
               from i in Enumerable.Range(0, rows)
               from j in Enumerable.Range(0, columns)
               select Enumerable.Range(0, inner).Aggregate(0UL, (sum, k) => sum + (c.X[(((b * rows) + i) * inner) + k] * Right(b, k, j))),
        ];

        ulong Right(int b, int k, int j) => c.Y[transposed ? (((b * columns) + j) * inner) + k : (((b * inner) + k) * columns) + j];

        Transcript transcript = Executions.Run(new Multiply(c.Ring, c.Low, c.Shape), Inputs.Of(c.X, c.Ring).And(c.Y, c.Ring), c.Seed);
        AssertRounded(transcript, expected, c.Ring, c.Low);
        transcript.AssertCost(1, Open.OnlineBytes(expected.Length, c.Ring, c.Low), Product.TapeBytes(expected.Length, c.Ring));
    }, iter: 150);

    /// <summary>Exactly the floor or one more, by a secret coin: no failures, negative products included.</summary>
    [Fact]
    public void TruncationIsUnbiased()
    {
        const int Ring = 24;
        const int Low = 7;
        ulong[] x = [.. Enumerable.Range(0, 3000).Select(i => (ulong)((i * 7919 % 2000) - 1000) & RingWord.Mask(Ring))];
        ulong[] y = [.. Enumerable.Range(0, 3000).Select(i => (ulong)((i * 104_729 % 3000) - 1500) & RingWord.Mask(Ring))];
        Transcript transcript = Executions.Run(new Multiply(Ring, Low, null), Inputs.Of(x, Ring).And(y, Ring));
        long[] errors =
        [
            .. Samples.Signed(transcript.Values[1], Ring - Low)
                .Zip(Samples.Signed(transcript.Values[0], Ring), (rounded, exact) => (rounded << Low) - exact),
        ];
        Assert.All(errors, e => Assert.InRange(e, -127, 127));
        Assert.InRange(errors.Average(), -4.0, 4.0);
    }

    [Fact]
    public void ViewsAreUniform()
    {
        Uniformity.Assert(
            new Multiply(32, 8, null), Inputs.Of(Samples.Constant(0, 4), 32).And(Samples.Constant(0, 4), 32),
            Inputs.Of(Samples.Constant(0x7FFF_FFFF, 4), 32).And(Samples.Constant(1, 4), 32));
    }

    private static void AssertRounded(Transcript transcript, ulong[] expected, int ring, int low)
    {
        ulong mask = RingWord.Mask(ring - low);
        for (int i = 0; i < expected.Length; i++)
        {
            ulong exact = expected[i] & RingWord.Mask(ring);
            ulong floor = exact >> low;
            Assert.Equal(exact, transcript.Values[0][i]);
            Assert.Contains(transcript.Values[1][i], low == 0 ? [floor] : new[] { floor, (floor + 1) & mask });
            Assert.Equal(floor, transcript.Clear[1][i]);
        }
    }

    private sealed class Multiply(int ring, int low, MatMulShape? shape) : GateProgram
    {
        public override async ValueTask RunAsync<TRole>(Stage stage)
        {
            RingValue x = stage.Masked(0);
            RingValue y = stage.Masked(1);
            RingValue share = shape is MatMulShape matrices
                ? Product.MatMul<TRole>(stage.Run, stage.Next(), x, y, matrices, ring)
                : Product.Multiply<TRole>(stage.Run, stage.Next(), x, y, ring);
            stage.PutAdditive(share, ring);
            stage.PutMasked(await stage.OpenAsync<TRole>(share, ring, low), ring - low);
        }
    }
}
