using Microsoft.CodeAnalysis;

namespace MPCache.Generator.FrontEnd;

/// <summary>What a property of a weights or state class is to a program.</summary>
internal enum SchemaMemberKind
{
    /// <summary>Nothing: programs cannot use it.</summary>
    None,

    /// <summary>A public integer, which names a session dimension.</summary>
    Integer,

    /// <summary>A tensor.</summary>
    Tensor,

    /// <summary>An array of tensors, one a layer.</summary>
    TensorArray,

    /// <summary>A selection.</summary>
    Selection,

    /// <summary>An array of selections, one a layer.</summary>
    SelectionArray,
}

/// <summary>Reads the members of weights and state classes.</summary>
internal static class SchemaMember
{
    public static SchemaMemberKind KindOf(ISymbol member)
    {
        ITypeSymbol? type = member switch
        {
            IPropertySymbol { IsIndexer: false, IsStatic: false, GetMethod: not null } property => property.Type,
            IFieldSymbol { IsStatic: false, IsImplicitlyDeclared: false } field => field.Type,
            _ => null,
        };
        return member.DeclaredAccessibility is not (Accessibility.Public or Accessibility.Internal) ? SchemaMemberKind.None
            : DslSymbols.IsTensor(type) ? SchemaMemberKind.Tensor
            : DslSymbols.IsTensorArray(type) ? SchemaMemberKind.TensorArray
            : DslSymbols.IsSelection(type) ? SchemaMemberKind.Selection
            : DslSymbols.IsSelectionArray(type) ? SchemaMemberKind.SelectionArray
            : type?.SpecialType == SpecialType.System_Int32 ? SchemaMemberKind.Integer
            : SchemaMemberKind.None;
    }

    /// <summary>The session dimension that an integer property names: <c>KeyGroups</c> is keyGroups.</summary>
    public static string DimensionName(string property) => char.ToLowerInvariant(property[0]) + property.Substring(1);
}

/// <summary>How a state class's tensors are held between calls.</summary>
/// <param name="FractionBits">Their scale.</param>
/// <param name="RingBits">Their ring.</param>
/// <param name="Grows">The dimension along which they grow.</param>
internal sealed record StateFormat(int FractionBits, int RingBits, string Grows)
{
    public static StateFormat Of(AttributeData state) => new(
        DslSymbols.Named(state, "FractionBits", 16), DslSymbols.Named(state, "RingBits", 48), DslSymbols.Named(state, "Grows", "tokens"));
}
