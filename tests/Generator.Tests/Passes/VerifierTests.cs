using System;
using System.Collections.Immutable;
using System.Linq;
using MPCache.Generator.FrontEnd;
using MPCache.Generator.Ir;
using MPCache.Generator.ProtocolIr;
using MPCache.Generator.Scheduling;
using MPCache.Generator.Tests.TestSupport;
using Xunit;

namespace MPCache.Generator.Tests.Passes;

/// <summary>The verifiers accept what the compiler makes and reject each kind of damage to it.</summary>
public sealed class VerifierTests
{
    private const string Source = """
        public static partial class Sample
        {
            [EntryPoint, Dim("n", Max = 64)]
            public static Tensor Run(
                [Owned(Party.Client), Shape("n"), Range(-4, 4)] Tensor x, [Owned(Party.Server), Shape("n"), Range(-4, 4)] Tensor y)
            {
                for (int i = 0; i < 3; i++)
                {
                    x = (x * y).Within(-4, 4);
                }

                return Maximum(x, y).Reveal(Party.Client);
            }
        }
        """;

    private const string Weighed = """
        [Resident(Party.Server)]
        public sealed class Weights
        {
            [Shape("n, n"), Range(-1, 1)]
            public required Tensor Matrix { get; init; }

            [Shape("n"), Range(-1, 1)]
            public required Tensor Bias { get; init; }
        }

        [Dim("n", Max = 8)]
        public static partial class Sample
        {
            [EntryPoint]
            public static (Tensor Layer, Tensor Sum, Tensor Chosen) Run(
                Weights weights, [Owned(Party.Client), Shape("2, n"), Range(-4, 4)] Tensor x,
                [Owned(Party.Client), Shape("2"), Range(-4, 4)] Tensor y)
            {
                Tensor rows = Linear(x, weights.Matrix) + weights.Bias;
                Tensor chosen = Gather(rows, TopK(y, 1)).Sum(0);
                return (rows.Reveal(Party.Client), (x + weights.Bias).Reveal(Party.Client), chosen.Reveal(Party.Client));
            }
        }
        """;

    private static readonly Compiled Program = Compile(Source);
    private static readonly Compiled WeighedProgram = Compile(Weighed);

    [Fact]
    public void WhatTheCompilerMakesIsAccepted()
    {
        TypeVerifier.Verify(Text("2-typed.ir"));
        ProtocolVerifier.Verify(Text("3-protocol.ir"));
        ScheduleVerifier.Verify(Text("3-protocol.ir"), Text("4-rounds.txt"));
    }

    [Fact]
    public void AValueOutsideOfItsRingIsRejected() =>
        Rejects("needs", () => TypeVerifier.Verify(Map(Text("2-typed.ir"), op => op.Kind != "mul" ? op : WithNumber(op, n => n with { High = n.High << 40 }))));

    [Fact]
    public void OperandsOfDifferentRingsAreRejected() =>
        Rejects("bits in a ring of", () => TypeVerifier.Verify(Map(Text("2-typed.ir"), op => op.Kind != "mul" ? op : WithNumber(op, n => n with { Ring = n.Ring + 1 }))));

    [Fact]
    public void ATruncationThatDoesNotShrinkItsRingIsRejected() =>
        Rejects("truncate", () => TypeVerifier.Verify(Map(Text("2-typed.ir"), op => op.Kind != "truncate" ? op : WithNumber(op, n => n with { Ring = n.Ring + 1 }))));

    [Fact]
    public void AValueThatLeavesWithoutARevealIsRejected() =>
        Rejects("without a reveal", () =>
        {
            Function typed = Text("2-typed.ir");
            int masked = typed.Body.Ops.Last(o => o.Kind == "choose").Result.Id;
            TypeVerifier.Verify(typed with { Body = typed.Body with { Yields = [masked] } });
        });

    [Fact]
    public void AMaskThatOpensTwoValuesIsRejected() =>
        Rejects("used twice", () => ProtocolVerifier.Verify(
            Map(Text("3-protocol.ir"), op => op.Kind != "open" ? op : op with { Attributes = op.Attributes.With("slot", 1L) })));

    [Fact]
    public void AnOpeningWithoutItsOwnMaskIsRejected() =>
        Rejects("no mask", () => ProtocolVerifier.Verify(
            Map(Text("3-protocol.ir"), op => op.Kind != "open" ? op : op with { Attributes = op.Attributes.Without("slot") })));

