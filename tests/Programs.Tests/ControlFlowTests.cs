using System.Threading.Tasks;
using MPCache.Programs.Tests.Harness;
using MPCache.Programs.Tests.Programs;
using Xunit;

namespace MPCache.Programs.Tests;

public class ControlFlowTests
{
    [Fact]
    public async Task Loops_nested_and_with_several_carried_values()
    {
        await using Trial trial = await Trial.StartAsync(Loops.ApplyProgram);
        Draw draw = new(1);
        foreach ((int steps, int n, int times) in new[] { (1, 1, 1), (3, 5, 2), (16, 2, 0), (0, 3, 4), (2, 32, 7) })
        {
            Tensor x = draw.Within(-1, 1, steps, n);
            Tensor start = draw.Within(-1, 1, n);
            (Tensor sum, Tensor product, Tensor swapped) = Loops.Apply(x, start, times);
            await trial.AgreeAsync([(sum, Party.Client, 5e-4), (product, Party.Client, 5e-4), (swapped, Party.Client, 5e-4)],
                side => Loops.ApplyAsync(side.Session, side.Client(x), side.Server(start), times));
        }
    }

    [Fact]
    public async Task Constant_conditions_and_public_arithmetic()
    {
        await using Trial trial = await Trial.StartAsync(Branches.ApplyProgram);
        Draw draw = new(2);
        foreach ((int steps, int n) in new[] { (1, 1), (3, 5), (16, 2) })
        {
            Tensor x = draw.Within(-2, 2, steps, n);
            await trial.AgreeAsync(Branches.Apply(x), 0.002, side => Branches.ApplyAsync(side.Session, side.Client(x)));
        }
    }

    [Fact]
    public async Task Protocols_of_other_files_and_assemblies()
    {
        await using Trial trial = await Trial.StartAsync(Composition.ApplyProgram);
        Draw draw = new(3);
        foreach ((int rows, int dim) in new[] { (1, 1), (3, 5), (32, 64) })
        {
            Tensor x = draw.Within(-4, 4, rows, dim);
            Tensor y = draw.Within(-4, 4, rows, dim);
            (Tensor mean, Tensor variance, Tensor standardized, Tensor mixed) = Composition.Apply(x, y);
            await trial.AgreeAsync(
                [(mean, Party.Client, 2e-4), (variance, Party.Server, 2e-3),
                    (standardized, Party.Client, 5e-3), (mixed, Party.Client, 5e-4)],
                side => Composition.ApplyAsync(side.Session, side.Client(x), side.Server(y)));
        }
    }

    [Fact]
    public async Task A_tournament_inside_two_loops()
    {
        Draw draw = new(9);
        await using Trial trial = await Trial.StartAsync(Deep.RunProgram);
        foreach (int n in new[] { 1, 5, 16 })
        {
            Tensor x = draw.Within(-4, 4, n);
            await trial.AgreeAsync(Deep.Run(x), 0.01, side => Deep.RunAsync(side.Session, side.Client(x)));
        }
    }
}
