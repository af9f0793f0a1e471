namespace MPCache.Generator.Ir;

/// <summary>A dimension that a method itself declares, and where, relative to the method's declaration.</summary>
internal sealed record DeclaredDimension(string Name, int Start, int Length);
