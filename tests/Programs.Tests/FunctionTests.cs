using System.Threading.Tasks;
using MPCache.Programs.Tests.Harness;
using MPCache.Programs.Tests.Programs;
using Xunit;

namespace MPCache.Programs.Tests;

public class FunctionTests
{
    [Fact]
    public async Task Softmax_with_and_without_a_mask()
    {
        await using Trial trial = await Trial.StartAsync(Probabilities.ApplyProgram);
        Draw draw = new(1);
        foreach ((int rows, int n) in new[] { (1, 1), (3, 5), (2, 64), (16, 16), (1, 256) })
        {
            Tensor scores = draw.Within(-12, 12, 2, rows, n);
            Tensor factors = draw.Within(-4, 4, rows, n);
            (Tensor plain, Tensor masked, Tensor scaled) = Probabilities.Apply(scores, factors);
            await trial.AgreeAsync([(plain, Party.Client, 0.003), (masked, Party.Client, 0.003), (scaled, Party.Server, 0.003)],
                side => Probabilities.ApplyAsync(side.Session, side.Client(scores), side.Server(factors)));
        }
    }

    [Fact]
    public async Task Exponentials_of_negative_and_of_bounded_arguments()
    {
        await using Trial trial = await Trial.StartAsync(Exponentials.ApplyProgram);
        Draw draw = new(2);
        foreach (int n in new[] { 1, 7, 300 })
        {
            Tensor negative = draw.Within(-20, 0, n);
            Tensor both = draw.Within(-6, 6, n);
            (Tensor small, Tensor large) = Exponentials.Apply(negative, both);
            await trial.AgreeAsync([(small, Party.Client, 0.0005), (large, Party.Client, new Bound(0.05, 0.0005))],
                side => Exponentials.ApplyAsync(side.Session, side.Client(negative), side.Server(both)));
        }
    }

    [Fact]
    public async Task Exponentials_of_few_bits()
    {
        await using Trial trial = await Trial.StartAsync(NarrowExponentials.ApplyProgram);
        Tensor x = new Draw(6).Within(-0.5, 0, 40);
        await trial.AgreeAsync(NarrowExponentials.Apply(x), 0.0005, side => NarrowExponentials.ApplyAsync(side.Session, side.Client(x)));
    }

    [Fact]
    public async Task Reciprocals_and_their_roots()
    {
        await using Trial trial = await Trial.StartAsync(Reciprocals.ApplyProgram);
        Draw draw = new(3);
        foreach (int n in new[] { 1, 7, 300 })
        {
            Tensor x = draw.Within(0.0625, 200, n);
            Tensor narrow = draw.Within(1.25, 1.75, n);
            (Tensor reciprocal, Tensor root, Tensor narrowReciprocal, Tensor narrowRoot) = Reciprocals.Apply(x, narrow);
            await trial.AgreeAsync(
                [
                    (reciprocal, Party.Client, new Bound(1e-4, 0.001)), (root, Party.Client, new Bound(1e-4, 0.001)),
                    (narrowReciprocal, Party.Server, 0.001), (narrowRoot, Party.Client, 0.001),
                ],
                side => Reciprocals.ApplyAsync(side.Session, side.Client(x), side.Server(narrow)));
        }
    }

    [Fact]
    public async Task Activations_over_wide_and_narrow_ranges()
    {
        await using Trial trial = await Trial.StartAsync(Activations.ApplyProgram);
        Draw draw = new(4);
        foreach (int n in new[] { 1, 7, 300 })
        {
            Tensor x = draw.Within(-16, 16, n);
            Tensor small = draw.Within(-0.5, 1, n);
            (Tensor silu, Tensor gelu, Tensor relu, Tensor smallSilu) = Activations.Apply(x, small);
            await trial.AgreeAsync(
                [(silu, Party.Client, 0.002), (gelu, Party.Client, 0.002), (relu, Party.Client, 1e-4), (smallSilu, Party.Client, 0.001)],
                side => Activations.ApplyAsync(side.Session, side.Client(x), side.Server(small)));
        }
    }

    [Fact]
    public async Task Comparisons_and_choices()
    {
        await using Trial trial = await Trial.StartAsync(Choices.ApplyProgram);
        Draw draw = new(5);
        foreach ((int rows, int n) in new[] { (1, 1), (3, 5), (16, 300), (0, 3) })
        {
            // Quarters apart, so that no comparison hangs on a rounding.
            Tensor x = draw.Classes(64, rows, n) * 0.25f - 8f;
            Tensor y = draw.Classes(64, n) * 0.25f - 7.875f;
            (Tensor larger, Tensor smaller, Tensor less, Tensor selected, Tensor broadcast) = Choices.Apply(x, y);
            await trial.AgreeAsync(
                [
                    (larger, Party.Client, 1e-4), (smaller, Party.Client, 1e-3), (less, Party.Server, 0),
                    (selected, Party.Client, 1e-3), (broadcast, Party.Client, 1e-4),
                ],
                side => Choices.ApplyAsync(side.Session, side.Client(x), side.Server(y)));
        }
    }
}
