using System.Text.Json.Serialization;
using MPCache.Bench.Running;

namespace MPCache.Bench.Reports;

/// <summary>What a kernel took.</summary>
/// <param name="Name">The kernel.</param>
/// <param name="Size">What it works on.</param>
/// <param name="Cores">Cores that a run keeps busy.</param>
/// <param name="Work">How much a run does, in <paramref name="Unit"/>.</param>
/// <param name="Unit">What is counted: bytes, blocks, products or values.</param>
/// <param name="Seconds">Seconds a run.</param>
/// <param name="Roof">The roof's name; null for a roof, and where no roof is known.</param>
/// <param name="Fraction">The time that the roof alone takes, over the time that the kernel took.</param>
internal sealed record KernelLine(
    string Name, string Size, int Cores, double Work, string Unit, Timing Seconds, string? Roof, double? Fraction) : IReportLine
{
    /// <summary>The value of <see cref="IReportLine.Kind"/>.</summary>
    public const string Word = "kernel";

    /// <inheritdoc/>
    [JsonPropertyOrder(-1)]
    public string Kind => Word;

    /// <summary>Work a second.</summary>
    [JsonIgnore]
    public double Rate => Work / Seconds.Median;
}
