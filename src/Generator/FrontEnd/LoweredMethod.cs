using MPCache.Generator.Ir;

namespace MPCache.Generator.FrontEnd;

/// <summary>What a method is to the compiler.</summary>
internal enum MethodRole
{
    /// <summary>Compiled to a program.</summary>
    EntryPoint,

    /// <summary>Inlined into the entry points that reach it.</summary>
    Protocol,
}

/// <summary>
/// What the front end makes of one method: a flat value that an edit elsewhere leaves equal. Positions are relative to the method's own
/// declaration.
/// </summary>
/// <param name="Role">Entry point or protocol.</param>
/// <param name="Name">The qualified name, unique in a program (see <see cref="MethodNames"/>).</param>
/// <param name="Text">The canonical text with spans, or null where the method does not compile.</param>
/// <param name="IsExported">Whether another assembly can call it.</param>
/// <param name="Calls">The protocols it calls, in order, each once.</param>
/// <param name="Dimensions">The dimensions that an entry point declares itself.</param>
/// <param name="Budgets">What an entry point may cost.</param>
/// <param name="Diagnoses">What the author must hear.</param>
internal sealed record LoweredMethod(
    MethodRole Role, string Name, string? Text, bool IsExported, EquatableArray<CalledProtocol> Calls,
    EquatableArray<DeclaredDimension> Dimensions, EquatableArray<Budget> Budgets, EquatableArray<Diagnosis> Diagnoses);

/// <summary>A protocol that a method calls, and where it first does so, relative to the method's declaration.</summary>
internal sealed record CalledProtocol(string Target, int Start, int Length);
