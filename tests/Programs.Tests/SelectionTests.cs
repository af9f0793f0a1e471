using System.Collections.Generic;
using System.Threading.Tasks;
using MPCache.Programs.Tests.Harness;
using MPCache.Programs.Tests.Programs;
using Xunit;

namespace MPCache.Programs.Tests;

public class SelectionTests
{
    /// <summary>Rows, and how many are kept: none, all, one, one phase of comparisons and two.</summary>
    public static IEnumerable<(int Heads, int Rows, int Count)> Sizes =>
        [(2, 1, 1), (1, 5, 0), (3, 5, 5), (2, 13, 4), (1, 64, 9), (2, 65, 1), (1, 200, 40), (2, 130, 129), (2, 0, 0)];

    [Fact]
    public async Task Rows_with_the_largest_scores_are_gathered()
    {
        await using Trial trial = await Trial.StartAsync(Selections.WeightedSumProgram);
        Draw draw = new(1);
        foreach ((int heads, int rows, int count) in Sizes)
        {
            Tensor scores = draw.Distinct(-7, 14.0 / 256, heads, rows);
            Tensor values = draw.Within(-4, 4, heads, rows, 3);
            await trial.AgreeAsync(Selections.WeightedSum(scores, values, count), 0.02,
                side => Selections.WeightedSumAsync(side.Session, side.Client(scores), side.Server(values), count));
        }
    }

    [Fact]
    public async Task Selected_rows_stay_where_they_are_or_come_in_their_order()
    {
        await using Trial trial = await Trial.StartAsync(Selections.KeepProgram);
        Draw draw = new(2);
        foreach ((int heads, int rows, int count) in Sizes)
        {
            Tensor scores = draw.Distinct(-7, 14.0 / 256, heads, rows);
            Tensor values = draw.Within(-4, 4, heads, rows, 2);
            (Tensor kept, Tensor ordered) = Selections.Keep(scores, values, count);
            await trial.AgreeAsync([(kept, Party.Server, 1e-4), (ordered, Party.Client, 1e-4)],
                side => Selections.KeepAsync(side.Session, side.Client(scores), side.Server(values), count));
        }
    }

    [Fact]
    public async Task Attention_over_selected_keys()
    {
        await using Trial trial = await Trial.StartAsync(Selections.AttendProgram);
        Draw draw = new(3);
        foreach ((int heads, int rows, int count) in new[] { (1, 5, 2), (2, 33, 7), (2, 100, 20) })
        {
            Tensor query = draw.Within(-4, 4, heads, 1, 8);
            Tensor keys = draw.Within(-4, 4, heads, rows, 8);
            Tensor values = draw.Within(-4, 4, heads, rows, 8);
            await trial.AgreeAsync(Selections.Attend(query, keys, values, count), 0.01,
                side => Selections.AttendAsync(side.Session, side.Client(query), side.Server(keys), side.Server(values), count));
        }
    }

    [Fact]
    public async Task Two_levels_of_selection()
    {
        await using Trial trial = await Trial.StartAsync(Selections.TwoLevelsProgram);
        Draw draw = new(4);
        foreach ((int heads, int rows, int pairs, int count) in new[] { (1, 4, 2, 1), (2, 40, 20, 8), (1, 100, 50, 13) })
        {
            Tensor scores = draw.Distinct(-7, 14.0 / 256, heads, 2 * rows);
            Tensor coarse = draw.Distinct(-7, 14.0 / 256, heads, rows);
            await trial.AgreeAsync(Selections.TwoLevels(scores, coarse, pairs, count), 1e-3,
                side => Selections.TwoLevelsAsync(side.Session, side.Client(scores), side.Server(coarse), pairs, count));
        }
    }

    [Fact]
    public async Task Shuffled_rows_find_their_way_back()
    {
        await using Trial trial = await Trial.StartAsync(Selections.ThereAndBackProgram);
        Draw draw = new(5);
        foreach ((int heads, int rows, int dim) in new[] { (1, 1, 1), (3, 17, 4), (2, 300, 1) })
        {
            Tensor x = draw.Within(-8, 8, heads, rows, dim);
            (Tensor sum, Tensor back) = Selections.ThereAndBack(x);
            await trial.AgreeAsync([(sum, Party.Server, 0.01), (back, Party.Client, 1e-3)],
                side => Selections.ThereAndBackAsync(side.Session, side.Client(x)));
        }
    }

    [Fact]
    public async Task A_state_keeps_what_was_chosen_for_later_calls()
    {
        Draw draw = new(6);
        await using Trial trial = await Trial.StartAsync(Choosing.ChooseProgram, Choosing.UseProgram);
        const int layers = 3;
        const int heads = 2;
        await trial.CreateStateAsync(ChoiceSchema.Instance, ("layers", layers), ("heads", heads));
        Choice plain = new() { Chosen = new Selection[layers] };
        Tensor scores = draw.Distinct(-7, 14.0 / 256, layers, heads, 9);
        Choosing.Choose(plain, scores, layers, 4);
        await trial.AgreeAsync([], side => Choosing.ChooseAsync(side.Session, side.States[0], side.Client(scores), layers, 4));

        // Each call uses what the one before chose, of another number of rows every time.
        (int Slots, int Rows) kept = (4, 9);
        foreach ((int rows, int count) in new[] { (17, 1), (70, 30), (5, 5), (8, 0), (3, 2) })
        {
            Tensor next = draw.Distinct(-7, 14.0 / 256, layers, heads, rows);
            Tensor values = draw.Within(-8, 8, heads, kept.Rows);
            Tensor sum = Choosing.Use(plain, next, values, layers, kept.Slots, count);
            int slots = kept.Slots;
            await trial.AgreeAsync(sum, 1e-3, side => Choosing.UseAsync(
                side.Session, side.States[0], side.Client(next), side.Server(values), layers, slots, count));
            kept = (count, rows);
        }
    }
}
