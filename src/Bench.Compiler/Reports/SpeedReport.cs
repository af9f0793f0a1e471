using System.Collections.Generic;
using System.Linq;
using MPCache.Bench.Reports;

namespace MPCache.Bench.Compiler.Reports;

/// <summary>What was measured of the generator.</summary>
/// <param name="Run">Runs that remember nothing.</param>
/// <param name="Entries">Entry points, the slowest first.</param>
/// <param name="Edits">Edits.</param>
internal sealed record SpeedReport(RunLine Run, IReadOnlyList<EntryLine> Entries, IReadOnlyList<EditLine> Edits)
{
    /// <summary>All lines.</summary>
    public IEnumerable<IReportLine> Lines => [Run, .. Entries, .. Edits];

    /// <summary>What the generator computed and should not have, or the other way round, edit by edit.</summary>
    public IEnumerable<string> Wrong => Edits.SelectMany(e => e.Wrong.Select(w => $"{e.Name}: {w}"));
}
