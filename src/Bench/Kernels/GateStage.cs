using System.Threading;
using MPCache.Execution;
using MPCache.Randomness;

namespace MPCache.Bench.Kernels;

/// <summary>Runs in which single gates are driven, with the seeds of a session and without a peer.</summary>
internal sealed class GateStage
{
    private readonly AesMaskSource server = new(AesMaskSource.DrawSeed());
    private readonly AesMaskSource client = new(AesMaskSource.DrawSeed());
    private readonly AesMaskSource secret = new(AesMaskSource.DrawSeed());
    private readonly WordPool pool = new();

    /// <summary>The dealer's run.</summary>
    /// <param name="tape">What it writes.</param>
    public Run Dealer(Tape tape) => New(server, client, secret, tape);

    /// <summary>The server's run.</summary>
    public Run Server() => New(server, null, null, new Tape("tape"));

    /// <summary>The client's run.</summary>
    /// <param name="tape">What the dealer wrote, read from its beginning.</param>
    public Run Client(Tape tape)
    {
        tape.Rewind();
        return New(null, client, null, tape);
    }

    private Run New(IMaskSource? server, IMaskSource? client, IMaskSource? secret, Tape tape) =>
        new(1, server, client, secret, tape, new Tape("prepared message"), null, pool, CancellationToken.None);
}
