using System.Threading.Tasks;
using MPCache.Programs.Tests.Harness;
using MPCache.Programs.Tests.Programs;
using Xunit;

namespace MPCache.Programs.Tests;

public class ReductionTests
{
    [Fact]
    public async Task Sums_and_means_along_every_axis()
    {
        await using Trial trial = await Trial.StartAsync(SumsAndMeans.ApplyProgram);
        Draw draw = new(1);
        foreach ((int a, int b, int c) in new[] { (1, 1, 1), (3, 5, 7), (16, 1, 3), (1, 16, 16) })
        {
            Tensor x = draw.Within(-8, 8, a, b, c);
            Tensor row = draw.Within(-8, 8, c);
            (Tensor first, Tensor middle, Tensor last, Tensor mean, Tensor ofRow) = SumsAndMeans.Apply(x, row);
            await trial.AgreeAsync(
                [
                    (first, Party.Client, 5e-4), (middle, Party.Client, 5e-4), (last, Party.Client, 5e-4),
                    (mean, Party.Server, 5e-4), (ofRow, Party.Client, 5e-4),
                ],
                side => SumsAndMeans.ApplyAsync(side.Session, side.Client(x), side.Server(row)));
        }
    }

    [Fact]
    public async Task Extremes_along_the_last_axis()
    {
        await using Trial trial = await Trial.StartAsync(Extremes.ApplyProgram);
        Draw draw = new(2);
        foreach ((int a, int b, int c) in new[] { (1, 1, 1), (2, 3, 7), (1, 2, 128), (3, 1, 2), (1, 1, 65) })
        {
            Tensor x = draw.Within(-8, 8, a, b, c);
            Tensor row = draw.Within(-8, 8, c);
            (Tensor max, Tensor min, Tensor ofRow, Tensor product) = Extremes.Apply(x, row);
            await trial.AgreeAsync(
                [(max, Party.Client, 1e-4), (min, Party.Client, 1e-4), (ofRow, Party.Client, 1e-4), (product, Party.Server, 1e-3)],
                side => Extremes.ApplyAsync(side.Session, side.Client(x), side.Server(row)));
        }
    }

    [Fact]
    public async Task Positions_of_the_largest_elements_are_exact()
    {
        await using Trial trial = await Trial.StartAsync(Positions.ApplyProgram);
        Draw draw = new(3);
        foreach ((int rows, int words) in new[] { (1, 1), (2, 2), (3, 7), (1, 300), (2, 129) })
        {
            Tensor row = draw.Distinct(-8, 16.0 / 300, words);
            Tensor x = draw.Distinct(-8, 16.0 / 300, 2, rows, words);
            (Tensor ofRow, Tensor ofRows, Tensor scaled) = Positions.Apply(row, x);
            await trial.AgreeAsync([(ofRow, Party.Client, 0), (ofRows, Party.Client, 0), (scaled, Party.Client, 1e-4)],
                side => Positions.ApplyAsync(side.Session, side.Client(row), side.Client(x)));
        }
    }
}