    [Fact]
    public void AShareThatEntersAProductUnopenedIsRejected() =>
        Rejects("product.multiply: reads", () =>
        {
            Function protocol = Text("3-protocol.ir");
            Op loop = protocol.Body.Ops.Single(o => o.Kind == "for");
            int share = loop.Body!.Ops.First(o => o.Kind == "product.multiply").Result.Id;
            Op second = new("product.multiply", [new Value(9000, loop.Body.Ops.First(o => o.Kind == "product.multiply").Result.Type)], [share, share],
                Attributes.Of(("slot", 999L), ("ring", 40L)));
            Block body = loop.Body with { Ops = loop.Body.Ops.Add(second) };
            ProtocolVerifier.Verify(protocol with { Body = protocol.Body with { Ops = protocol.Body.Ops.Replace(loop, loop with { Body = body }) } });
        });

    [Fact]
    public void ProductsWithWeightsAreOpenedByTheServerAlone()
    {
        Function protocol = Text("3-protocol.ir", WeighedProgram);
        ProtocolVerifier.Verify(protocol);
        Assert.Equal(2, protocol.Body.Ops.Count(o => o.Kind == "open" && o.Attributes.Text("from") == "server"));
        Rejects("open: of a product with the server's weights", () => ProtocolVerifier.Verify(Map(protocol, op => From(op, "server", "both"))));
        Rejects("open: the client's half", () => ProtocolVerifier.Verify(Map(protocol, op => From(op, "both", "server"))));
    }

    [Fact]
    public void AShareThatTheClientDoesNotHaveIsNotPassedOn()
    {
        Function protocol = Text("3-protocol.ir", WeighedProgram);
        Value share = protocol.Body.Ops.Single(o => o.Kind == "serverlinear.linear").Result;
        Op both = new("local.add", [share with { Id = 9000 }], [share.Id, share.Id], Attributes.Of(("ring", 40L)));
        Op held = new("opento", [new Value(9001, share.Tensor with { Form = Form.HeldByClient })], [9000],
            Attributes.Of(("from", new TextAttr("server")), ("ring", 40L), ("slot", 999L), ("truncate", 0L)));
        Rejects("opento: of a product with the server's weights", () => ProtocolVerifier.Verify(
            protocol with { Body = protocol.Body with { Ops = protocol.Body.Ops.Add(both).Add(held) } }));
    }

    [Fact]
    public void AFlightTooManyIsRejected() =>
        Rejects("longest chains", () =>
        {
            Function scheduled = Text("4-rounds.txt");
            Op flight = scheduled.Body.Ops.First(o => o.Kind == "flight");
            ScheduleVerifier.Verify(Text("3-protocol.ir"), scheduled with { Body = scheduled.Body with { Ops = scheduled.Body.Ops.Add(flight) } });
        });

    [Fact]
    public void AMessageThatIsNeverTakenIsRejected() =>
        Rejects("", () =>
        {
            Function scheduled = Text("4-rounds.txt");
            Op take = scheduled.Body.Ops.First(o => o.Kind == "input.take");
            ScheduleVerifier.Verify(Text("3-protocol.ir"), scheduled with { Body = scheduled.Body with { Ops = scheduled.Body.Ops.Remove(take) } });
        });

    private static void Rejects(string rule, Action verify) =>
        Assert.Contains(rule, Assert.Throws<InvalidOperationException>(verify).Message, StringComparison.Ordinal);

    private static Op WithNumber(Op op, Func<Number, Number> change) =>
        op with { Results = [op.Result with { Type = op.Result.Tensor with { Number = change(op.Result.Tensor.Number!) } }] };

    private static Function Map(Function function, Func<Op, Op> change) => function with { Body = Map(function.Body, change) };

    private static Block Map(Block block, Func<Op, Op> change) => block with
    {
        Ops = block.Ops.Select(o => change(o.WithBlocks(b => Map(b, change)))).ToImmutableArray(),
    };

    private static Op From(Op op, string from, string to) => op.Kind == "open" && op.Attributes.Text("from") == from
        ? op with { Attributes = op.Attributes.With("from", new TextAttr(to)) }
        : op;

    private static Function Text(string file, Compiled? program = null) =>
        Parser.Parse((program ?? Program).Texts.Single(t => t.FileName == file).Text);

    private static Compiled Compile(string source)
    {
        Closure closure = Programs.Values<Closure>(Programs.Run(Programs.Compile(source)), Steps.Closures).Single();
        return Compiler.Compile(closure.Text!, closure.Protocols.ToDictionary(p => p.Name, p => p.Text));
    }
}
