using System;
using System.Threading.Tasks;
using MPCache.Contract;
using MPCache.Execution;
using MPCache.Gates;
using MPCache.Ring;

namespace MPCache.Runtime.Tests.Sessions;

/// <summary>
/// Appends the client's row to a state, multiplies every row of the state element by element with the server's weights, and reveals the
/// products to the client. The client's half depends on masks alone, those of older rows included, and is prepared in the rehearsal.
/// </summary>
internal sealed class CacheProgram : CompiledProgram
{
    public const int Ring = 48;
    public const int Scale = 16;
    private const int RevealRing = Ring - Scale;
    private static readonly Expr Rows = Expr.Symbol("rows");
    private static readonly Expr Width = Expr.Symbol("width");
    private static readonly Expr Products = (Rows + 1) * Width;

    public CacheProgram()
    {
        Plan plan = new(
            "Cache",
            [
                new FlightNode(0, [new PlanEntry("input", "row", 0, InputGate.OnlineBytes(Width, Ring), "masked")]),
                new TapeNode(1, "weights", "rows * gains", Wire.Ring(Products, Ring)),
                new PreparedNode("open", "rows * gains", Open.OnlineBytes(Products, RevealRing)),
                new FlightNode(1, [new PlanEntry("open", "rows * gains", Open.OnlineBytes(Products, RevealRing), 0, "masked")]),
                new FlightNode(2, [new PlanEntry("reveal", "rows * gains", Reveal.OnlineBytes(Products, RevealRing), 0, "declared")]),
            ]);
        Interface = new ProgramInterface(
            "Cache", "cache-1", [new ProgramDimension("rows", 8), new ProgramDimension("width", 64)],
            [new ProgramInput("row", Party.Client, [Expr.One, Width], Ring, Scale, -4, 4, null)],
            [], [],
            [new ProgramObject("gains", "Test.Gains", [new ProgramField("Gain", [Width])], ["width"])],
            [new ProgramObject("cache", "Test.Cache", [new ProgramField("Rows", [Rows, Width])], [])],
            [new ProgramOutput(Party.Client, [Rows + 1, Width], RevealRing, 13)], [], PlanText.Print(plan));
    }

    public static ResidentSchema Gains { get; } = new(
        "Test.Gains", Party.Server, [new ResidentField("Gain", "width", -4, 4, record => ((GainRecord)record).Gain)],
        [new IntegerField("width", record => ((GainRecord)record).Gain.Size(0))]);

    public static StateSchema Cache { get; } = new(
        "Test.Cache", "rows", Scale, Ring, [new StateField("Rows", "rows, width", false, -4, 4)]);

    public override ProgramInterface Interface { get; }

    public override async ValueTask RunAsync<TRole>(Run run, CallFrame frame)
    {
        (int rows, int width) = ((int)frame.Dimensions[0], (int)frame.Dimensions[1]);
        RingValue row = InputGate.Put<TRole>(run, run.At(0), frame.Inputs[0], width, Ring, Party.Client);
        await run.ExchangeAsync<TRole>(0, false, true);
        InputGate.Take<TRole>(run, row, Ring, Party.Client);
        StateTensor cache = frame.States[0]["Rows"][0];
        cache.Append(row);

        RingValue share = Multiply<TRole>(run, run.At(1), cache.Value, frame.Residents[0]["Gain"]);
        RingValue product = Open.Put<TRole>(run, run.At(2), share, Ring, Scale, fromServer: true);
        await run.ExchangeAsync<TRole>(1, true, false);
        Open.Take<TRole>(run, product, Ring, Scale, fromServer: true);

        Reveal.Put<TRole>(run, product, RevealRing, Party.Client);
        await run.ExchangeAsync<TRole>(2, true, false);
        frame.Outputs[0] = Reveal.Take<TRole>(run, product, RevealRing, Party.Client);
        if (cache.Rows != rows + 1)
        {
            throw new InvalidOperationException("The state did not grow by one row.");
        }
    }

    /// <summary>
    /// x ∘ w with the server's weights: W·(x̂ − r_0) − c_0 at the server, −F·r_1 − c_1 in the rehearsal, c = B·r_1 dealt.
    /// </summary>
    private static RingValue Multiply<TRole>(Run run, Address at, in RingValue x, ResidentTensor weights)
        where TRole : IRole
    {
        int count = x.Count;
        int width = weights.Shape[0];
        if (TRole.IsDealer)
        {
            ulong[] dealt = new ulong[count];
            for (int i = 0; i < count; i++)
            {
                dealt[i] = weights.Pad![i % width] * x.Second[i];
            }

            run.Deal(at, dealt, Ring);
            return new RingValue(null, null, count);
        }

        ulong[] share = new ulong[count];
        if (TRole.IsRehearsal)
        {
            BitPacking.UnpackRing(run.Tape.Read(BitPacking.RingLength(count, Ring)), Ring, share);
        }
        else
        {
            run.Correlation<TRole>(at, share, Ring);
        }

        for (int i = 0; i < count; i++)
        {
            share[i] = TRole.IsRehearsal ? 0 - (weights.Published![i % width] * x.Second[i]) - share[i]
                : TRole.IsServer ? ((ulong)weights.Weights![i % width] * (x.First[i] - x.Second[i])) - share[i]
                : 0;
        }

        RingKernels.Reduce(share, Ring);
        return new RingValue(share, null, count);
    }

    public sealed record GainRecord(Tensor Gain);
}
