using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using MPCache.Generator.FrontEnd;
using MPCache.Generator.Ir;
using MPCache.Generator.Planning;

namespace MPCache.Generator;

/// <summary>What the pipeline keeps of a compiled entry point.</summary>
/// <param name="Name">The entry point's name.</param>
/// <param name="Source">The program's source, or null where there is none.</param>
/// <param name="Diagnoses">What the author must hear.</param>
internal sealed record CompiledEntry(string Name, string? Source, EquatableArray<Diagnosis> Diagnoses)
{
    /// <summary>
    /// Compiles a closure. Whatever goes wrong inside the compiler is a diagnosis at the entry point's name: an exception would silence the
    /// whole generator.
    /// </summary>
    public static CompiledEntry Of(Closure closure, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            Compiled compiled = Compiler.Compile(closure.Text!, closure.Protocols.ToDictionary(p => p.Name, p => p.Text));
            IEnumerable<Diagnosis> declared = compiled.Plans.Count == 0 ? [] : Unused(closure, compiled.Dimensions)
                .Concat(compiled.Plans.SelectMany(p => BudgetCheck.Judge(closure.Name, p, compiled.Dimensions, closure.Budgets)).Distinct());
            return new CompiledEntry(
                closure.Name, compiled.Source,
                compiled.Diagnoses.Select(d => Attributed(d, closure)).Concat(declared).ToEquatableArray());
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Rejection rejection = Rejection.Internal(PassOf(exception), $"{exception.GetType().Name}: {exception.Message}");
            Diagnosis diagnosis = new(rejection.Id, rejection.Message, closure.Name, 0, 0);
            return new CompiledEntry(closure.Name, null, new EquatableArray<Diagnosis>([diagnosis]));
        }
    }

    /// <summary>
    /// Dimensions that the entry point declares and that its program does not have: more often than not a name is mistyped.
    /// </summary>
    private static IEnumerable<Diagnosis> Unused(Closure closure, IReadOnlyList<string> dimensions) =>
        from dimension in closure.Dimensions
        where !dimensions.Contains(dimension.Name)
        let rejection = Rejection.DimUnused(dimension.Name, dimensions)
        select new Diagnosis(rejection.Id, rejection.Message, closure.Name, dimension.Start, dimension.Length);

    /// <summary>The innermost class of ours on the way to an exception; the libraries below it throw for many passes.</summary>
    private static string PassOf(Exception exception)
    {
        Type? type = new StackTrace(exception).GetFrames().Select(f => f.GetMethod()?.DeclaringType)
            .FirstOrDefault(t => t?.Namespace?.StartsWith("MPCache.Generator", StringComparison.Ordinal) == true);
        while (type?.DeclaringType is Type outer)
        {
            type = outer;
        }

        return type?.Name ?? "an unknown pass";
    }

    // An expression of a referenced assembly has no place here: what is wrong with it is told at the entry point that reaches it.
    private static Diagnosis Attributed(Diagnosis diagnosis, Closure closure) =>
        diagnosis.Length > 0 ? diagnosis : diagnosis with { Function = closure.Name, Start = 0, Length = 0 };
}
