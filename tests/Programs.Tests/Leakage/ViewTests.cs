using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using MPCache.Contract;
using MPCache.Execution;
using MPCache.Programs.Tests.Harness;
using MPCache.Programs.Tests.Programs;
using MPCache.Sessions;
using MPCache.TestSupport;
using Xunit;

namespace MPCache.Programs.Tests.Leakage;

/// <summary>
/// Everything that each side receives in whole programs with selections, between parties seeded by the operating system's generator, for
/// inputs that an eavesdropper would most like to tell apart. Lengths and what the dealer gets are equal to the byte; revealed orders and
/// slots are uniform; all else is fair coins. Error bounds are <see cref="Alarm"/>'s.
/// </summary>
public sealed class ViewTests
{
    private const int Heads = 8;
    private const int Rows = 4;
    private const int Dim = 2;
    private const int Kept = 2;
    private const int Runs = 330;

    /// <summary>Scores of four rows: within the asserted ±4, at its ends, and far beyond it.</summary>
    private static readonly (string Name, float Query, float[] Keys)[] Cases =
    [
        ("distinct, rising", 1, [0.25f, 0.5f, 1, 2]),
        ("distinct, falling", 1, [2, 1, 0.5f, 0.25f]),
        ("all equal", 1, [1, 1, 1, 1]),
        ("half equal", 1, [1, -1, 1, -1]),
        ("zero", 0, [0, 0, 0, 0]),
        ("at the ends of the asserted range", 1, [2, -2, 2, -2]),
        ("beyond the asserted range", 8, [8, -8, 0.5f, -4]),
        ("beyond the asserted range, equal", 8, [8, 8, 8, 8]),
    ];

    [Fact]
    public async Task Attention_over_selected_keys_shows_nothing()
    {
        Alarm alarm = new();
        List<Views> all = [];
        foreach ((string name, float query, float[] keys) in Cases)
        {
            Tensor q = Filled(query, Heads, 1, Dim);
            Tensor k = Repeated(keys, Dim);
            Tensor v = Repeated([1, 2, 3, 4], Dim);
            Views views = await WatchAsync(
                name, Watched.AttendProgram, Sizes(Watched.AttendProgram), Runs,
                side => Watched.AttendAsync(side.Session, side.Client(q), side.Server(k), side.Server(v), Kept));
            views.Check(alarm);
            views.Strangers(alarm);
            Orders.Check(alarm, name, views.RevealedOrders(Rows), Rows);
            views.Scattered(alarm, Rows, Kept);
            Slots(alarm, name, views.RevealedNumbers("slots", Heads * Rows));
            all.Add(views);
        }

        Alike(alarm, all);
        alarm.AssertSilent();
    }

    [Fact]
    public async Task Attention_over_a_wide_area_shows_nothing()
    {
        Assert.Contains(Watched.DistantProgram.Interface.Plan.Nodes.OfType<ChoiceNode>(), c => c.Chosen == "coarse maximum");
        Alarm alarm = new();
        List<Views> all = [];
        foreach ((string name, float query, float[] keys) in Cases.Where((_, i) => i % 2 == 0))
        {
            Tensor q = Filled(query, Heads, 1, Dim);
            Tensor k = Repeated(keys, Dim);
            Tensor v = Repeated([1, 2, 3, 4], Dim);
            Views views = await WatchAsync(
                name, Watched.DistantProgram, Sizes(Watched.DistantProgram), Runs,
                side => Watched.DistantAsync(side.Session, side.Client(q), side.Server(k), side.Server(v)));
            views.Check(alarm);
            views.Strangers(alarm);
            all.Add(views);
        }

        Alike(alarm, all);
        alarm.AssertSilent();
    }

    /// <summary>Which branch is taken is public; what either one shows is nothing.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(Rows)]
    public async Task Branches_of_a_session_show_nothing(int few)
    {
        Alarm alarm = new();
        List<Views> all = [];
        foreach ((string name, float query, float[] keys) in Cases.Where((_, i) => i % 2 == 1))
        {
            Tensor q = Filled(query, Heads, 1, Dim);
            Tensor k = Repeated(keys, Dim);
            Tensor v = Repeated([1, 2, 3, 4], Dim);
            Dictionary<string, long> sizes = Sizes(Watched.DependingProgram);
            sizes["few"] = few;
            Views views = await WatchAsync(
                name, Watched.DependingProgram, sizes, Runs,
                side => Watched.DependingAsync(side.Session, side.Client(q), side.Server(k), side.Server(v), few, Kept));
            views.Check(alarm);
            views.Strangers(alarm);
            if (few < Rows)
            {
                Orders.Check(alarm, name, views.RevealedOrders(Rows), Rows);
            }

            all.Add(views);
        }

        Alike(alarm, all);
        alarm.AssertSilent();
    }

