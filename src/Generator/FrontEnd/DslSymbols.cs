using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using MPCache.Generator.Ir;

namespace MPCache.Generator.FrontEnd;

/// <summary>Recognises the symbols of the language: <c>Tensor</c>, its functions and the attributes, all of namespace MPCache.</summary>
internal static class DslSymbols
{
    public const string EntryPointAttribute = "MPCache.EntryPointAttribute";
    public const string ProtocolAttribute = "MPCache.ProtocolAttribute";
    public const string ResidentAttribute = "MPCache.ResidentAttribute";
    public const string StateAttribute = "MPCache.StateAttribute";
    public const string ProtocolBodyAttribute = "MPCache.ProtocolBodyAttribute";
    public const string RuntimeAssembly = "MPCache.Runtime";

    public static bool IsLanguage(ITypeSymbol? type) =>
        type is { ContainingType: null, ContainingNamespace: { Name: "MPCache", ContainingNamespace.IsGlobalNamespace: true } };

    public static bool IsTensor(ITypeSymbol? type) => type is { Name: "Tensor", TypeKind: TypeKind.Class } && IsLanguage(type);

    public static bool IsSelection(ITypeSymbol? type) => type is { Name: "Selection", TypeKind: TypeKind.Class } && IsLanguage(type);

    public static bool IsTensorArray(ITypeSymbol? type) => type is IArrayTypeSymbol { Rank: 1 } array && IsTensor(array.ElementType);

    public static bool IsSelectionArray(ITypeSymbol? type) =>
        type is IArrayTypeSymbol { Rank: 1 } array && IsSelection(array.ElementType);

    public static AttributeData? Attribute(ISymbol symbol, string fullName) =>
        symbol.GetAttributes().FirstOrDefault(a => Is(a, fullName));

    public static bool Is(AttributeData attribute, string fullName) =>
        IsLanguage(attribute.AttributeClass) && fullName.Length == "MPCache.".Length + attribute.AttributeClass!.Name.Length
        && fullName.EndsWith(attribute.AttributeClass.Name, System.StringComparison.Ordinal);

    /// <summary>A constructor argument of an attribute, or the type's default where it is missing or of another type.</summary>
    public static T? Argument<T>(AttributeData attribute, int index) =>
        index < attribute.ConstructorArguments.Length && attribute.ConstructorArguments[index].Value is T value ? value : default;

    /// <summary>A named argument of an attribute.</summary>
    public static T Named<T>(AttributeData attribute, string argument, T otherwise) =>
        attribute.NamedArguments.FirstOrDefault(a => a.Key == argument).Value.Value is T value ? value : otherwise;

    public static bool IsProtocol(IMethodSymbol method) =>
        method.MethodKind == MethodKind.Ordinary && Attribute(method, ProtocolAttribute) is not null;

    public static bool IsEntryPoint(IMethodSymbol method) =>
        method.MethodKind == MethodKind.Ordinary && Attribute(method, EntryPointAttribute) is not null;

    /// <summary>The type of a value of the language, or null where the type is none of the language's.</summary>
    public static IrType? TypeOf(ITypeSymbol? type) => type switch
    {
        null => null,
        { SpecialType: SpecialType.System_Int32 } => new IntType(),
        { SpecialType: SpecialType.System_Single or SpecialType.System_Double } => new RealType(),
        _ when IsTensor(type) => IrType.Unknown,
        _ when IsSelection(type) => new SelectionType(),
        INamedTypeSymbol named when Attribute(named, ResidentAttribute) is not null => new ObjectType("resident", MethodNames.Of(named)),
        INamedTypeSymbol named when Attribute(named, StateAttribute) is not null => new ObjectType("state", MethodNames.Of(named)),
        _ => null,
    };

    /// <summary>
    /// Whether an expression's value depends on the elements of a tensor. Sizes do not: they are public.
    /// </summary>
    public static bool DependsOnElements(IOperation operation) => operation switch
    {
        IInvocationOperation { TargetMethod: { Name: "Size" } method } when IsTensor(method.ContainingType) => false,
        IPropertyReferenceOperation { Property: { Name: "Rank" or "Shape" } property }
            when IsTensor(property.ContainingType) => false,
        IPropertyReferenceOperation { Property: { Name: "Rows" or "Count" } property } when IsSelection(property.ContainingType) => false,
        _ => IsTensor(operation.Type) || IsSelection(operation.Type) || operation.ChildOperations.Any(DependsOnElements),
    };
}
