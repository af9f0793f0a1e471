using System.Threading.Tasks;
using MPCache.Programs.Tests.Harness;
using MPCache.Programs.Tests.Programs;
using Xunit;

namespace MPCache.Programs.Tests;

public class ConditionTests
{
    [Fact]
    public async Task Masks_choose_and_keep()
    {
        await using Trial trial = await Trial.StartAsync(PublicMasks.ApplyProgram);
        Draw draw = new(1);
        foreach ((int rows, int n, int m) in new[] { (1, 1, 1), (3, 5, 7) })
        {
            Tensor x = draw.Classes(64, rows, n) * 0.25f - 7.875f;
            Tensor y = draw.Within(-8, 8, rows, m);
            (Tensor means, Tensor chosen, Tensor kept, Tensor between) = PublicMasks.Apply(x, y);
            await trial.AgreeAsync([(means, Party.Client, 1e-3), (chosen, Party.Client, 1e-3),
                    (kept, Party.Client, 1e-3), (between, Party.Client, 1e-3)],
                side => PublicMasks.ApplyAsync(side.Session, side.Client(x), side.Client(y)));
        }
    }

    [Fact]
    public async Task Comparisons_are_values()
    {
        await using Trial trial = await Trial.StartAsync(Bits.ApplyProgram);
        Tensor x = new Draw(1).Classes(64, 9) * 0.25f - 7.875f;
        (Tensor same, Tensor negative, Tensor exponential) = Bits.Apply(x);
        await trial.AgreeAsync([(same, Party.Client, 1e-3), (negative, Party.Server, 0), (exponential, Party.Client, 1e-3)],
            side => Bits.ApplyAsync(side.Session, side.Client(x)));
    }

    [Fact]
    public async Task Few_fraction_bits()
    {
        await using Trial trial = await Trial.StartAsync(CoarseFractions.ApplyProgram);
        Tensor x = new Draw(1).Within(-8, 8, 9);
        (Tensor probabilities, Tensor squares, Tensor roots) = CoarseFractions.Apply(x);
        await trial.AgreeAsync([(probabilities, Party.Client, 5e-3), (squares, Party.Server, 1e-2), (roots, Party.Client, 5e-3)],
            side => CoarseFractions.ApplyAsync(side.Session, side.Client(x)));
    }

    [Fact]
    public async Task Many_fraction_bits()
    {
        await using Trial trial = await Trial.StartAsync(FineFractions.ApplyProgram);
        Tensor x = new Draw(1).Within(-8, 8, 9);
        (Tensor probabilities, Tensor squares, Tensor gelu, Tensor magnitudes) = FineFractions.Apply(x);
        await trial.AgreeAsync([(probabilities, Party.Client, 5e-3), (squares, Party.Server, 1e-3),
                (gelu, Party.Client, 2e-3), (magnitudes, Party.Client, 1e-4)],
            side => FineFractions.ApplyAsync(side.Session, side.Client(x)));
    }
}
