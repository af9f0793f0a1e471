using System.Text.Json.Serialization;
using MPCache.Bench.Decoding.Reports;
using MPCache.Bench.Machine;

namespace MPCache.Bench.Reports;

/// <summary>The lines of reports, written and read without reflection, so that native compilation keeps what they need.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(MachineLine))]
[JsonSerializable(typeof(KernelLine))]
[JsonSerializable(typeof(GateLine))]
[JsonSerializable(typeof(CostLine))]
[JsonSerializable(typeof(AttentionLine))]
[JsonSerializable(typeof(StepLine))]
internal sealed partial class ReportJson : JsonSerializerContext;
