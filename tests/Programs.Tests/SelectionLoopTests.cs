using System.Threading.Tasks;
using CsCheck;
using MPCache.Programs.Tests.Harness;
using MPCache.Programs.Tests.Programs;
using Xunit;

namespace MPCache.Programs.Tests;

public class SelectionLoopTests
{
    private const double Step = 14.0 / 256;

    /// <summary>Rows around the number from which on two phases compare, and any other.</summary>
    private static readonly Gen<(int Rows, int Count, int Seed)> Sizes = Gen.OneOf(Gen.Int[63, 66], Gen.Int[0, 12], Gen.Int[1, 120])
        .SelectMany(rows => Gen.Select(Gen.Const(rows), Gen.Int[0, rows], Gen.Int[0, 1 << 30]));

    [Fact]
    public async Task Sizes_at_random()
    {
        await using Trial trial = await Trial.StartAsync(Selections.WeightedSumProgram, Selections.KeepProgram);
        await Sizes.SampleAsync(async (rows, count, seed) =>
        {
            Draw draw = new(seed);
            Tensor scores = draw.Distinct(-7, Step, 2, rows);
            Tensor values = draw.Within(-4, 4, 2, rows, 3);
            await trial.AgreeAsync(Selections.WeightedSum(scores, values, count), 0.05,
                side => Selections.WeightedSumAsync(side.Session, side.Client(scores), side.Server(values), count));
            (Tensor kept, Tensor ordered) = Selections.Keep(scores, values, count);
            await trial.AgreeAsync([(kept, Party.Server, 1e-4), (ordered, Party.Client, 1e-4)],
                side => Selections.KeepAsync(side.Session, side.Client(scores), side.Server(values), count));
        }, iter: 8, threads: 1);
    }

    [Theory]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(66)]
    public async Task Rows_around_the_second_phase(int rows)
    {
        await using Trial trial = await Trial.StartAsync(Selections.KeepProgram);
        foreach (int count in (int[])[0, 1, rows / 2, rows - 1, rows])
        {
            Draw draw = new((100 * rows) + count);
            Tensor scores = draw.Distinct(-7, Step, 2, rows);
            Tensor values = draw.Within(-4, 4, 2, rows, 2);
            (Tensor kept, Tensor ordered) = Selections.Keep(scores, values, count);
            await trial.AgreeAsync([(kept, Party.Server, 1e-4), (ordered, Party.Client, 1e-4)],
                side => Selections.KeepAsync(side.Session, side.Client(scores), side.Server(values), count));
        }
    }

    [Fact]
    public async Task Layers_choose_for_themselves()
    {
        await using Trial trial = await Trial.StartAsync(SelectionsInLoops.LayeredProgram);
        Draw draw = new(1);
        foreach ((int layers, int rows, int count) in new[] { (3, 9, 4), (2, 70, 11), (0, 8, 2), (1, 5, 0) })
        {
            Tensor scores = draw.Distinct(-7, Step, layers, 2, rows);
            Tensor values = draw.Within(-4, 4, layers, 2, rows, 3);
            await trial.AgreeAsync(SelectionsInLoops.Layered(scores, values, count), 0.05,
                side => SelectionsInLoops.LayeredAsync(side.Session, side.Client(scores), side.Server(values), count));
        }
    }

    [Fact]
    public async Task A_choice_before_the_loop_is_used_in_every_step()
    {
        await using Trial trial = await Trial.StartAsync(SelectionsInLoops.SharedProgram);
        Draw draw = new(2);
        foreach ((int layers, int heads, int rows, int count) in new[] { (3, 2, 7, 3), (2, 1, 66, 20), (1, 3, 4, 4) })
        {
            Tensor scores = draw.Distinct(-7, Step, heads, rows);
            Tensor values = draw.Within(-4, 4, layers, heads, rows, 2, 3);
            await trial.AgreeAsync(SelectionsInLoops.Shared(scores, values, count), 1e-3,
                side => SelectionsInLoops.SharedAsync(side.Session, side.Client(scores), side.Server(values), count));
        }
    }

    [Fact]
    public async Task Choices_in_loops_inside_loops()
    {
        await using Trial trial = await Trial.StartAsync(SelectionsInLoops.NestedProgram, SelectionsInLoops.DeepProgram);
        Draw draw = new(3);
        foreach ((int layers, int rows, int count, int steps) in new[] { (2, 6, 3, 2), (2, 68, 9, 2), (1, 4, 1, 0) })
        {
            Tensor scores = draw.Distinct(-7, Step, layers, 2, rows);
            await trial.AgreeAsync(SelectionsInLoops.Nested(scores, count, steps), 0.01,
                side => SelectionsInLoops.NestedAsync(side.Session, side.Client(scores), count, steps));
            Tensor few = draw.Distinct(-7, Step, layers, 2, 12);
            await trial.AgreeAsync(SelectionsInLoops.Deep(few, steps), 0.01,
                side => SelectionsInLoops.DeepAsync(side.Session, side.Client(few), steps));
        }
    }

    [Fact]
    public async Task Two_levels_with_rows_besides()
    {
        await using Trial trial = await Trial.StartAsync(SelectionsInLoops.TwoLevelsProgram);
        Draw draw = new(4);
        foreach ((int heads, int pairs, int keptPairs, int count) in new[] { (2, 6, 3, 4), (1, 70, 40, 30), (2, 5, 0, 1), (1, 3, 3, 8) })
        {
            Tensor scores = draw.Distinct(-7, Step, heads, (2 * pairs) + 2);
            Tensor coarse = draw.Distinct(-7, Step, heads, pairs);
            await trial.AgreeAsync(SelectionsInLoops.TwoLevels(scores, coarse, keptPairs, count), 0.01,
                side => SelectionsInLoops.TwoLevelsAsync(side.Session, side.Client(scores), side.Server(coarse), keptPairs, count));
        }
    }

    [Fact]
    public async Task Equal_scores_are_kept_as_often_as_there_is_room()
    {
        await using Trial trial = await Trial.StartAsync(SelectionsInLoops.TiesProgram);
        Draw draw = new(6);
        foreach ((int rows, int count) in new[] { (9, 4), (64, 30), (80, 33), (70, 0) })
        {
            Tensor scores = draw.Classes(3, 2, rows) - Tensor.Scalar(1);
            await trial.AgreeAsync(SelectionsInLoops.Ties(scores, count), 1e-3,
                side => SelectionsInLoops.TiesAsync(side.Session, side.Client(scores), count));
        }
    }

    [Fact]
    public async Task Rounding_is_off_by_less_than_the_last_bit_that_is_kept()
    {
        await using Trial trial = await Trial.StartAsync(SelectionsInLoops.RoundedProgram);
        Draw draw = new(5);
        foreach (int rows in new[] { 1, 250 })
        {
            Tensor x = draw.Within(-8, 8, rows);
            Tensor y = draw.Within(-8, 8, rows);
            (Tensor input, Tensor product, Tensor chosen) = SelectionsInLoops.Rounded(x, y);
            await trial.AgreeAsync(
                [(input, Party.Client, (1.0 / 8) + 1e-4), (product, Party.Server, (1.0 / 128) + 2e-4), (chosen, Party.Client, 1 + 1e-4)],
                side => SelectionsInLoops.RoundedAsync(side.Session, side.Client(x), side.Server(y)));
        }
    }
}
