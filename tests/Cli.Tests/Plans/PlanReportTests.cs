using System;
using System.IO;
using System.Linq;
using MPCache.Cli.Reports.Plans;
using MPCache.Contract;
using MPCache.Transport;
using Xunit;

namespace MPCache.Cli.Tests.Plans;

/// <summary>What is computed from a plan: times, lines, timeline, the file, the page.</summary>
public sealed class PlanReportTests
{
    private static readonly NetworkProfile[] Networks = [NetworkProfile.Parse("latency=10ms,bandwidth=1Mbit"), NetworkProfile.Loopback];

    [Fact]
    public void The_time_is_a_latency_a_flight_and_the_larger_direction_on_the_link()
    {
        PlanCosts costs = SmallPlan.Costs();
        Assert.Equal(1 + 3 + 6 + 1, costs.Totals.Flights);

        // Flight 1 carries 4·layer bytes more to the client; the prepared message is sent before.
        long larger = (40 + Wire.HeaderBytes) + (3 * (40 + Wire.HeaderBytes) + 4 * (0 + 1 + 2)) + 6 * (16 + Wire.HeaderBytes)
            + 8 + Wire.HeaderBytes;
        NetworkTime time = NetworkTime.Of(costs.Flights, Networks[0]);
        Assert.Equal(TimeSpan.FromMilliseconds(110), time.Latency);
        Assert.Equal(TimeSpan.FromMicroseconds(larger * 8), time.OnLink);
        Assert.Equal(time.Latency + time.OnLink, time.Together);
        Assert.Equal(TimeSpan.Zero, NetworkTime.Of(costs.Flights, Networks[1]).Together);
    }

    [Fact]
    public void Lines_are_all_that_a_gate_does_for_an_expression()
    {
        Assert.Equal(
            [
                new PlanLine("x", "input", 1, 0, 40, 0, 0),
                new PlanLine("x * y", "product", 3, 120, 120, 0, 0),
                new PlanLine("x * y", "truncate", 3, 12, 0, 0, 20),
                new PlanLine("x & y", "product", 6, 96, 96, 0, 0),
                new PlanLine("z", "reveal", 1, 8, 0, 0, 0),
                new PlanLine("x * <w>", "product", 0, 0, 0, 40, 0),
            ],
            PlanLine.Of(SmallPlan.Costs()));
    }

    [Fact]
    public void A_loop_stands_once_around_what_it_repeats()
    {
        static string Show(TimelineItem item) => item switch
        {
            TimelineLoop loop => $"{loop.Loop.Index}×{loop.Loop.Runs}({string.Join(" ", loop.Body.Select(Show))})",
            _ => $"{((TimelineFlight)item).Flight.Id}×{((TimelineFlight)item).Flight.Runs}",
        };

        Assert.Equal("0×1 layer×3(1×3 step×6(2×6)) 3×1", string.Join(" ", TimelineItem.Of(SmallPlan.Costs()).Select(Show)));
    }

    [Theory]
    [InlineData(SmallPlan.Text)]
    [InlineData(SmallPlan.Branching)]
    public void A_plan_is_read_as_it_was_written(string text)
    {
        string first = Path.GetTempFileName();
        string second = Path.GetTempFileName();
        try
        {
            PlanCosts costs = SmallPlan.Costs(text);
            PlanReport.Write(first, costs, Networks);
            PlanCosts read = PlanReport.Read(first);
            Assert.Equal(costs.Totals, read.Totals);
            PlanReport.Write(second, read, Networks);
            Assert.Equal(File.ReadAllText(first), File.ReadAllText(second));
        }
        finally
        {
            File.Delete(first);
            File.Delete(second);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"program\": \"small.run\"}")]
    [InlineData("{\"program\": 3}")]
    public void What_is_no_plan_is_an_error(string text)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, text);
            Assert.Contains(file, Assert.Throws<MPCacheException>(() => PlanReport.Read(file)).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void The_page_is_the_one_in_the_snapshots()
    {
        // The style is not what is tested; it would only make the page hard to review.
        string page = PlanPage.Text(SmallPlan.Costs(), Networks);
        int style = page.IndexOf("<style>", StringComparison.Ordinal);
        int end = page.IndexOf("</style>", StringComparison.Ordinal);
        Assert.Contains("prefers-color-scheme: dark", page[style..end], StringComparison.Ordinal);
        Golden.Equal("plan.html", page[..style] + page[end..]);
    }

    [Fact]
    public void The_branch_taken_stands_around_its_flights_and_names_its_condition_and_the_other_branch()
    {
        string page = PlanPage.Text(SmallPlan.Costs(SmallPlan.Branching), Networks);
        int style = page.IndexOf("<style>", StringComparison.Ordinal);
        int end = page.IndexOf("</style>", StringComparison.Ordinal);
        Golden.Equal("plan.branches.html", page[..style] + page[end..]);
        using StringWriter tables = new();
        PlanTables.Write(tables, SmallPlan.Costs(SmallPlan.Branching), Networks);
        Assert.Contains(
            """
            Branches taken:
              where layer < tokens - 3: flights 4. The other branch, with 1 flight of its own, is taken once.
              where layer >= tokens - 3: flights 5. The other branch, with 1 flight of its own, is taken 2 times.
              where tokens <= 5: nothing is sent. The other branch, with 1 flight of its own, is not taken at these sizes.
              where tokens < 6: flights 7. The other branch, with 2 flights of its own, is not taken at these sizes.
            """.ReplaceLineEndings("\n"), tables.ToString().ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_loads_nothing()
    {
        string page = PlanPage.Text(SmallPlan.Costs(), Networks);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("src=", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("://", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("url(", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<w>", page, StringComparison.Ordinal);
    }
}