    /// <summary>What a branch makes of a state shows nothing, and nothing is shown of it behind the branches.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(Rows)]
    public async Task States_written_in_branches_show_nothing(int few)
    {
        Alarm alarm = new();
        List<Views> all = [];
        foreach ((string name, float query, float[] keys) in Cases.Where((_, i) => i % 2 == 1))
        {
            Tensor q = Filled(query, Heads, 1, Dim);
            Tensor k = Repeated(keys, Dim);
            Dictionary<string, long> sizes = Sizes(Watched.StoringProgram);
            sizes["few"] = few;
            Views views = await WatchAsync(name, Watched.StoringProgram, sizes, Runs, async side =>
            {
                StateHandle state = await side.Session.CreateStateAsync(
                    WatchedRowsSchema.Instance, new Dictionary<string, long> { ["dim"] = Dim });
                CallResult result = await Watched.StoringAsync(side.Session, state, side.Client(q), side.Server(k), few, Kept);
                Assert.Equal(Heads * (few < Rows ? Kept : Rows), state.Rows);
                return result;
            });
            views.Check(alarm);
            views.Strangers(alarm);
            if (few < Rows)
            {
                Orders.Check(alarm, name, views.RevealedOrders(Rows), Rows);
            }

            all.Add(views);
        }

        Alike(alarm, all);
        alarm.AssertSilent();
    }

    [Fact]
    public async Task Orders_of_two_selections_by_the_same_scores_have_nothing_in_common()
    {
        Alarm alarm = new();
        List<Views> all = [];
        foreach ((string name, float[] scores) in new[]
        {
            ("distinct", new[] { 0f, 0.5f, 1, 1.5f }), ("equal", [1, 1, 1, 1]), ("outside", [8, -8, 8, 3]),
            ("falling", [1.5f, 1, 0.5f, 0]),
        })
        {
            Tensor client = Repeated(scores, 1).Reshape(Heads, Rows);
            Tensor server = Filled(name == "outside" ? 8 : 0, Heads, Rows);
            Views views = await WatchAsync(
                name, Watched.TwiceProgram, Sizes(Watched.TwiceProgram), Runs,
                side => Watched.TwiceAsync(side.Session, side.Client(client), side.Server(server)));
            views.Check(alarm);
            views.Strangers(alarm);
            IReadOnlyList<int[]?[]> orders = views.RevealedOrders(Rows);
            Assert.Equal(2 * Heads, orders[0].Length);
            Orders.Check(alarm, name, orders, Rows);
            all.Add(views);
        }

        Alike(alarm, all);
        alarm.AssertSilent();
    }

    /// <summary>
    /// Two phases: 72 rows, of which the first compares 18 with all. Equal rows, distinct ones and wrapped ones look alike.
    /// </summary>
    [Fact]
    public async Task Two_phases_of_comparisons_show_nothing()
    {
        const int Many = 72;
        Alarm alarm = new();
        List<Views> all = [];
        foreach ((string name, Func<int, float> key) in new (string, Func<int, float>)[]
        {
            ("rising", i => i / 64f), ("falling", i => -i / 64f), ("equal", _ => 1), ("half equal", i => i < Many / 2 ? 1 : i / 64f),
            ("outside", i => i % 2 == 0 ? 8 : -8),
        })
        {
            Tensor q = Filled(name == "outside" ? 8 : 1, Heads, 1, Dim);
            Tensor k = Repeated([.. Enumerable.Range(0, Many).Select(key)], Dim);
            Tensor v = Filled(1, Heads, Many, Dim);
            Dictionary<string, long> sizes = Sizes(Watched.AttendProgram);
            sizes["rows"] = Many;
            sizes["count"] = 16;
            Views views = await WatchAsync(
                name, Watched.AttendProgram, sizes, 24,
                side => Watched.AttendAsync(side.Session, side.Client(q), side.Server(k), side.Server(v), 16));

            // Comparisons between the first three pivots: six orders of equal probability.
            IReadOnlyList<IReadOnlyList<bool[]>> revealed = views.Revealed("order");
            Assert.Equal(2, revealed[0].Count);
            int pairs = revealed[0][0].Length / Heads;
            IEnumerable<int[]?> orders = revealed.SelectMany(run => run[0].Chunk(pairs))
                .Select(bits => Orders.Ranks([bits[0], bits[1], bits[Many - 1]], 3));
            alarm.Uniform($"{name}, orders of three pivots", Orders.Histogram(orders, 3)[..6]);
            long[] wins = [.. Enumerable.Range(0, pairs).Select(
                pair => (long)revealed.Sum(run => Enumerable.Range(0, Heads).Count(head => run[0][(head * pairs) + pair])))];
            for (int pair = 0; pair < pairs; pair++)
            {
                alarm.Coin($"{name}, comparison {pair}", wins[pair], revealed.Count * Heads);
            }

            views.Strangers(alarm);
            all.Add(views);
        }

        Alike(alarm, all);
        alarm.AssertSilent();
    }

