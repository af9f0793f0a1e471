using System.Collections.Generic;
using System.Text.Json.Serialization;
using MPCache.Bench.Compiler.Running;
using MPCache.Bench.Reports;
using MPCache.Bench.Running;

namespace MPCache.Bench.Compiler.Reports;

/// <summary>What a run of the generator takes that remembers nothing.</summary>
/// <param name="Entries">Entry points.</param>
/// <param name="Protocols">Protocols.</param>
/// <param name="ColdSeconds">Seconds of the process's first run, with the compilation of the generator itself.</param>
/// <param name="Seconds">Seconds of later runs.</param>
/// <param name="AllocatedBytes">What a run allocates.</param>
/// <param name="Stages">Its stages, in order.</param>
/// <param name="BindingSeconds">Seconds in which the C# compiler binds the same methods, and does nothing with them.</param>
internal sealed record RunLine(
    int Entries, int Protocols, double ColdSeconds, Timing Seconds, long AllocatedBytes, IReadOnlyList<StageTime> Stages,
    Timing BindingSeconds) : IReportLine
{
    /// <inheritdoc/>
    [JsonPropertyOrder(-1)]
    public string Kind => "run";
}
