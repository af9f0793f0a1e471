using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;
using MPCache.Generator.Ir;

namespace MPCache.Generator.FrontEnd;

/// <summary>
/// Lowers one method from Roslyn's operations to the text of the tensor IR. This part: the declaration, and the block under construction.
/// </summary>
/// <remarks>
/// What is rejected leaves a diagnosis and a placeholder of the type that C# gave the expression, so that one mistake is one message and
/// lowering goes on. A method with any diagnosis, or one that C# itself rejects, has no text.
/// </remarks>
internal sealed partial class MethodLowering
{
    private readonly MethodRole role;
    private readonly IMethodSymbol method;
    private readonly MethodDeclarationSyntax syntax;
    private readonly SemanticModel model;
    private readonly CancellationToken cancellation;
    private readonly string name;
    private readonly List<Diagnosis> diagnoses = [];
    private readonly List<CalledProtocol> calls = [];
    private readonly List<DeclaredDimension> dimensions = [];
    private readonly List<Budget> budgets = [];
    private readonly List<Site> sites = [];
    private readonly Dictionary<TextSpan, int> siteOf = [];
    private readonly Dictionary<ISymbol, ImmutableArray<Value>> bindings = new(SymbolEqualityComparer.Default);
    private List<Op> ops = [];
    private int nextValue;
    private bool isInvalid;

    private MethodLowering(
        MethodRole role, IMethodSymbol method, MethodDeclarationSyntax syntax, SemanticModel model, CancellationToken cancellation)
    {
        this.role = role;
        this.method = method;
        this.syntax = syntax;
        this.model = model;
        this.cancellation = cancellation;
        name = MethodNames.Of(method);
    }

    public static LoweredMethod Lower(
        MethodRole role, IMethodSymbol method, MethodDeclarationSyntax syntax, SemanticModel model, CancellationToken cancellation)
    {
        MethodLowering lowering = new(role, method, syntax, model, cancellation);
        Function? function = null;
        try
        {
            function = lowering.Function();
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            lowering.Reject(syntax.Identifier.Span, Rejection.Internal("the front end", exception.Message));
        }

        // What C# rejects it explains itself; our view of the pieces would only add noise.
        if (lowering.diagnoses.Count > 0
            && model.GetDiagnostics(syntax.Span, cancellation).Any(d => d.Severity == DiagnosticSeverity.Error))
        {
            lowering.diagnoses.RemoveAll(d => d.Id != Rejection.InternalId);
            lowering.isInvalid = true;
        }

        bool compiles = function is not null && lowering.diagnoses.Count == 0 && !lowering.isInvalid;
        return new LoweredMethod(
            role,
            lowering.name,
            compiles ? Printer.Print(function!, spans: true) : null,
            role == MethodRole.Protocol && MethodNames.IsExported(method),
            lowering.calls.ToEquatableArray(),
            lowering.dimensions.ToEquatableArray(),
            lowering.budgets.ToEquatableArray(),
            lowering.diagnoses.Distinct().ToEquatableArray());
    }

    private Function? Function()
    {
        CheckDeclaration();
        Attributes attributes = DeclarationAttributes();
        ReadBudgets(attributes);
        ImmutableArray<Parameter> parameters = method.Parameters.Select(Parameter).ToImmutableArray();
        if (method.IsGenericMethod || !method.IsStatic)
        {
            return null;
        }

        if (model.GetOperation(syntax, cancellation) is not IMethodBodyOperation body
            || (body.BlockBody ?? body.ExpressionBody) is not IBlockOperation block)
        {
            Reject(syntax.Identifier.Span, Rejection.NoBody(method.Name));
            return null;
        }

        LowerBlock(block);
        ImmutableArray<int> yields = (returned ?? []).Select(v => v.Id).ToImmutableArray();
        return new Function(name, attributes, parameters, new Block([], ops.ToImmutableArray(), yields), sites.ToImmutableArray());
    }

