using System.Threading.Tasks;
using MPCache.Contract;
using MPCache.Execution;
using MPCache.Gates;

namespace MPCache.Runtime.Tests.Sessions;

/// <summary>Reveals its one-hot input to the client; classes come in pairs, as a plan check says.</summary>
internal sealed class OneHotProgram : CompiledProgram
{
    private const int Ring = 16;
    private static readonly Expr Tokens = Expr.Symbol("tokens");
    private static readonly Expr Classes = Expr.Symbol("classes");

    public override ProgramInterface Interface { get; } = new(
        "OneHot", "onehot-1", [new ProgramDimension("classes", 16), new ProgramDimension("tokens", 10)],
        [new ProgramInput("tokens", Party.Client, [Tokens], Ring, 3, 0, 0, Classes)],
        [new ProgramReal("theta", 0, 1)], ["classes"], [], [], [new ProgramOutput(Party.Client, [Tokens, Classes], Ring, 3)], [],
        PlanText.Print(new Plan(
            "OneHot",
            [
                new FlightNode(0, [new PlanEntry("input", "tokens", 0, InputGate.OnlineBytes(Tokens * Classes, Ring), "masked")]),
                new LoopNode(
                    "i", 0, 1,
                    [new CheckNode(Expr.Mod(Classes, 2), 0, "pairs of classes"), new CheckNode(Expr.FloorDiv(0, Classes), 0, "")]),
                new FlightNode(1, [new PlanEntry("reveal", "tokens", Reveal.OnlineBytes(Tokens * Classes, Ring), 0, "declared")]),
            ])));

    public override async ValueTask RunAsync<TRole>(Run run, CallFrame frame)
    {
        int count = (int)(frame.Dimensions[0] * frame.Dimensions[1]);
        RingValue x = InputGate.Put<TRole>(run, run.At(0), frame.Inputs[0], count, Ring, Party.Client);
        await run.ExchangeAsync<TRole>(0, false, true);
        InputGate.Take<TRole>(run, x, Ring, Party.Client);
        Reveal.Put<TRole>(run, x, Ring, Party.Client);
        await run.ExchangeAsync<TRole>(1, true, false);
        frame.Outputs[0] = Reveal.Take<TRole>(run, x, Ring, Party.Client);
    }
}
