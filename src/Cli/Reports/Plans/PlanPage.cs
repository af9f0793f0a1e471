using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Text;
using MPCache.Transport;
using static MPCache.Cli.Reports.Plans.PlanConsole;

namespace MPCache.Cli.Reports.Plans;

/// <summary>
/// A plan as one page: totals, where the time goes on each network, the flights with what each opens and why that tells nothing, and bytes
/// by expression. It loads nothing, and forbids itself to.
/// </summary>
internal sealed class PlanPage
{
    private readonly StringBuilder page = new();
    private readonly PlanCosts costs;
    private readonly IReadOnlyList<PlanLine> lines;
    private readonly GateColours colours;
    private readonly long widest;

    private PlanPage(PlanCosts costs)
    {
        this.costs = costs;
        lines = PlanLine.Of(costs);
        colours = new GateColours(lines);
        widest = Math.Max(1, costs.Flights.Select(f => Math.Max(f.ServerToClient, f.ClientToServer)).DefaultIfEmpty(0).Max());
    }

    /// <summary>Writes the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="costs">The plan.</param>
    /// <param name="networks">The networks to estimate the time for.</param>
    /// <exception cref="MPCacheException">It cannot be written.</exception>
    public static void Write(string path, PlanCosts costs, IReadOnlyList<NetworkProfile> networks)
    {
        using FileStream file = ReportFile.Create(path, "--html");
        file.Write(Encoding.UTF8.GetBytes(Text(costs, networks)));
    }

    /// <summary>The page's text.</summary>
    public static string Text(PlanCosts costs, IReadOnlyList<NetworkProfile> networks)
    {
        PlanPage page = new(costs);
        page.Head();
        page.Totals(networks);
        foreach (NetworkProfile network in networks.Where(n => !n.AddsNothing))
        {
            page.Strip(network);
        }

        page.Line("<h2>Flights</h2>");
        page.Line("<p>Between two flights both parties compute locally. Open one to see what it carries, for which expression of the "
            + "source, and why what is opened tells nothing. Bytes are those of all runs together; bars are to one scale.</p>");
        page.Legend();
        page.Items(TimelineItem.Of(costs));
        page.Silent();
        page.Expressions();
        page.Line("</body>");
        page.Line("</html>");
        return page.page.ToString();
    }

    private static string Escape(string text) => WebUtility.HtmlEncode(text);

    private static string Percent(double part, double whole) =>
        whole <= 0 ? "0" : (100 * part / whole).ToString("0.###", CultureInfo.InvariantCulture);

    private void Line(string text) => page.Append(text).Append('\n');

