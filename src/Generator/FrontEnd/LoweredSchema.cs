using MPCache.Generator.Ir;

namespace MPCache.Generator.FrontEnd;

/// <summary>What the front end makes of a weights or state class.</summary>
/// <param name="Name">The class's qualified name.</param>
/// <param name="Source">The schema class's source, or null where the class is declared wrongly.</param>
/// <param name="Diagnoses">What the author must hear, relative to the class's declaration.</param>
internal sealed record LoweredSchema(string Name, string? Source, EquatableArray<Diagnosis> Diagnoses);
