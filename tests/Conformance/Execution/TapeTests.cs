using MPCache.Execution;
using Xunit;

namespace MPCache.Conformance.Execution;

public sealed class TapeTests
{
    /// <summary>Pieces are written one by one and passed over together, wherever the segments' boundaries fell.</summary>
    [Fact]
    public void SeveralPiecesAreSkippedAtOnce()
    {
        Tape tape = new("tape");
        for (byte piece = 0; piece < 5; piece++)
        {
            tape.Write(700_000).Fill(piece);
        }

        tape.Skip(3 * 700_000);
        Assert.Equal(3, tape.Read(1)[0]);
        Assert.Equal(2_100_001, tape.Position);
        tape.Skip(699_999 + 700_000);
        Assert.Equal(tape.Length, tape.Position);
        Assert.Throws<MPCacheException>(() => tape.Skip(1));
    }
}
