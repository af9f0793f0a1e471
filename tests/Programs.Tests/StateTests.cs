using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using MPCache.Programs.Tests.Harness;
using MPCache.Programs.Tests.Programs;
using MPCache.Sessions;
using Xunit;

namespace MPCache.Programs.Tests;

public class StateTests
{
    [Fact]
    public async Task A_state_grows_over_calls_of_two_programs()
    {
        Draw draw = new(1);
        foreach ((int layers, int dim) in new[] { (2, 1), (3, 5), (4, 16) })
        {
            await using Trial trial = await Trial.StartAsync(Remembering.StepProgram, Remembering.ReadProgram);
            await trial.CreateStateAsync(MemorySchema.Instance, ("layers", layers), ("dim", dim));
            Memory plain = new()
            {
                Rows = Tensor.Zeros(0, dim),
                Squares = [.. Enumerable.Range(0, layers).Select(_ => Tensor.Zeros(0, 2, dim))],
            };
            foreach (int added in new[] { 1, 3, 1, 8, 0, 2 })
            {
                Tensor rows = draw.Within(-8, 8, added, dim);
                (Tensor product, Tensor sums, Tensor before, Tensor between) = Remembering.Step(plain, rows, layers);
                await trial.AgreeAsync(
                    [(product, Party.Client, 0.02), (sums, Party.Server, 0.05),
                    (before, Party.Client, 0.01), (between, Party.Client, 0.01)],
                    side => Remembering.StepAsync(side.Session, side.States[0], side.Client(rows), layers));
                Assert.All(trial.Sides, side => Assert.Equal(plain.Rows.Size(0), side.States[0].Rows));

                Tensor factors = draw.Within(-1, 1, plain.Rows.Size(0));
                (Tensor held, Tensor mixed) = Remembering.Read(plain, factors);
                await trial.AgreeAsync([(held, Party.Client, 2e-4), (mixed, Party.Client, 0.005)],
                    side => Remembering.ReadAsync(side.Session, side.States[0], side.Server(factors)));
            }
        }
    }

    [Fact]
    public async Task A_state_whose_tensors_have_grown_apart_is_refused()
    {
        await using ClearExecution clear = new([Uneven.AppendProgram]);
        StateHandle state = await clear.CreateStateAsync(
            MemorySchema.Instance, new Dictionary<string, long> { ["layers"] = 2, ["dim"] = 3, ["tokens"] = 0 });
        await Uneven.AppendAsync(clear, state, Input.Of(Tensor.Zeros(1, 3)));

        MPCacheException error = await Assert.ThrowsAsync<MPCacheException>(() => Uneven.AppendAsync(clear, state, Input.Of(Tensor.Zeros(1, 3))));

        Assert.Contains("'Rows' of a state has 1 rows and 'Squares' 0", error.Message, StringComparison.Ordinal);
    }
}
