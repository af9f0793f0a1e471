using System;
using System.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MPCache.Bench.Compiler.Sources;

/// <summary>
/// What the front end cannot be faster than: the C# compiler binds every protocol and entry point once. A machine that is busy with other
/// things is so for both.
/// </summary>
internal static class Yardstick
{
    /// <summary>Binds the methods of a compilation.</summary>
    /// <param name="compilation">A compilation that nobody has asked anything yet.</param>
    /// <returns>How long it took.</returns>
    public static TimeSpan Bind(Compilation compilation)
    {
        GC.Collect();
        long start = Stopwatch.GetTimestamp();
        foreach ((_, MethodDeclarationSyntax declaration, SemanticModel model) in ProgramMethods.Of(compilation))
        {
            _ = model.GetOperation(declaration);
        }

        return Stopwatch.GetElapsedTime(start);
    }
}