    /// <summary>No two sessions have anything in common that the dealer drew, though all else is the same.</summary>
    [Fact]
    public async Task Every_session_has_seeds_of_its_own()
    {
        Tensor x = Filled(1, Heads, Rows);
        HashSet<string> seeds = [];
        HashSet<string> tapes = [];
        for (int i = 0; i < 5; i++)
        {
            await using Watch watch = await Watch.StartAsync(Watched.TwiceProgram);
            foreach (byte[] fromDealer in watch.Opening.Skip(2).Take(2))
            {
                // The welcome ends with the seed.
                seeds.Add(Convert.ToHexString(fromDealer[^AesSeedBytes..]));
            }

            View view = await watch.CallAsync(side => Watched.TwiceAsync(side.Session, side.Client(x), side.Server(x)));
            tapes.Add(Convert.ToHexString(view.Tape));
        }

        Assert.Equal(10, seeds.Count);
        Assert.Equal(5, tapes.Count);
    }

    private const int AesSeedBytes = Randomness.AesMaskSource.SeedBytes;

    /// <summary>What no input changes, to the byte; what chance changes, in distribution.</summary>
    private static void Alike(Alarm alarm, List<Views> all)
    {
        foreach (Views views in all.Skip(1))
        {
            foreach ((View first, View other) in all[0].Runs.Zip(views.Runs))
            {
                Assert.Equal(first.Frames, other.Frames);
                Assert.Equal(first.ToDealer, other.ToDealer);
            }

            all[0].Same(alarm, views);
        }
    }

    /// <summary>Which rows have slots, and which slots, among all ways to have them.</summary>
    private static void Slots(Alarm alarm, string name, IReadOnlyList<int[]> numbers)
    {
        long[] counts = new long[Rows * Rows];
        foreach (int[] group in numbers.SelectMany(run => run.Chunk(Rows)))
        {
            Assert.Equal([0, 0, 1, 2], group.Order());
            counts[(Array.IndexOf(group, 1) * Rows) + Array.IndexOf(group, 2)]++;
        }

        alarm.Uniform($"{name}, slots", [.. counts.Where((_, cell) => cell / Rows != cell % Rows)]);
    }

    private static async Task<Views> WatchAsync(
        string name, CompiledProgram program, Dictionary<string, long> sizes, int runs, Func<Side, Task<CallResult>> call)
    {
        List<View> views = [];
        await using Watch watch = await Watch.StartAsync(program);
        for (int i = 0; i < runs; i++)
        {
            views.Add(await watch.CallAsync(call));
        }

        return new Views(name, WireLayout.Of(program.Interface.Plan, sizes), views);
    }

    private static Dictionary<string, long> Sizes(CompiledProgram program)
    {
        Dictionary<string, long> all = new() { ["heads"] = Heads, ["rows"] = Rows, ["dim"] = Dim, ["count"] = Kept, ["few"] = Rows, ["held"] = 0 };
        return program.Interface.Dimensions.Select(d => d.Name).ToDictionary(n => n, n => all[n]);
    }

    private static Tensor Filled(float value, params int[] shape) =>
        Tensor.From([.. Enumerable.Repeat(value, shape.Aggregate(1, (a, b) => a * b))], shape);

    /// <summary>The same rows for every head, each of equal elements.</summary>
    private static Tensor Repeated(float[] rows, int dim) => Tensor.From(
        [.. Enumerable.Range(0, Heads).SelectMany(_ => rows.SelectMany(row => Enumerable.Repeat(row, dim)))], Heads, rows.Length, dim);
}
