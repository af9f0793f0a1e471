using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using MPCache.Generator.Diagnostics;
using MPCache.Generator.FrontEnd;
using MPCache.Generator.Ir;
using PlacedMethod = (MPCache.Generator.FrontEnd.LoweredMethod Lowered, MPCache.Generator.Diagnostics.DeclarationPlace Place);
using PlacedSchema = (MPCache.Generator.FrontEnd.LoweredSchema Lowered, MPCache.Generator.Diagnostics.DeclarationPlace Place);

namespace MPCache.Generator;

/// <summary>
/// The generator's table of contents: methods and classes in, one flat equatable value a step, sources and diagnostics out as separate
/// streams. Nothing behind the front end sees a syntax tree.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class MPCacheGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        // The front end: each declaration by itself, split at once into what it says and where it stands.
        IncrementalValuesProvider<PlacedMethod> entryMethods =
            Methods(context, DslSymbols.EntryPointAttribute, MethodRole.EntryPoint);
        IncrementalValuesProvider<PlacedMethod> protocolMethods =
            Methods(context, DslSymbols.ProtocolAttribute, MethodRole.Protocol);
        IncrementalValuesProvider<PlacedSchema> residentClasses = Schemas(context, DslSymbols.ResidentAttribute);
        IncrementalValuesProvider<PlacedSchema> stateClasses = Schemas(context, DslSymbols.StateAttribute);

        IncrementalValuesProvider<LoweredMethod> entries = entryMethods
            .Select(static (m, _) => m.Lowered).WithTrackingName(Steps.EntryPoints);
        IncrementalValuesProvider<LoweredMethod> protocols = protocolMethods
            .Select(static (m, _) => m.Lowered).WithTrackingName(Steps.Protocols);
        IncrementalValuesProvider<LoweredSchema> residents = residentClasses
            .Select(static (s, _) => s.Lowered).WithTrackingName(Steps.Residents);
        IncrementalValuesProvider<LoweredSchema> states = stateClasses
            .Select(static (s, _) => s.Lowered).WithTrackingName(Steps.States);
        IncrementalValueProvider<EquatableArray<ProtocolText>> referenced = context.CompilationProvider
            .Select(ProtocolBodies.Read).WithTrackingName(Steps.ReferencedProtocols);

        // The compiler: each entry point from its closure alone.
        IncrementalValueProvider<ProtocolTable> table = protocols.Collect().Combine(referenced)
            .Select(static (p, _) => ProtocolTable.Of(p.Left, p.Right)).WithTrackingName(Steps.ProtocolTable);
        IncrementalValuesProvider<Closure> closures = entries.Combine(table)
            .Select(static (e, _) => e.Right.ClosureOf(e.Left)).WithTrackingName(Steps.Closures);
        IncrementalValuesProvider<CompiledEntry> programs = closures.Where(static c => c.Text is not null)
            .Select(static (c, cancellation) => CompiledEntry.Of(c, cancellation)).WithTrackingName(Steps.Programs);

        // Sources.
        context.RegisterSourceOutput(
            programs.Where(static p => p.Source is not null), static (output, p) => output.AddSource(FileName(p.Name), p.Source!));
        context.RegisterSourceOutput(residents.Where(static s => s.Source is not null), AddSchema);
        context.RegisterSourceOutput(states.Where(static s => s.Source is not null), AddSchema);
        context.RegisterSourceOutput(
            table.Select(static (t, _) => ProtocolBodies.Write(t)).WithTrackingName(Steps.ExportedProtocols),
            static (output, source) =>
            {
                if (source is not null)
                {
                    output.AddSource("MPCache.ProtocolBodies.g.cs", source);
                }
            });

        // Diagnostics, joined with the places of their declarations last of all.
        IncrementalValueProvider<EquatableArray<Diagnosis>> methodDiagnoses = Together(entries.Select(static (m, _) => m.Diagnoses))
            .Combine(Together(protocols.Select(static (m, _) => m.Diagnoses))).Select(Concatenated);
        IncrementalValueProvider<EquatableArray<Diagnosis>> schemaDiagnoses = Together(residents.Select(static (s, _) => s.Diagnoses))
            .Combine(Together(states.Select(static (s, _) => s.Diagnoses))).Select(Concatenated);
        IncrementalValueProvider<EquatableArray<Diagnosis>> programDiagnoses = entries.Collect().Combine(table)
            .Select(static (e, _) => e.Right.Diagnoses(e.Left))
            .Combine(Together(programs.Select(static (p, _) => p.Diagnoses))).Select(Concatenated);
        IncrementalValueProvider<EquatableArray<Diagnosis>> diagnoses = methodDiagnoses.Combine(schemaDiagnoses).Select(Concatenated)
            .Combine(programDiagnoses).Select(Concatenated).WithTrackingName(Steps.Diagnoses);
        IncrementalValueProvider<ImmutableArray<DeclarationPlace>> places = entryMethods.Select(static (m, _) => m.Place).Collect()
            .Combine(protocolMethods.Select(static (m, _) => m.Place).Collect())
            .Combine(residentClasses.Select(static (s, _) => s.Place).Collect())
            .Combine(stateClasses.Select(static (s, _) => s.Place).Collect())
            .Select(static (p, _) => p.Left.Left.Left.AddRange(p.Left.Left.Right).AddRange(p.Left.Right).AddRange(p.Right));
        IncrementalValueProvider<EquatableArray<Report>> reports = diagnoses.Combine(places)
            .Select(static (d, _) => Report.Join(d.Left, d.Right)).WithTrackingName(Steps.Reports);
        context.RegisterSourceOutput(reports, static (output, all) =>
        {
            foreach (Report report in all)
            {
                output.ReportDiagnostic(report.ToDiagnostic());
            }
        });
    }

    private static IncrementalValuesProvider<PlacedMethod> Methods(
        IncrementalGeneratorInitializationContext context, string attribute, MethodRole role) =>
        context.SyntaxProvider.ForAttributeWithMetadataName(
            attribute,
            static (node, _) => node is MethodDeclarationSyntax,
            (found, cancellation) =>
            {
                MethodDeclarationSyntax syntax = (MethodDeclarationSyntax)found.TargetNode;
                IMethodSymbol method = (IMethodSymbol)found.TargetSymbol;
                LoweredMethod lowered = MethodLowering.Lower(role, method, syntax, found.SemanticModel, cancellation);
                return (lowered, new DeclarationPlace(lowered.Name, syntax.SyntaxTree, syntax.SpanStart, syntax.Identifier.Span));
            });

    private static IncrementalValuesProvider<PlacedSchema> Schemas(
        IncrementalGeneratorInitializationContext context, string attribute) =>
        context.SyntaxProvider.ForAttributeWithMetadataName(
            attribute,
            static (node, _) => node is TypeDeclarationSyntax,
            static (found, cancellation) =>
            {
                TypeDeclarationSyntax syntax = (TypeDeclarationSyntax)found.TargetNode;
                LoweredSchema lowered = SchemaLowering.Lower(
                    (INamedTypeSymbol)found.TargetSymbol, syntax, found.Attributes[0], cancellation);
                return (lowered, new DeclarationPlace(lowered.Name, syntax.SyntaxTree, syntax.SpanStart, syntax.Identifier.Span));
            });

    private static IncrementalValueProvider<EquatableArray<Diagnosis>> Together(
        IncrementalValuesProvider<EquatableArray<Diagnosis>> diagnoses) =>
        diagnoses.Collect().Select(static (all, _) => all.SelectMany(d => d).ToEquatableArray());

    private static EquatableArray<Diagnosis> Concatenated(
        (EquatableArray<Diagnosis> Left, EquatableArray<Diagnosis> Right) diagnoses, System.Threading.CancellationToken cancellation) =>
        diagnoses.Left.Concat(diagnoses.Right).ToEquatableArray();

    private static void AddSchema(SourceProductionContext output, LoweredSchema schema) =>
        output.AddSource(FileName(schema.Name + "Schema"), schema.Source!);

    // In a file's name an overload's parameter list would read as folders, and the mark of a keyword is not allowed.
    private static string FileName(string name) => name.Replace('/', '-').Replace("@", "") + ".g.cs";
}
