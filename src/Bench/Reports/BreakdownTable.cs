using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using MPCache.Bench.Costs;
using MPCache.Bench.Running;

namespace MPCache.Bench.Reports;

/// <summary>What the bytes of cases are for: tape and both directions, per head and token in the cache, as a table in Markdown.</summary>
internal static class BreakdownTable
{
    /// <summary>Writes the table.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="results">The rows.</param>
    public static void Write(TextWriter output, IReadOnlyList<CaseResult> results)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(results);
        string[] columns = ["cached", "held", "policy", .. Enum.GetValues<Purpose>().Select(Name), "together"];
        MarkdownTable.Row(output, columns);
        MarkdownTable.Row(output, [.. columns.Select((_, i) => i == 2 ? "---" : "---:")]);
        foreach (CaseResult result in results)
        {
            double tokens = (double)result.Case.Shape.Heads * result.Case.Held;
            string PerToken(long bytes) => (bytes / tokens).ToString("0.0", CultureInfo.InvariantCulture);
            MarkdownTable.Row(output,
            [
                FormattableString.Invariant($"{result.Case.Cached}"), FormattableString.Invariant($"{result.Case.Held}"),
                result.Case.Policy.Name, .. Enum.GetValues<Purpose>().Select(p => PerToken(result.Costs.ByPurpose[p])),
                PerToken(result.Costs.All),
            ]);
        }

        output.WriteLine();
    }

    /// <summary>What a purpose is called in tables and files.</summary>
    internal static string Name(Purpose purpose) => purpose switch
    {
        Purpose.Similarity => "similarity",
        Purpose.OrderShuffle => "shuffle to order",
        Purpose.Order => "comparisons",
        Purpose.Score => "score",
        Purpose.Shuffle => "shuffle",
        Purpose.Remask => "re-mask",
        Purpose.Maximum => "maximum",
        Purpose.Exponential => "exponential",
        Purpose.Normalization => "normalisation",
        Purpose.Scatter => "scatter",
        Purpose.Values => "product with values",
        _ => "headers",
    };
}