    private void Head()
    {
        using Stream css = typeof(PlanPage).Assembly.GetManifestResourceStream("PlanPage.css")!;
        using StreamReader style = new(css);
        Line($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{Escape(costs.Program)}</title>
            <style>
            {style.ReadToEnd().ReplaceLineEndings("\n")}</style>
            </head>
            <body>
            <h1><code>{Escape(costs.Program)}</code></h1>
            <p class="faint">{Escape(Sizes(costs.Dimensions))}</p>
            """.ReplaceLineEndings("\n"));
    }

    private void Totals(IReadOnlyList<NetworkProfile> networks)
    {
        Line("<ul class=\"totals\">");
        Line($"<li><b>{Count(costs.Totals.Flights)}</b>flights</li>");
        Line($"<li><b>{Count(costs.Totals.ServerToClient)}</b>bytes server → client</li>");
        Line($"<li><b>{Count(costs.Totals.ClientToServer)}</b>bytes client → server</li>");
        Line($"<li><b>{Count(costs.Totals.Prepared)}</b>bytes sent by the client before</li>");
        Line($"<li><b>{Count(costs.Totals.Tape)}</b>bytes dealer → client</li>");
        foreach (NetworkProfile network in networks)
        {
            Line($"<li><b>{Milliseconds(NetworkTime.Of(costs.Flights, network).Together)} ms</b>on {Escape(network.ToString())}</li>");
        }

        Line("</ul>");
    }

    private void Strip(NetworkProfile network)
    {
        NetworkTime all = NetworkTime.Of(costs.Flights, network);
        Line($"<h2>Time on {Escape(network.ToString())}</h2>");
        Line($"<p><i class=\"wait\">&emsp;</i> latency {Milliseconds(all.Latency)} ms, <i class=\"link\">&emsp;</i> bytes of the larger "
            + $"direction {Milliseconds(all.OnLink)} ms; what the parties compute comes on top. A part for each flight, its runs "
            + "together.</p>");
        Line("<div class=\"strip\">");
        foreach (FlightCost flight in costs.Flights)
        {
            NetworkTime time = NetworkTime.Of(flight, network);
            double together = time.Together.Ticks;
            Line($"<a href=\"#f{flight.Id}\" style=\"width:{Percent(together, all.Together.Ticks)}%\" "
                + $"title=\"flight {flight.Id}{Times(flight.Runs)}: {Milliseconds(time.Together)} ms\">"
                + $"<i class=\"wait\" style=\"width:{Percent(time.Latency.Ticks, together)}%\"></i>"
                + $"<i class=\"link\" style=\"width:{Percent(time.OnLink.Ticks, together)}%\"></i></a>");
        }

        Line("</div>");
    }

    private void Legend()
    {
        Line("<ul class=\"legend\">");
        foreach (string gate in colours.Gates)
        {
            Line($"<li><i style=\"background:{colours[gate]}\"></i>{Escape(gate)}</li>");
        }

        Line("</ul>");
    }

    private void Items(IReadOnlyList<TimelineItem> items)
    {
        foreach (TimelineItem item in items)
        {
            if (item is TimelineLoop { Loop: LoopCost loop } around)
            {
                Line("<section class=\"loop\">");
                Line($"<h3>each <code>{Escape(loop.Index)}</code> from <code>{Escape(loop.Low)}</code> up to, not including, "
                    + $"<code>{Escape(loop.High)}</code>{Times(loop.Runs)}</h3>");
                Items(around.Body);
                Line("</section>");
            }
            else if (item is TimelineBranch { Branch: BranchCost branch } taken)
            {
                Line("<section class=\"loop branch\">");
                Line($"<h3>where <code>{Escape(branch.Condition)}</code>{Times(branch.Runs)}</h3>");
                Line($"<p class=\"faint\">{Escape(OtherBranch(branch))}.</p>");
                Items(taken.Body);
                Line("</section>");
            }
            else
            {
                Flight(((TimelineFlight)item).Flight);
            }
        }
    }

    /// <summary>Branches in which nothing is sent stand around no flight.</summary>
    private void Silent()
    {
        foreach (BranchCost branch in costs.Branches.Where(b => b.Others == 0 && !costs.Flights.Any(f => f.Around.Contains(b))))
        {
            Line($"<p>Where <code>{Escape(branch.Condition)}</code> nothing is sent. {Escape(OtherBranch(branch))}.</p>");
        }
    }

    private void Flight(FlightCost flight)
    {
        Line($"<details id=\"f{flight.Id}\">");
        Line($"<summary><span>flight {flight.Id}<span class=\"faint\">{Times(flight.Runs)}</span></span>");
        Line(Way("→ client", flight, flight.ServerToClient, e => e.ServerToClient));
        Line(Way("→ server", flight, flight.ClientToServer, e => e.ClientToServer));
        Line("</summary>");
        Line("<div class=\"scroll\"><table>");
        Line("<tr><th>gate</th><th>expression</th><th class=\"n\">server → client</th><th class=\"n\">client → server</th>"
            + "<th>why it tells nothing</th></tr>");
        foreach (EntryCost entry in flight.Entries)
        {
            Line($"<tr><td>{Escape(entry.Gate)}</td><td><code>{Escape(entry.Expression)}</code></td>"
                + $"<td class=\"n\">{Count(entry.ServerToClient)}</td><td class=\"n\">{Count(entry.ClientToServer)}</td>"
                + $"<td>{Escape(entry.Argument)}</td></tr>");
        }

        Line("</table></div>");
        Line("</details>");
    }

    private string Way(string name, FlightCost flight, long bytes, Func<EntryCost, long> way)
    {
        IEnumerable<(string, long)> gates = flight.Entries.GroupBy(e => PlanLine.GateOf(e.Gate)).Select(g => (g.Key, g.Sum(way)));
        return $"<span class=\"way\">{Bar(gates, widest)}<span>{(bytes == 0 ? "" : $"{Count(bytes)} {name}")}</span></span>";
    }

    private string Bar(IEnumerable<(string Gate, long Bytes)> parts, long whole) => "<span class=\"bar\">" + string.Concat(
        parts.Where(p => p.Bytes > 0).Select(p => $"<i style=\"width:{Percent(p.Bytes, whole)}%;background:{colours[p.Gate]}\" "
            + $"title=\"{Escape(p.Gate)}: {Count(p.Bytes)} bytes\"></i>")) + "</span>";

    private void Expressions()
    {
        var expressions = lines.GroupBy(l => l.Expression)
            .Select(g => (Name: g.Key, Lines: g.ToArray(), Online: g.Sum(Online), Tape: g.Sum(l => l.Tape)))
            .OrderByDescending(e => e.Online + e.Tape).ToArray();
        long most = Math.Max(1, expressions.Select(e => Math.Max(e.Online, e.Tape)).DefaultIfEmpty(0).Max());
        Line("<h2>Bytes by expression</h2>");
        Line("<p>Between the parties, with what the client sends before the call, and from the dealer; stacked by gate, to one scale.</p>");
        Line("<div class=\"scroll\"><table>");
        Line("<tr><th>expression</th><th>between the parties</th><th class=\"n\">bytes</th><th>dealer → client</th>"
            + "<th class=\"n\">bytes</th></tr>");
        foreach ((string name, PlanLine[] own, long online, long tape) in expressions)
        {
            Line($"<tr><td><code>{Escape(name)}</code></td>"
                + $"<td class=\"bars\">{Bar(own.Select(l => (l.Gate, Online(l))), most)}</td><td class=\"n\">{Count(online)}</td>"
                + $"<td class=\"bars\">{Bar(own.Select(l => (l.Gate, l.Tape)), most)}</td><td class=\"n\">{Count(tape)}</td></tr>");
        }

        Line("</table></div>");
    }

    private static long Online(PlanLine line) => line.ServerToClient + line.ClientToServer + line.Prepared;

    private static string Times(int runs) => runs == 1 ? "" : $" · {Count(runs)} times";
}
