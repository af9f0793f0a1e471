using System.Collections.Generic;
using System.IO;
using System.Linq;
using Spectre.Console;

namespace MPCache.Bench.Compiler.Reports;

/// <summary>A table with aligned columns that is Markdown as well.</summary>
internal static class ReportTable
{
    /// <summary>Wide enough for every table.</summary>
    private const int Width = 1000;

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

        // Drawn aside: the border draws empty lines around it, and a terminal's width would break lines that Markdown must have whole.
        StringWriter drawn = new();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(drawn) });
        console.Profile.Width = Width;
        console.Write(table);
        foreach (string line in drawn.ToString().Split('\n').Where(l => !string.IsNullOrWhiteSpace(l)))
        {
            output.WriteLine(line.TrimEnd());
        }

        output.WriteLine();
    }
}
