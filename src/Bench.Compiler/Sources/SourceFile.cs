namespace MPCache.Bench.Compiler.Sources;

/// <summary>A file of the sources that are compiled.</summary>
/// <param name="Path">Its path below the project, with slashes.</param>
/// <param name="Text">What is in it.</param>
internal sealed record SourceFile(string Path, string Text);
