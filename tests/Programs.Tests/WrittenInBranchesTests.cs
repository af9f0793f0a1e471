using System.Linq;
using System.Threading.Tasks;
using MPCache.Contract;
using MPCache.Programs.Tests.Harness;
using MPCache.Programs.Tests.Programs;
using Xunit;

namespace MPCache.Programs.Tests;

/// <summary>States that a branch writes, for every outcome of the condition and one outcome after another.</summary>
public class WrittenInBranchesTests
{
    [Fact]
    public async Task Oldest_rows_leave_once_there_are_too_many()
    {
        await using Trial trial = await Trial.StartAsync(WrittenInBranches.RollProgram);
        await trial.CreateStateAsync(WindowSchema.Instance, ("layers", 2), ("dim", 3));
        Window plain = Empty(2, 3);
        Draw draw = new(1);
        foreach ((int added, int most, int held) in new[] { (2, 5, 2), (3, 5, 5), (1, 5, 5), (4, 5, 5), (0, 6, 5), (1, 7, 6), (2, 3, 3), (4, 1, 7), (8, 8, 8) })
        {
            Tensor rows = draw.Within(-8, 8, added, 3);
            (Tensor all, Tensor sums) = WrittenInBranches.Roll(plain, rows, most, 2);
            await trial.AgreeAsync([(all, Party.Client, 2e-4), (sums, Party.Server, 0.05)],
                side => WrittenInBranches.RollAsync(side.Session, side.States[0], side.Client(rows), most, 2));
            Assert.Equal(held, plain.Rows.Size(0));
            Assert.All(trial.Sides, side => Assert.Equal(held, side.States[0].Rows));
        }
    }

    [Fact]
    public async Task Branches_in_each_other_write_in_their_own_ways()
    {
        await using Trial trial = await Trial.StartAsync(WrittenInBranches.TurnProgram);
        await trial.CreateStateAsync(WindowSchema.Instance, ("layers", 3), ("dim", 2));
        Window plain = Empty(3, 2);
        Draw draw = new(2);
        foreach ((int way, int added, int held) in new[] { (0, 2, 2), (1, 3, 8), (2, 2, 2), (1, 2, 6), (3, 3, 3), (0, 1, 4), (3, 4, 4), (2, 1, 1), (1, 0, 1) })
        {
            Tensor rows = draw.Within(-2, 2, added, 2);
            (Tensor before, Tensor between, Tensor after, Tensor sums) = WrittenInBranches.Turn(plain, rows, way, 3);
            await trial.AgreeAsync(
                [(before, Party.Client, 1e-2), (between, Party.Client, 1e-2), (after, Party.Client, 1e-3), (sums, Party.Server, 0.5)],
                side => WrittenInBranches.TurnAsync(side.Session, side.States[0], side.Client(rows), way, 3));
            Assert.Equal(held, plain.Rows.Size(0));
            Assert.All(trial.Sides, side => Assert.Equal(held, side.States[0].Rows));
        }
    }

    [Fact]
    public async Task A_loops_counter_decides_how_a_layer_is_written()
    {
        await using Trial trial = await Trial.StartAsync(WrittenInBranches.AlternateProgram);
        await trial.CreateStateAsync(WindowSchema.Instance, ("layers", 4), ("dim", 2));
        Window plain = Empty(4, 2);
        Draw draw = new(3);
        foreach ((int from, int added) in new[] { (0, 2), (1, 1), (4, 3), (0, 1) })
        {
            Tensor rows = draw.Within(-8, 8, added, 2);
            await trial.AgreeAsync(WrittenInBranches.Alternate(plain, rows, from, 4), 0.05,
                side => WrittenInBranches.AlternateAsync(side.Session, side.States[0], side.Client(rows), from, 4));
            Assert.All(trial.Sides, side => Assert.Equal(plain.Rows.Size(0), side.States[0].Rows));
        }
    }

    [Fact]
    public async Task A_selection_is_kept_in_one_branch_and_used_in_the_other()
    {
        (int layers, int heads, int rows, int slots) = (2, 2, 6, 3);
        await using Trial trial = await Trial.StartAsync(WrittenInBranches.ChooseProgram);
        await trial.CreateStateAsync(ChoiceSchema.Instance, ("layers", layers), ("heads", heads));
        Choice plain = new() { Chosen = new Selection[layers] };
        Draw draw = new(4);
        PlanTotals[] costs = new PlanTotals[6];
        int held = 0;
        for (int step = 0; step < costs.Length; step++)
        {
            Tensor before = draw.Within(-8, 8, heads, held);
            Tensor scores = draw.Distinct(-7, 0.5, layers, heads, rows);
            Tensor x = draw.Within(-8, 8, heads, rows);
            costs[step] = await trial.AgreeAsync(WrittenInBranches.Choose(plain, scores, x, before, step, slots), 0.01,
                side => WrittenInBranches.ChooseAsync(
                    side.Session, side.States[0], side.Server(scores), side.Client(x), side.Client(before), step, slots));
            held = rows;
        }

        Assert.True(costs[1].Flights < costs[0].Flights);
        Assert.Equal(costs[1], costs[3]);
    }

    private static Window Empty(int layers, int dim) => new()
    {
        Rows = Tensor.Zeros(0, dim),
        Layers = [.. Enumerable.Range(0, layers).Select(_ => Tensor.Zeros(0, dim))],
    };
}
