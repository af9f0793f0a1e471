using System.Linq;
using System.Threading.Tasks;
using MPCache.Programs.Tests.Harness;
using MPCache.Programs.Tests.Programs;
using Xunit;

namespace MPCache.Programs.Tests;

public class ReplacedStateTests
{
    [Fact]
    public async Task A_state_is_replaced_by_more_and_by_fewer_rows()
    {
        Draw draw = new(1);
        foreach ((int layers, int dim) in new[] { (1, 1), (3, 4) })
        {
            await using Trial trial = await Trial.StartAsync(Replacing.SlideProgram, Replacing.RestartProgram);
            await trial.CreateStateAsync(WindowSchema.Instance, ("layers", layers), ("dim", dim));
            Window plain = Empty(layers, dim);
            foreach ((int added, int kept) in new[] { (4, 4), (3, 6), (2, 3), (0, 1), (5, 0), (1, 1), (2, 3) })
            {
                Tensor rows = draw.Within(-8, 8, added, dim);
                (Tensor before, Tensor after, Tensor sums) = Replacing.Slide(plain, rows, kept, layers);
                await trial.AgreeAsync([(before, Party.Client, 0.01), (after, Party.Client, 2e-4), (sums, Party.Server, 0.05)],
                    side => Replacing.SlideAsync(side.Session, side.States[0], side.Client(rows), kept, layers));
                Assert.All(trial.Sides, side => Assert.Equal(kept, side.States[0].Rows));

                Tensor anew = draw.Within(-8, 8, 1, dim);
                (Tensor all, Tensor forgotten) = Replacing.Restart(plain, anew, layers);
                await trial.AgreeAsync([(all, Party.Client, 2e-4), (forgotten, Party.Client, 0.01)],
                    side => Replacing.RestartAsync(side.Session, side.States[0], side.Server(anew), layers));
                Assert.All(trial.Sides, side => Assert.Equal(4, side.States[0].Rows));
            }
        }
    }

    [Fact]
    public async Task Stretches_of_layers_go_on_behind_each_other()
    {
        Draw draw = new(2);
        foreach ((int skipped, int pairs, int singles) in new[] { (1, 1, 1), (0, 2, 0), (2, 0, 1), (0, 1, 2) })
        {
            int layers = skipped + (2 * pairs) + singles;
            await using Trial trial = await Trial.StartAsync(Replacing.StretchesProgram);
            await trial.CreateStateAsync(WindowSchema.Instance, ("layers", layers), ("dim", 3));
            Window plain = Empty(layers, 3);
            foreach (int added in new[] { 2, 1, 3 })
            {
                Tensor rows = draw.Within(-8, 8, added, 3);
                await trial.AgreeAsync(Replacing.Stretches(plain, rows, skipped, pairs, singles), 0.05,
                    side => Replacing.StretchesAsync(side.Session, side.States[0], side.Client(rows), skipped, pairs, singles));
                Assert.All(trial.Sides, side => Assert.Equal(plain.Rows.Size(0), side.States[0].Rows));
            }
        }
    }

    [Fact]
    public async Task A_write_that_is_ready_earlier_waits_for_the_one_before_it()
    {
        Draw draw = new(3);
        await using Trial trial = await Trial.StartAsync(Replacing.SettleProgram);
        await trial.CreateStateAsync(WindowSchema.Instance, ("layers", 1), ("dim", 2));
        Window plain = Empty(1, 2);
        foreach ((int added, int kept) in new[] { (5, 0), (3, 2), (2, 4), (1, 1) })
        {
            Tensor rows = draw.Within(-8, 8, added, 2);
            Tensor scores = draw.Distinct(-7, 1, plain.Rows.Size(0));
            (Tensor all, Tensor layer) = Replacing.Settle(plain, rows, scores, kept);
            await trial.AgreeAsync([(all, Party.Client, 2e-4), (layer, Party.Client, 2e-4)],
                side => Replacing.SettleAsync(side.Session, side.States[0], side.Client(rows), side.Server(scores), kept));
            Assert.All(trial.Sides, side => Assert.Equal(kept + added, side.States[0].Rows));
        }
    }

    private static Window Empty(int layers, int dim) => new()
    {
        Rows = Tensor.Zeros(0, dim),
        Layers = [.. Enumerable.Range(0, layers).Select(_ => Tensor.Zeros(0, dim))],
    };
}
