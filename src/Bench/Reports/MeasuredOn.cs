using System.Collections.Generic;
using System.Linq;
using MPCache.Bench.Machine;

namespace MPCache.Bench.Reports;

/// <summary>What was measured on one machine, with one runtime.</summary>
/// <param name="Machine">The machine.</param>
/// <param name="Lines">The lines about it, of all files.</param>
internal sealed record MeasuredOn(MachineLine Machine, IReadOnlyList<IReportLine> Lines)
{
    /// <summary>Kernels.</summary>
    public IReadOnlyList<KernelLine> Kernels => [.. Lines.OfType<KernelLine>()];

    /// <summary>Gates.</summary>
    public IReadOnlyList<GateLine> Gates => [.. Lines.OfType<GateLine>()];

    /// <summary>Costs, what belongs into one table together.</summary>
    public IReadOnlyList<CostGroup> Costs =>
        [.. Lines.OfType<CostLine>().GroupBy(l => (l.Kind, l.Shape, l.Network)).Select(g => new CostGroup(g.Key.Kind, g.Key.Shape, g.Key.Network, [.. g]))];

    /// <summary>Reads reports and brings together what was measured on the same machine.</summary>
    /// <exception cref="MPCacheException">A file cannot be read, or does not begin with its machine.</exception>
    public static IReadOnlyList<MeasuredOn> Read(IEnumerable<string> files)
    {
        List<(MachineLine Machine, IReportLine Line)> all = [];
        foreach (string file in files)
        {
            MachineLine? machine = null;
            foreach (IReportLine line in ReportLines.Read(file))
            {
                if (line is MachineLine next)
                {
                    machine = next;
                }
                else
                {
                    all.Add((machine ?? throw new MPCacheException(
                        $"'{file}' does not say on what it was measured", "Give files that a command of bench wrote with --json"), line));
                }
            }
        }

        return [.. all.GroupBy(l => l.Machine.ToString()).Select(g => new MeasuredOn(g.First().Machine, [.. g.Select(l => l.Line)]))];
    }
}

/// <summary>Costs of one kind and shape on one network.</summary>
/// <param name="Kind">What was measured.</param>
/// <param name="Shape">Its shape; null where it has none.</param>
/// <param name="Network">The network.</param>
/// <param name="Lines">Policy by policy and length by length.</param>
internal sealed record CostGroup(string Kind, string? Shape, string Network, IReadOnlyList<CostLine> Lines)
{
    /// <summary>Its heading.</summary>
    public string Title => $"{Kind}{(Shape is null ? "" : $", {Shape}")}, {Network}";

    /// <summary>What its files are called.</summary>
    public string FileName => string.Concat($"{Kind}-{Shape}-{Network}".Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'));

    /// <summary>The series of a plot: a policy each, in the order of the lines.</summary>
    public IEnumerable<IGrouping<string, CostLine>> Series => Lines.GroupBy(l => l.Series);
}
