using System.Collections.Generic;
using System.Linq;
using CsCheck;
using MPCache.Generator.Ir;
using MPCache.Generator.Passes;
using MPCache.Generator.Tests.TestSupport;
using Xunit;

namespace MPCache.Generator.Tests.Passes;

/// <summary>Rings are chosen by sketches: what is compared must be what is built.</summary>
public sealed class RingsTests
{
    private static readonly Function Numbered = Layers();

    /// <summary>Whatever gates give small rings, the function is well typed, and its longest chains are those that the sketch counts.</summary>
    [Fact]
    public void A_sketch_takes_the_flights_of_the_function_that_is_built_of_it()
    {
        RingProgram program = new(Numbered);
        int[] gates = [.. RingAssignment.Of(program, []).Larger, .. program.Squared];
        Assert.True(gates.Length > 8, $"only {gates.Length} gates have a choice");
        HashSet<int> flights = [];
        Gen.Bool.Array[gates.Length].Sample(chosen =>
        {
            HashSet<int> small = [.. gates.Where((_, i) => chosen[i])];
            Sketch sketch = RingAssignment.Of(program, small);
            WideProducts wide = new(sketch);
            Function built = wide.Rewrite(sketch.Build());
            TypeVerifier.Verify(built);
            Assert.Equal(Flights(built.Body), wide.Flights);
            lock (flights)
            {
                flights.Add(wide.Flights);
            }
        }, iter: 200);
        Assert.True(flights.Count > 3, "the choices make no difference");
    }

    /// <summary>No gate that was left out would have made a chain shorter by itself.</summary>
    [Fact]
    public void One_more_small_ring_shortens_nothing()
    {
        RingProgram program = new(Numbered);
        int chosen = Flights(Rings.Apply(Numbered).Body);
        int[] gates = [.. RingAssignment.Of(program, []).Larger, .. program.Squared];
        int without = new WideProducts(RingAssignment.Of(program, [])).Flights;
        Assert.True(chosen < without, $"{chosen} flights, and {without} where every gate gives what is demanded");
        Assert.All(gates, gate => Assert.True(new WideProducts(RingAssignment.Of(program, [gate])).Flights >= chosen));
    }

    /// <summary>The longest chain of each stretch, counted over the operations by name; a loop sixteen times.</summary>
    private static int Flights(Block block)
    {
        int total = 0;
        Dictionary<int, int> times = [];
        foreach (Op op in block.Ops)
        {
            if (op.Body is null)
            {
                int start = op.Operands.Select(o => times.TryGetValue(o, out int time) ? time : 0).DefaultIfEmpty(0).Max();
                int done = start + op.Kind switch
                {
                    "mul" or "mul.wide" or "squares" or "matmul" or "weights.linear" or "weights.scale" or "weights.lookup" or "extend"
                        or "choose" or "champion" or "bits.combine" or "octaves.choose" or "input" or "reveal" => 1,
                    "sign" or "piecewise" or "piecewise.octaves" or "exponential" => 2,
                    _ => 0,
                };
                foreach (Value result in op.Results)
                {
                    times[result.Id] = done;
                }

                continue;
            }

            total += times.Values.DefaultIfEmpty(0).Max() + ((op.Kind == "for" ? 16 : 1) * op.Blocks.Sum(Flights));
            times.Clear();
        }

        return total + times.Values.DefaultIfEmpty(0).Max();
    }

    /// <summary>Layers that normalise, project, attend and add, with a branch, as far as their numbers are decided.</summary>
    private static Function Layers()
    {
        string source = """
            [Dim("n", Max = 64), Dim("dim", Max = 64)]
            public static partial class Sample
            {
                [EntryPoint]
                public static Tensor Run([Owned(Party.Client), Shape("n, dim"), Range(-8, 8)] Tensor x, int layers, int deep)
                {
                    for (int i = 0; i < layers; i++)
                    {
                        Tensor length = RSqrt((x * x).Mean(-1) + 1e-5f);
                        Tensor row = x * length;
                        Tensor scores = Softmax((MatMul(row, row.Permute(1, 0))).Within(-64, 64));
                        Tensor mixed = MatMul(scores, row);
                        if (deep > 0)
                        {
                            mixed = mixed * Silu(mixed.Within(-8, 8));
                        }

                        x = (x + mixed).Within(-64, 64);
                        Tensor gate = Silu((x * RSqrt((x * x).Mean(-1) + 1e-5f)).Within(-16, 16));
                        x = (x + gate * gate * x).Within(-64, 64);
                    }

                    return (x * RSqrt((x * x).Mean(-1) + 1e-5f)).Reveal(Party.Client);
                }
            }
            """;
        Compiled compiled = Programs.CompileAll(source).Values.Single();
        Function tensors = Parser.Parse(compiled.Texts.Single(t => t.FileName == "1-tensor.ir").Text);
        return BranchWeights.Apply(Numbers.Apply(DeferredSoftmax.Apply(Profile.Declared(tensors).First().Apply(tensors))));
    }
}
