using System;
using System.Threading.Tasks;
using MPCache.Contract;
using MPCache.Execution;
using MPCache.Gates;

namespace MPCache.Runtime.Tests.Sessions;

/// <summary>
/// The element-wise product of the server's and the client's vector, truncated, revealed to the client; as generated code would do it.
/// </summary>
internal sealed class MultiplyProgram : CompiledProgram
{
    public const int Ring = 48;
    public const int Scale = 12;
    public const int Max = 100_000;
    private static readonly Expr N = Expr.Symbol("n");

    public MultiplyProgram(string fingerprint = "multiply-1", long surplusTape = 0, long surplusOnline = 0)
    {
        Plan plan = new(
            "Multiply",
            [
                new FlightNode(0,
                [
                    new PlanEntry("input", "left", InputGate.OnlineBytes(N, Ring), 0, "masked"),
                    new PlanEntry("input", "right", 0, InputGate.OnlineBytes(N, Ring), "masked"),
                ]),
                new TapeNode(2, "product", "left * right", Product.TapeBytes(N, Ring) + surplusTape),
                new FlightNode(1,
                [
                    new PlanEntry(
                        "open", "left * right", Open.OnlineBytes(N, Ring - Scale) + surplusOnline, Open.OnlineBytes(N, Ring - Scale), "masked"),
                ]),
                new FlightNode(2, [new PlanEntry("reveal", "left * right", Reveal.OnlineBytes(N, Ring - Scale), 0, "declared")]),
            ]);
        Interface = new ProgramInterface(
            "Multiply", fingerprint, [new ProgramDimension("n", Max)],
            [
                new ProgramInput("left", Party.Server, [N], Ring, Scale, -8, 8, null),
                new ProgramInput("right", Party.Client, [N], Ring, Scale, -8, 8, null),
            ],
            [], [], [], [], [new ProgramOutput(Party.Client, [N], Ring - Scale, Scale)], [], PlanText.Print(plan));
    }

    public override ProgramInterface Interface { get; }

    /// <summary>Called by the server before it sends its share of the product: where tests let it fail.</summary>
    public Action? BeforeFlight1 { get; init; }

    public override async ValueTask RunAsync<TRole>(Run run, CallFrame frame)
    {
        int n = (int)frame.Dimensions[0];
        RingValue left = InputGate.Put<TRole>(run, run.At(0), frame.Inputs[0], n, Ring, Party.Server);
        RingValue right = InputGate.Put<TRole>(run, run.At(1), frame.Inputs[1], n, Ring, Party.Client);
        await run.ExchangeAsync<TRole>(0, true, true);
        InputGate.Take<TRole>(run, left, Ring, Party.Server);
        InputGate.Take<TRole>(run, right, Ring, Party.Client);

        RingValue share = Product.Multiply<TRole>(run, run.At(2), left, right, Ring);
        RingValue product = Open.Put<TRole>(run, run.At(3), share, Ring, Scale, fromServer: false);
        if (TRole.IsServer)
        {
            BeforeFlight1?.Invoke();
        }

        await run.ExchangeAsync<TRole>(1, true, true);
        Open.Take<TRole>(run, product, Ring, Scale, fromServer: false);

        Reveal.Put<TRole>(run, product, Ring - Scale, Party.Client);
        await run.ExchangeAsync<TRole>(2, true, false);
        frame.Outputs[0] = Reveal.Take<TRole>(run, product, Ring - Scale, Party.Client);
    }
}
