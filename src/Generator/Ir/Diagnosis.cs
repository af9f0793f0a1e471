namespace MPCache.Generator.Ir;

/// <summary>
/// What a pass has to say to the author: a diagnostic's id, the arguments of its message, and the expression it is about,
/// by function and span relative to that function's declaration. Becomes a Roslyn diagnostic at the very end.
/// </summary>
internal sealed record Diagnosis(string Id, string Message, string Function, int Start, int Length);
