using System.Threading.Tasks;
using MPCache.Programs.Tests.Harness;
using MPCache.Programs.Tests.Programs;
using Xunit;

namespace MPCache.Programs.Tests;

public class LayoutTests
{
    [Fact]
    public async Task Parts_orders_and_joints()
    {
        await using Trial trial = await Trial.StartAsync(Layouts.ApplyProgram);
        Draw draw = new(1);
        foreach ((int rows, int half, int row) in new[] { (1, 1, 0), (3, 5, 7), (32, 1, 31), (2, 16, 1) })
        {
            Tensor x = draw.Within(-8, 8, rows, 3, 2 * half);
            Tensor y = draw.Within(-8, 8, rows, 3, 2 * half);
            (Tensor halves, Tensor turned, Tensor one, Tensor joined, Tensor flat, Tensor empty) = Layouts.Apply(x, y, row);
            await trial.AgreeAsync(
                [
                    (halves, Party.Client, 1e-4), (turned, Party.Client, 1e-4), (one, Party.Server, 1e-4),
                    (joined, Party.Client, 1e-4), (flat, Party.Client, 1e-4), (empty, Party.Client, 0),
                ],
                side => Layouts.ApplyAsync(side.Session, side.Client(x), side.Server(y), row));
        }
    }

    [Fact]
    public async Task Rotations_by_public_positions()
    {
        await using Trial trial = await Trial.StartAsync(Rotations.ApplyProgram);
        Draw draw = new(2);
        foreach ((int rows, int heads, int half, int first, float theta) in
            new[] { (1, 1, 1, 0, 10000f), (3, 2, 4, 17, 500000f), (32, 1, 16, 4000, 1f) })
        {
            Tensor x = draw.Within(-8, 8, rows, heads, 2 * half);
            (Tensor zero, Tensor given) = Rotations.Apply(x, first, theta);
            await trial.AgreeAsync([(zero, Party.Client, 5e-4), (given, Party.Client, 5e-3)],
                side => Rotations.ApplyAsync(side.Session, side.Client(x), first, theta));
        }
    }
}
