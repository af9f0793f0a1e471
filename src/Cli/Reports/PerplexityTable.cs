using System.Globalization;
using System.IO;
using System.Linq;
using MPCache.Evaluation.Scoring;
using MPCache.Models.Policies;
using Spectre.Console;

namespace MPCache.Cli.Reports;

/// <summary>Perplexities on the console: a row a text, policy and length.</summary>
internal static class PerplexityTable
{
    private static readonly string[] Columns =
        ["length", "kept", "attended\na layer", "kB\na token", "tokens", "−ln p\na token", "perplexity", "in units of\nthe first"];

    /// <summary>Writes the table.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="summary">What came out, of at least one text.</param>
    public static void Write(TextWriter output, Summary summary)
    {
        Table table = new() { Border = TableBorder.Simple };
        table.AddColumn("text");
        table.AddColumn("policy");
        foreach (string name in Columns)
        {
            table.AddColumn(new TableColumn(name).RightAligned());
        }

        foreach (PerplexityLine line in summary.Perplexities)
        {
            table.AddRow(
                Markup.Escape(line.Text), Markup.Escape(PolicyName.Brief(CachePolicy.Read(line.Policy))), Text(line.Length, "0"),
                Text(line.Kept, "0"), Text(line.Attended, "0"), Text(line.TotalStepBytes / 1000, "0"), Text(line.Tokens, "0"),
                With(line.Nll, line.NllLow, line.NllHigh, "0.000"), With(line.Perplexity, line.PerplexityLow, line.PerplexityHigh, "0.00"),
                With(line.Ratio, line.RatioLow, line.RatioHigh, "0.000"));
        }

        WideConsole.On(output).Write(table);
        output.WriteLine(
            "Perplexity of the last tokens of texts, each predicted from those before it, in plain, with its 95 % interval over texts; the "
            + "ratio is that to the first policy on the same texts.");
        int outside = summary.Perplexities.Sum(l => l.OutOfRange);
        if (outside > 0)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"In {outside} of {summary.Perplexities.Sum(l => l.Samples)} texts a value left the range that the programs declare."));
        }

        output.Flush();
    }

    private static string With(double value, double? low, double? high, string format) => low is double least && high is double most
        ? $"{Text(value, format)}\n{Text(least, format)}…{Text(most, format)}"
        : Text(value, format);

    private static string Text(double number, string format) => number.ToString(format, CultureInfo.InvariantCulture);
}
