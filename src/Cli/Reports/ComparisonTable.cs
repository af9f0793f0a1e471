using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Spectre.Console;

namespace MPCache.Cli.Reports;

/// <summary>Policies side by side: what they kept, whether they agree, and what a token costs, also as a ratio to the first.</summary>
internal static class ComparisonTable
{
    private static readonly string[] Columns =
    [
        "kept of\nprompt", "attended\na layer", "same tokens\nas first", "same tokens\nas plain", "prompt\nMB", "prompt\ns", "flights\na token", "online kB\na token",
        "tape kB\na token", "ms\na token",
    ];

    /// <summary>Writes the table.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="policies">The policies, the one that the others are held against first.</param>
    public static void Write(TextWriter output, IReadOnlyList<ComparedPolicy> policies)
    {
        Table table = new() { Border = TableBorder.Simple };
        table.AddColumn("policy");
        foreach (string name in Columns)
        {
            table.AddColumn(new TableColumn(name).RightAligned());
        }

        foreach (ComparedPolicy policy in policies)
        {
            StepCost first = policies[0].Step;
            StepCost prompted = policies[0].Prompt;
            int prompt = policy.Completion.Request.Prompt.Count;
            table.AddRow(
                Markup.Escape(policy.Brief.Replace(' ', '\n')), Invariant($"{policy.Kept} of {prompt}"), Attended(policy.Attended),
                Invariant($"{policy.Agreeing} of {policy.Completion.Tokens.Count}"),
                Invariant($"{policy.AgreeingWithPlain} of {policy.Completion.Tokens.Count}"),
                With((policy.Prompt.Online + policy.Prompt.Tape) / 1e6, (prompted.Online + prompted.Tape) / 1e6, "0.0"),
                With(policy.Prompt.Milliseconds / 1000, prompted.Milliseconds / 1000, "0.0"),
                With(policy.Step.Flights, first.Flights, "0.#"), With(policy.Step.Online / 1000, first.Online / 1000, "0.0"),
                With(policy.Step.Tape / 1000, first.Tape / 1000, "0.0"), With(policy.Step.Milliseconds, first.Milliseconds, "0.0"));
        }

        WideConsole.On(output).Write(table);
        output.WriteLine("× is the ratio to the first policy. With all their options:");
        foreach (ComparedPolicy policy in policies)
        {
            output.WriteLine($"  {policy.Completion.Request.Policy.Write()}");
        }

        output.Flush();
    }

    private static string Attended(IReadOnlyList<int> layers) => layers.Distinct().Count() > 1
        ? Invariant($"{layers.Min()} … {layers.Max()}")
        : Invariant($"{layers.FirstOrDefault()}");

    private static string With(double value, double first, string format)
    {
        double ratio = first > 0 ? value / first : 1;
        return $"{value.ToString(format, CultureInfo.InvariantCulture)}\n×{ratio.ToString("0.00", CultureInfo.InvariantCulture)}";
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