    private void CheckDeclaration()
    {
        TextSpan identifier = syntax.Identifier.Span;
        if (!method.IsStatic)
        {
            Reject(identifier, Rejection.NotStatic(method.Name));
        }

        if (method.IsGenericMethod)
        {
            Reject(identifier, Rejection.Generic(method.Name));
        }

        // C# rejects a second declaration of the same method; two outputs of one name would stop the generator before that is heard.
        isInvalid |= MethodNames.Overloads(method).Any(m =>
            !SymbolEqualityComparer.Default.Equals(m, method) && MethodNames.Of(m) == name);

        if (role == MethodRole.EntryPoint)
        {
            for (INamedTypeSymbol? type = method.ContainingType; type is not null; type = type.ContainingType)
            {
                if (type.TypeKind != TypeKind.Class || type.IsRecord || type.IsGenericType)
                {
                    Reject(identifier, Rejection.NotInClass(method.Name));
                }
                else if (!type.DeclaringSyntaxReferences.All(
                    r => r.GetSyntax(cancellation) is TypeDeclarationSyntax t && t.Modifiers.Any(SyntaxKind.PartialKeyword)))
                {
                    Reject(identifier, Rejection.NotPartial(method.Name, type.Name));
                }
            }
        }

        ITypeSymbol result = method.ReturnType;
        isInvalid |= result.TypeKind == TypeKind.Error;
        bool IsResult(ITypeSymbol? type) => DslSymbols.IsTensor(type) || (role == MethodRole.Protocol && DslSymbols.IsSelection(type));
        bool returnsTensors = method.ReturnsVoid || IsResult(result)
            || (result is INamedTypeSymbol { IsTupleType: true } tuple && tuple.TupleElements.All(e => IsResult(e.Type)));
        if (!returnsTensors && !isInvalid)
        {
            Reject(syntax.ReturnType.Span, Rejection.ResultType(ExpressionText.Of(syntax.ReturnType)));
        }
    }

    private Attributes DeclarationAttributes()
    {
        Attributes attributes = Attributes.Of(("class", MethodNames.Of(method.ContainingType)), ("method", method.Name));
        if (!method.ContainingNamespace.IsGlobalNamespace)
        {
            attributes = attributes.With("namespace", method.ContainingNamespace.ToDisplayString());
        }

        if (role == MethodRole.EntryPoint && DslSymbols.Attribute(method, DslSymbols.EntryPointAttribute) is AttributeData entry)
        {
            attributes = attributes.With("entry", 1)
                .With("fractionBits", DslSymbols.Named(entry, "FractionBits", 16)).With("networks", DslSymbols.Named(entry, "Networks", 1));
        }

        foreach (AttributeData dim in DimAttributes(method))
        {
            string dimension = DslSymbols.Argument<string>(dim, 0) ?? "";
            (int max, int typical) = (DslSymbols.Named(dim, "Max", 0), DslSymbols.Named(dim, "Typical", 0));
            TextSpan span = SpanOf(dim);
            if (dimension.Length == 0 || !char.IsLetter(dimension[0]) || !dimension.All(c => char.IsLetterOrDigit(c) || c == '_'))
            {
                Reject(span, Rejection.DimName(dimension));
                continue;
            }

            if (max < 0 || typical < 0 || (max > 0 && typical > max))
            {
                Reject(span, Rejection.DimSize(dimension, typical, max));
            }

            if (role == MethodRole.EntryPoint && method.GetAttributes().Contains(dim))
            {
                dimensions.Add(new DeclaredDimension(dimension, span.Start - syntax.SpanStart, span.Length));
            }

            attributes = max > 0 ? attributes.With($"dim.{dimension}.max", max) : attributes;
            attributes = typical > 0 ? attributes.With($"dim.{dimension}.typical", typical) : attributes;
        }

        return attributes;
    }

    /// <summary>The dimensions of the classes around, outermost first, then the method's own, which win.</summary>
    private static IEnumerable<AttributeData> DimAttributes(ISymbol symbol) =>
        (symbol.ContainingType is null ? [] : DimAttributes(symbol.ContainingType))
        .Concat(symbol.GetAttributes().Where(a => DslSymbols.Is(a, "MPCache.DimAttribute")));

    private Parameter Parameter(IParameterSymbol parameter)
    {
        TextSpan span = parameter.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is ParameterSyntax declared
            ? declared.Identifier.Span
            : syntax.Identifier.Span;
        IrType? type = DslSymbols.TypeOf(parameter.Type);
        if (parameter.Type.TypeKind == TypeKind.Error)
        {
            isInvalid = true;
        }
        else if (parameter.RefKind != RefKind.None || parameter.IsParams)
        {
            Reject(span, Rejection.ParameterByReference(parameter.Name));
        }
        else if (type is null || (type is SelectionType && role == MethodRole.EntryPoint))
        {
            string written = parameter.Type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat);
            Reject(span, Rejection.ParameterType(parameter.Name, written));
        }

