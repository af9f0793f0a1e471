using System.Collections.Generic;
using System.IO;
using System.Linq;
using Spectre.Console;

namespace MPCache.Bench.Compiler.Reports;

/// <summary>A table that a terminal shows aligned and that is Markdown all the same.</summary>
internal static class ReportTable
{
    /// <summary>A line of Markdown must not be broken: wide enough for every table.</summary>
    private const int RedirectedWidth = 1000;

    /// <summary>Writes a table.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="columns">Its heads; a leading '&lt;' makes a column of words, all others are numbers.</param>
    /// <param name="rows">Its cells.</param>
    public static void Write(TextWriter output, IEnumerable<string> columns, IEnumerable<string[]> rows)
    {
        Table table = new() { Border = TableBorder.Markdown };
        foreach (string column in columns)
        {
            TableColumn added = new(Markup.Escape(column.TrimStart('<')));
            table.AddColumn(column.StartsWith('<') ? added : added.RightAligned());
        }

        foreach (string[] row in rows)
        {
            table.AddRow(row.Select(Markup.Escape).ToArray());
        }

        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        if (!console.Profile.Out.IsTerminal)
        {
            console.Profile.Width = RedirectedWidth;
        }

        console.Write(table);
        output.WriteLine();
    }
}
