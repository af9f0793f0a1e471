using System.Text.Json.Serialization;
using MPCache.Bench.Reports;
using MPCache.Bench.Running;

namespace MPCache.Bench.Compiler.Reports;

/// <summary>What compiling an entry point takes, behind the front end.</summary>
/// <param name="Name">The entry point.</param>
/// <param name="Programs">Its programs, one for each network that it declares.</param>
/// <param name="Protocols">The protocols that it reaches.</param>
/// <param name="Lines">Lines of the source that is emitted.</param>
/// <param name="Seconds">Seconds for all its programs.</param>
internal sealed record EntryLine(string Name, int Programs, int Protocols, int Lines, Timing Seconds) : IReportLine
{
    /// <inheritdoc/>
    [JsonPropertyOrder(-1)]
    public string Kind => "entry";
}
