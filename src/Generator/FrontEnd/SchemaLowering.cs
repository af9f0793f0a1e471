using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using MPCache.Contract;
using MPCache.Generator.Ir;

namespace MPCache.Generator.FrontEnd;

/// <summary>Reads a class marked [Resident] or [State]: its tensors with their shapes and ranges, and its public integers.</summary>
internal sealed class SchemaLowering
{
    private readonly INamedTypeSymbol type;
    private readonly TypeDeclarationSyntax syntax;
    private readonly CancellationToken cancellation;
    private readonly string name;
    private readonly List<Diagnosis> diagnoses = [];

    private SchemaLowering(INamedTypeSymbol type, TypeDeclarationSyntax syntax, CancellationToken cancellation)
    {
        this.type = type;
        this.syntax = syntax;
        this.cancellation = cancellation;
        name = MethodNames.Of(type);
    }

    public static LoweredSchema Lower(
        INamedTypeSymbol type, TypeDeclarationSyntax syntax, AttributeData attribute, CancellationToken cancellation)
    {
        SchemaLowering lowering = new(type, syntax, cancellation);
        bool isState = DslSymbols.Is(attribute, DslSymbols.StateAttribute);
        string? source = lowering.CheckClass() ? isState ? lowering.State(StateFormat.Of(attribute)) : lowering.Resident(attribute) : null;
        return new LoweredSchema(lowering.name, lowering.diagnoses.Count == 0 ? source : null, lowering.diagnoses.ToEquatableArray());
    }

    private bool CheckClass()
    {
        // The schema stands beside the class, so it must be able to name the class and everything around it.
        bool isVisible = true;
        for (INamedTypeSymbol? t = type; t is not null; t = t.ContainingType)
        {
            isVisible &= t.DeclaredAccessibility is Accessibility.Public or Accessibility.Internal && !t.IsGenericType;
        }

        bool isBoth = DslSymbols.Attribute(type, DslSymbols.ResidentAttribute) is not null
            && DslSymbols.Attribute(type, DslSymbols.StateAttribute) is not null;
        if (!isVisible || isBoth)
        {
            Reject(syntax.Identifier.Span, isBoth ? Rejection.WeightsAndState(type.Name) : Rejection.SchemaClass(type.Name));
        }

        return isVisible && !isBoth;
    }

    private string? Resident(AttributeData attribute)
    {
        string party = MethodLowering.PartyName(DslSymbols.Argument<int>(attribute, 0));
        List<string> fields = [];
        List<string> integers = [];
        foreach ((ISymbol member, SchemaMemberKind kind) in Members())
        {
            bool isKeyword = SyntaxFacts.GetKeywordKind(member.Name) != SyntaxKind.None;
            string accessor = $"static record => (({SchemaSource.CSharpName(type)})record).{(isKeyword ? "@" : "")}{member.Name}";
            switch (kind)
            {
                case SchemaMemberKind.Integer:
                    integers.Add($"new({Quote(SchemaMember.DimensionName(member.Name))}, {accessor})");
                    break;
                case SchemaMemberKind.Tensor when Declared(member) is Attributes declared:
                    fields.Add($"new({Quote(member.Name)}, {Quote(declared.Text("shape"))}, {Bounds(declared)}, {accessor})");
                    break;
                case SchemaMemberKind.TensorArray or SchemaMemberKind.Selection or SchemaMemberKind.SelectionArray:
                    Reject(SpanOf(member), Rejection.MemberType(member.Name));
                    break;
            }
        }

        return SchemaSource.Write(
            type, "ResidentSchema", $"{Quote(name)}, global::MPCache.Party.{party}", [fields, integers]);
    }

    private string? State(StateFormat format)
    {
        List<string> fields = [];
        foreach ((ISymbol member, SchemaMemberKind kind) in Members())
        {
            bool selects = kind is SchemaMemberKind.Selection or SchemaMemberKind.SelectionArray;
            if (!(selects || kind is SchemaMemberKind.Tensor or SchemaMemberKind.TensorArray)
                || Declared(member, selects) is not Attributes declared)
            {
                continue;
            }

            bool isArray = kind is SchemaMemberKind.TensorArray or SchemaMemberKind.SelectionArray;
            string shape = declared.Text("shape");
            ImmutableArray<Expr> axes = ShapeText.Parse(shape, out _) ?? [];
            if (selects)
            {
                // How many rows a selection chooses is no size of what is kept for it.
                axes = axes.Length > 0 ? axes.RemoveAt(axes.Length - 1) : axes;
                shape = string.Join(", ", axes);
            }

            int leading = isArray ? 1 : 0;
            if (axes.Length <= leading || axes[leading].AsSymbol != format.Grows)
            {
                Reject(SpanOf(member), Rejection.StateWithoutGrowth(type.Name, format.Grows));
            }

            fields.Add($"new({Quote(member.Name)}, {Quote(shape)}, {(isArray ? "true" : "false")}, {Bounds(declared)})");
        }

        return SchemaSource.Write(
            type, "StateSchema", $"{Quote(name)}, {Quote(format.Grows)}, {format.FractionBits}, {format.RingBits}", [fields]);
    }

    private IEnumerable<(ISymbol Member, SchemaMemberKind Kind)> Members() =>
        type.GetMembers().Select(m => (m, SchemaMember.KindOf(m))).Where(m => m.Item2 != SchemaMemberKind.None);

    /// <summary>A tensor's shape and range, or null after saying what is missing.</summary>
    private Attributes? Declared(ISymbol member, bool selects = false)
    {
        int before = diagnoses.Count;
        Attributes declared = MethodLowering.TensorAttributes(member, Attributes.None, SpanOf, Reject);
        if (selects)
        {
            declared = declared.With("low", RealText.Of(0)).With("high", RealText.Of(1));
        }

        if (diagnoses.Count == before && (!declared.Has("shape") || !declared.Has("low")))
        {
            Reject(SpanOf(member), Rejection.MemberWithoutShape(member.Name));
        }

        return diagnoses.Count == before ? declared : null;
    }

    private static string Bounds(Attributes declared) =>
        $"{MethodLowering.Decimal(declared, "low")}d, {MethodLowering.Decimal(declared, "high")}d";

    private static string Quote(string text) => SymbolDisplay.FormatLiteral(text, quote: true);

    private TextSpan SpanOf(ISymbol member)
    {
        SyntaxNode? declared = member.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation);
        return Within(declared switch
        {
            PropertyDeclarationSyntax property => property.Identifier.GetLocation(),
            VariableDeclaratorSyntax field => field.Identifier.GetLocation(),
            ParameterSyntax parameter => parameter.Identifier.GetLocation(),
            _ => null,
        });
    }

    private TextSpan SpanOf(AttributeData attribute) => Within(attribute.ApplicationSyntaxReference?.GetSyntax(cancellation).GetLocation());

    // A partial class's other parts have no place of their own in the pipeline.
    private TextSpan Within(Location? location) =>
        location is not null && location.SourceTree == syntax.SyntaxTree && syntax.FullSpan.Contains(location.SourceSpan)
            ? location.SourceSpan
            : syntax.Identifier.Span;

    private void Reject(TextSpan span, Rejection rejection) =>
        diagnoses.Add(new Diagnosis(rejection.Id, rejection.Message, name, span.Start - syntax.SpanStart, span.Length));
}
