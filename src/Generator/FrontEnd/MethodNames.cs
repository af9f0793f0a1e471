using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace MPCache.Generator.FrontEnd;

/// <summary>
/// The names by which texts refer to methods and classes: <c>Namespace.Outer.Class.Method</c>. An overloaded method's name carries its
/// parameter types, as in <c>Namespace.Class.Method/Tensor/int</c>.
/// </summary>
internal static class MethodNames
{
    public static string Of(INamedTypeSymbol type)
    {
        string name = type.Name;
        for (INamedTypeSymbol? outer = type.ContainingType; outer is not null; outer = outer.ContainingType)
        {
            name = outer.Name + "." + name;
        }

        return type.ContainingNamespace.IsGlobalNamespace ? name : type.ContainingNamespace.ToDisplayString() + "." + name;
    }

    public static string Of(IMethodSymbol method)
    {
        method = method.OriginalDefinition;
        string name = Of(method.ContainingType) + "." + method.Name;
        return IsOverloaded(method) ? name + string.Concat(method.Parameters.Select(p => "/" + TypeName(p.Type))) : name;
    }

    /// <summary>The methods of a name in a class that are compiled.</summary>
    public static IEnumerable<IMethodSymbol> Overloads(IMethodSymbol method) => method.ContainingType.GetMembers(method.Name)
        .OfType<IMethodSymbol>().Where(m => DslSymbols.IsProtocol(m) || DslSymbols.IsEntryPoint(m));

    /// <summary>Whether other assemblies can name a symbol.</summary>
    public static bool IsExported(ISymbol symbol) =>
        symbol.DeclaredAccessibility == Accessibility.Public && (symbol.ContainingType is null || IsExported(symbol.ContainingType));

    // Another assembly sees the public overloads alone and must come to the same name.
    private static bool IsOverloaded(IMethodSymbol method) => Overloads(method)
        .Any(m => !SymbolEqualityComparer.Default.Equals(m, method)
            && (m.DeclaredAccessibility == Accessibility.Public || method.DeclaredAccessibility != Accessibility.Public));

    private static string TypeName(ITypeSymbol type) => type switch
    {
        { SpecialType: SpecialType.System_Int32 } => "int",
        { SpecialType: SpecialType.System_Single } => "float",
        { SpecialType: SpecialType.System_Double } => "double",
        INamedTypeSymbol named when !DslSymbols.IsTensor(named) => Of(named),
        _ => type.Name,
    };
}
