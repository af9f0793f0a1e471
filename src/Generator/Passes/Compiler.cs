using System.Collections.Generic;
using System.Collections.Immutable;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Passes;

/// <summary>What compiling one entry point gave: the numbered texts of its snapshots, and what the author must hear.</summary>
internal sealed record Compiled(string Name, ImmutableArray<(string FileName, string Text)> Texts, string? Source, ImmutableArray<Diagnosis> Diagnoses);

/// <summary>The whole compiler behind the front end: a pure function from the text of an entry point to the program's source.</summary>
internal static class Compiler
{
    /// <param name="entry">The entry point's canonical text, with spans.</param>
    /// <param name="protocols">The text of every protocol it may call, by name.</param>
    public static Compiled Compile(string entry, IReadOnlyDictionary<string, string> protocols)
    {
        Function function = Parser.Parse(entry);
        return new Compiled(function.Name, [], null, []);
    }
}
