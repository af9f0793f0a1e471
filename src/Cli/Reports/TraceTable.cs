using System.Globalization;
using System.IO;
using System.Linq;
using MPCache.Sessions;
using Spectre.Console;

namespace MPCache.Cli.Reports;

/// <summary>The table of a trace: an expression a row, the worst of its iterations.</summary>
internal static class TraceTable
{
    private const int RedirectedWidth = 160;

    private static readonly string[] Columns =
    [
        "elements", "times", "largest\n|plain|", "worst\n|plain−clear|", "worst\n|clear−two-party|",
    ];

    /// <summary>Writes the table and what it says.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="comparison">The trace.</param>
    public static void Write(TextWriter output, TraceComparison comparison)
    {
        Table table = new() { Border = TableBorder.Simple };
        table.AddColumn(new TableColumn("site").RightAligned());
        table.AddColumn("expression");
        foreach (string name in Columns)
        {
            table.AddColumn(new TableColumn(name).RightAligned());
        }

        foreach (IGrouping<int, TraceRow> site in comparison.Rows.GroupBy(r => r.Site))
        {
            bool diverges = site.Key == comparison.FirstDivergence?.Site;
            string expression = Markup.Escape(site.First().Expression);
            table.AddRow(
                new Markup(site.Key.ToString(CultureInfo.InvariantCulture)),
                new Markup(diverges ? $"[bold red]{expression}[/]" : expression),
                new Markup(string.Join("…", new[] { site.Min(r => r.Count), site.Max(r => r.Count) }.Distinct().Select(Count))),
                new Markup(Count(site.Count())),
                new Markup(Number(site.Max(r => r.Largest))),
                new Markup(Number(site.Max(r => r.PlainToClear))),
                new Markup(Number(site.Max(r => r.ClearToTwoParty))));
        }

        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        if (!console.Profile.Out.IsTerminal)
        {
            console.Profile.Width = RedirectedWidth;
        }

        console.Write(table);
        output.WriteLine(comparison.FirstDivergence is null
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{comparison.Program}: {comparison.Rows.Count} values agree within {comparison.Tolerance:G4}, "
                    + $"in units of the largest or of 1")
            : $"{comparison.Program}: first divergence: {comparison.FirstDivergence}");
        output.Flush();
    }

    private static string Count(int count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Number(double value) => value == 0 ? "0" : value.ToString("0.00E+0", CultureInfo.InvariantCulture);
}
