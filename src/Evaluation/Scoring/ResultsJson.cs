using System.Text.Json.Serialization;

namespace MPCache.Evaluation.Scoring;

/// <summary>How results are written and read as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(EvaluationResult))]
[JsonSerializable(typeof(ResultsHeader))]
[JsonSerializable(typeof(Summary))]
internal sealed partial class ResultsJson : JsonSerializerContext;
