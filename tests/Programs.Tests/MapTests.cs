using System;
using System.Globalization;
using System.Linq;
using System.Threading.Tasks;
using MPCache.Contract;
using MPCache.Programs.Tests.Harness;
using MPCache.Programs.Tests.Programs;
using Xunit;

namespace MPCache.Programs.Tests;

public class MapTests
{
    [Fact]
    public async Task Functions_of_the_authors_own_are_off_by_no_more_than_the_plan_says()
    {
        await using Trial trial = await Trial.StartAsync(Maps.ApplyProgram);
        FitNode[] fits = [.. Maps.ApplyProgram.Interface.Plan.Nodes.OfType<FitNode>()];
        double Error(string part) => double.Parse(
            fits.Single(f => f.Expression.Contains(part, StringComparison.Ordinal)).Error, CultureInfo.InvariantCulture);
        Draw draw = new(1);
        foreach (int n in new[] { 1, 7, 300 })
        {
            Tensor x = Exact(draw.Within(-8, 8, n));
            Tensor y = Exact(draw.Within(0.0625, 4, n));
            (Tensor mish, Tensor root, Tensor leaky, Tensor wave, Tensor logarithm, Tensor semicircle) = Maps.Apply(x, y);
            // The square and the product with 0.12 are rounded before they are mapped.
            await trial.AgreeAsync(
                [
                    (mish, Party.Client, Error("Tanh")), (root, Party.Client, Error("Pow") + 2e-5), (leaky, Party.Client, Error("Leak")),
                    (wave, Party.Server, Error("angle")), (logarithm, Party.Client, Error("Log(v), ")),
                    (semicircle, Party.Client, Error("Sqrt") + 1e-4),
                ],
                side => Maps.ApplyAsync(side.Session, side.Client(x), side.Server(y)));
        }
    }

    [Theory]
    [InlineData("Tanh", 1e-3)]
    [InlineData("Pow", 1e-3)]
    [InlineData("Leak", 4e-3)]
    [InlineData("angle", 1e-3)]
    [InlineData("Log(v), ", 8e-3)]
    [InlineData("Sqrt", 2e-3)]
    public void Fits_are_near(string part, double error) => Assert.InRange(
        double.Parse(
            Maps.ApplyProgram.Interface.Plan.Nodes.OfType<FitNode>().Single(f => f.Expression.Contains(part, StringComparison.Ordinal)).Error,
            CultureInfo.InvariantCulture),
        1e-5, error);

    [Fact]
    public void Plain_elements_outside_of_the_bounds_and_infinite_results_are_refused()
    {
        Tensor x = Tensor.From([0.5f, -2], 2);
        RangeException outside = Assert.Throws<RangeException>(() => x.Map(v => v, -1, 1));
        Assert.Contains("x", outside.Message, StringComparison.Ordinal);
        MPCacheException infinite = Assert.Throws<MPCacheException>(() => (x - 0.5f).Map(v => 1 / v, -4, 4));
        Assert.Contains("[0]", infinite.Message, StringComparison.Ordinal);
    }

    /// <summary>Elements that fixed point holds as they are.</summary>
    private static Tensor Exact(Tensor values) =>
        Tensor.From([.. values.Values.ToArray().Select(v => MathF.Round(v * 65536) / 65536)], values.Shape.ToArray());
}
