using System.Collections.Generic;
using System.Text.Json.Serialization;
using MPCache.Bench.Compiler.Running;
using MPCache.Bench.Reports;
using MPCache.Bench.Running;

namespace MPCache.Bench.Compiler.Reports;

/// <summary>What an edit makes the generator do.</summary>
/// <param name="Name">The edit.</param>
/// <param name="Method">The method that is edited; null where no program is.</param>
/// <param name="Seconds">Seconds of the run behind it.</param>
/// <param name="BindingSeconds">Seconds in which the C# compiler binds the same methods, and does nothing with them.</param>
/// <param name="AllocatedBytes">What that run allocates.</param>
/// <param name="Methods">Protocols and entry points, all of which the front end reads again.</param>
/// <param name="Stages">The run's stages, in order.</param>
/// <param name="Compiled">The entry points that were compiled anew.</param>
/// <param name="Steps">What became of the outputs of each step.</param>
/// <param name="Wrong">What was computed and should not have been, or the other way round; in words.</param>
internal sealed record EditLine(
    string Name, string? Method, Timing Seconds, Timing BindingSeconds, long AllocatedBytes, int Methods,
    IReadOnlyList<StageTime> Stages, IReadOnlyList<string> Compiled, IReadOnlyList<StepCount> Steps, IReadOnlyList<string> Wrong) : IReportLine
{
    /// <inheritdoc/>
    [JsonPropertyOrder(-1)]
    public string Kind => "edit";
}