        Attributes attributes = Attributes.None;
        switch (type)
        {
            case UnknownType:
                attributes = TensorAttributes(parameter, attributes.With("kind", "input"), SpanOf, Reject);
                if (role == MethodRole.EntryPoint && DslSymbols.Attribute(parameter, "MPCache.ShapeAttribute") is null)
                {
                    Reject(span, Rejection.ParameterWithoutShape(parameter.Name));
                }

                if (DslSymbols.Attribute(parameter, "MPCache.OwnedAttribute") is AttributeData owned)
                {
                    attributes = attributes.With("owner", PartyName(DslSymbols.Argument<int>(owned, 0)));
                }

                break;
            case IntType:
                attributes = attributes.With("kind", "int");
                break;
            case SelectionType:
                attributes = attributes.With("kind", "selection");
                break;
            case RealType:
                attributes = TensorAttributes(parameter, attributes.With("kind", "real"), SpanOf, Reject);
                break;
            case ObjectType handle:
                attributes = attributes.With("kind", handle.Kind);
                break;
        }

        Value value = Fresh(type ?? IrType.Unknown);
        bindings[parameter] = [value];
        return new Parameter(value, parameter.Name, attributes);
    }

    /// <summary>Adds the declared shape and range of a parameter or property.</summary>
    internal static Attributes TensorAttributes(
        ISymbol symbol, Attributes attributes, Func<AttributeData, TextSpan> spanOf, Action<TextSpan, Rejection> reject)
    {
        if (DslSymbols.Attribute(symbol, "MPCache.ShapeAttribute") is AttributeData shape)
        {
            string text = DslSymbols.Argument<string>(shape, 0) ?? "";
            if (ShapeText.Parse(text, out string error) is null)
            {
                reject(spanOf(shape), Rejection.Shape(text, error));
            }
            else
            {
                attributes = attributes.With("shape", text);
            }
        }

        if (DslSymbols.Attribute(symbol, "MPCache.RangeAttribute") is AttributeData range)
        {
            (double low, double high) = (DslSymbols.Argument<double>(range, 0), DslSymbols.Argument<double>(range, 1));
            RealAttr lowest = RealText.Of(low);
            RealAttr highest = RealText.Of(high);
            if (!IsInterval(low, high))
            {
                reject(spanOf(range), Rejection.EmptyRange(lowest.Decimal, highest.Decimal));
            }
            else
            {
                attributes = attributes.With("low", lowest).With("high", highest);
            }
        }

        return attributes;
    }

    /// <summary>A real attribute as the author's decimal.</summary>
    internal static string Decimal(Attributes attributes, string name) =>
        ((RealAttr)attributes.All.First(a => a.Key == name).Value).Decimal;

    private static bool IsInterval(double low, double high) =>
        low < high && !double.IsInfinity(low) && !double.IsInfinity(high);

    internal static string PartyName(int party) => party == 0 ? "Server" : "Client";

    /// <summary>An attribute's place; one that stands outside the method's declaration is reported at the method's name.</summary>
    private TextSpan SpanOf(AttributeData attribute) =>
        attribute.ApplicationSyntaxReference is { } reference && reference.SyntaxTree == syntax.SyntaxTree
            && syntax.FullSpan.Contains(reference.Span)
            ? reference.Span
            : syntax.Identifier.Span;

    private Value Fresh(IrType type) => new(nextValue++, type);

    private Value Emit(string kind, IrType type, SyntaxNode at, Attributes attributes, params Value[] operands)
    {
        Value result = Fresh(type);
        Append(kind, [result], at.Span, attributes, operands);
        return result;
    }

    private void Append(
        string kind, ImmutableArray<Value> results, TextSpan at, Attributes attributes, IEnumerable<Value> operands, Block? body = null) =>
        ops.Add(new Op(kind, results, operands.Select(o => o.Id).ToImmutableArray(), attributes, SiteOf(at), body));

    private int SiteOf(TextSpan span)
    {
        if (!siteOf.TryGetValue(span, out int site))
        {
            site = sites.Count;
            siteOf[span] = site;
            sites.Add(new Site(name, span.Start - syntax.SpanStart, span.Length, ExpressionText.Of(syntax, span)));
        }

        return site;
    }

    private void Reject(TextSpan span, Rejection rejection) =>
        diagnoses.Add(new Diagnosis(rejection.Id, rejection.Message, name, span.Start - syntax.SpanStart, span.Length));

    private Value Rejected(IOperation operation, Rejection rejection) => Rejected(operation, operation.Syntax.Span, rejection);

    private Value Rejected(IOperation operation, TextSpan span, Rejection rejection)
    {
        Reject(span, rejection);
        return Placeholder(operation.Type);
    }

    private Value Placeholder(ITypeSymbol? type) => Fresh(DslSymbols.TypeOf(type) ?? IrType.Unknown);
}
