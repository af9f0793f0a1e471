using System;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Passes;

/// <summary>Stops the compilation of an entry point with what the author must hear.</summary>
internal sealed class CompileError(string id, string message, int site) : Exception(message)
{
    public string Id { get; } = id;

    /// <summary>The expression it is about, or −1 for the entry point itself.</summary>
    public int Site { get; } = site;

    public Diagnosis ToDiagnosis(Function function) => Site >= 0 && Site < function.Sites.Length
        ? new Diagnosis(Id, Message, function.Sites[Site].Function, function.Sites[Site].Start, function.Sites[Site].Length)
        : new Diagnosis(Id, Message, function.Name, 0, 0);
}
