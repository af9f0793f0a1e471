using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Reflection;
using System.Threading.Tasks;
using MPCache.Programs.Tests.Harness;
using Xunit;
using Xunit.Sdk;

namespace MPCache.Differential.Tests;

/// <summary>
/// Programs that nobody wrote, in plain, in the clear and between two parties. MPCACHE_RANDOM_PROGRAMS says how many (60 unless it is set),
/// MPCACHE_RANDOM_SEED where they begin.
/// </summary>
public sealed class RandomProgramTests
{
    private const int BatchSize = 20;

    [Fact]
    public async Task Compiled_programs_agree_with_their_plain_meaning()
    {
        int count = Setting("MPCACHE_RANDOM_PROGRAMS", 60);
        int first = Setting("MPCACHE_RANDOM_SEED", 1);
        List<string> rejected = [];
        for (int start = 0; start < count; start += BatchSize)
        {
            rejected.AddRange(await AgreeAsync(first + start, Math.Min(BatchSize, count - start)));
        }

        // A range too wide for a ring or a gate is the author's to mend; whatever else is told is a defect of the compiler.
        Assert.All(rejected, r => Assert.Matches("MPC300[24]", r));
        Assert.True(rejected.Count <= count / 10, string.Join("\n", rejected));
    }

    private static async Task<IReadOnlyList<string>> AgreeAsync(int seed, int count)
    {
        (int n, int m) = (1 + (seed / BatchSize % 3), 2 + (seed / BatchSize % 4));
        ProgramBatch batch = ProgramBatch.Compile([.. Enumerable.Range(seed, count).Select(s => new RandomProgram(s, n, m))]);
        Draw draw = new(seed);
        object weights = batch.NewWeights(Exact(draw.Within(-1, 1, m, m), 32768), Exact(draw.Within(-1, 1, m), 32768));
        await using Trial trial = await Trial.StartAsync([.. batch.Programs.Select(batch.Compiled)]);
        await trial.ShareAsync(batch.Schema, weights);
        foreach (RandomProgram program in batch.Programs)
        {
            Tensor a = Exact(draw.Within(-4, 4, n, m), 65536);
            Tensor b = Exact(draw.Within(-2, 2, n, m), 65536);
            Tensor c = Exact(draw.Within(0.5, 8, m), 65536);
            Tensor d = draw.Distinct(-2, 0.25, n, m);
            try
            {
                // In the second call the state has the rows that the first one left.
                object state = batch.NewState(m);
                await trial.CreateStateAsync(batch.States, ("m", m));
                for (int call = 0; call < 2; call++)
                {
                    (Tensor, Party, Bound)[] expected = [.. batch.Plain(program, weights, state, a, b, c, d)
                        .Zip(program.Outputs, (plain, output) => (plain, Party.Client, new Bound(output.Error + (4 * RandomProgram.Unit))))];
                    await trial.AgreeAsync(expected, side => batch.RunAsync(
                        program, side.Session, side.Weights[0], side.States[^1], side.Client(a), side.Server(b), side.Client(c),
                        side.Client(d)));
                    Assert.All(trial.Sides, side => Assert.Equal(ProgramBatch.Rows(state), side.States[^1].Rows));
                }
            }
            catch (Exception failure)
            {
                Exception cause = failure is TargetInvocationException { InnerException: Exception inner } ? inner : failure;
                throw new XunitException($"n = {n}, m = {m}: {cause}\n{program.Source}");
            }
        }

        return batch.Rejected;
    }

    /// <summary>Elements that fixed point holds as they are.</summary>
    private static Tensor Exact(Tensor values, float scale) =>
        Tensor.From([.. values.Values.ToArray().Select(v => MathF.Round(v * scale) / scale)], values.Shape.ToArray());

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            ? value
            : otherwise;
}
