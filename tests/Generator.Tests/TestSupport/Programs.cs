using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using MPCache.Generator.Diagnostics;
using MPCache.Generator.FrontEnd;

namespace MPCache.Generator.Tests.TestSupport;

/// <summary>Compiles sources of the language in memory, against the runtime that was built beside the tests.</summary>
internal static class Programs
{
    public static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Latest);

    private const string Usings = """
        using System;
        using MPCache;
        using static MPCache.Functions;

        """;

    private static readonly ImmutableArray<MetadataReference> References = LoadReferences();

    /// <summary>A compilation of files, each the usings of the language and a text.</summary>
    public static CSharpCompilation Compile(params string[] sources) => Compile("Sample", sources, []);

    /// <summary>A compilation with a name and further references.</summary>
    public static CSharpCompilation Compile(string assembly, IEnumerable<string> sources, IEnumerable<MetadataReference> references) =>
        CSharpCompilation.Create(
            assembly,
            sources.Select((s, i) => Parse(s, i)),
            References.AddRange(references),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

    /// <summary>A compilation of nothing, whose symbols of the language have their documentation.</summary>
    public static CSharpCompilation CompileDocumented()
    {
        string runtime = Path.Combine(AppContext.BaseDirectory, "program-references", "MPCache.Runtime.dll");
        MetadataReference documented = MetadataReference.CreateFromFile(
            runtime, documentation: XmlDocumentationProvider.CreateFromFile(Path.ChangeExtension(runtime, ".xml")));
        return CSharpCompilation.Create("Documented", [], References.Where(r => r.Display != runtime).Append(documented));
    }

    /// <summary>A file's syntax tree: file 0 is <c>File0.cs</c>.</summary>
    public static SyntaxTree Parse(string source, int file = 0) =>
        CSharpSyntaxTree.ParseText(SourceText.From(Usings + source, System.Text.Encoding.UTF8), ParseOptions, $"File{file}.cs");

    /// <summary>The generator's run over a compilation, with its steps recorded.</summary>
    public static GeneratorDriver Driver() => CSharpGeneratorDriver.Create(
        [new MPCacheGenerator().AsSourceGenerator()],
        parseOptions: ParseOptions,
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    /// <summary>Runs the generator over sources that C# accepts.</summary>
    public static GeneratorRunResult Run(Compilation compilation)
    {
        RequireValid(compilation);
        return Result(Driver().RunGenerators(compilation));
    }

    /// <summary>Runs the generator and gives the compilation with the generated sources, which C# must accept.</summary>
    public static GeneratorRunResult Run(Compilation compilation, out Compilation generated)
    {
        GeneratorDriver driver = Driver().RunGeneratorsAndUpdateCompilation(compilation, out generated, out _);
        RequireValid(generated);
        return Result(driver);
    }

    /// <summary>The run's only result; an exception in the generator fails the test.</summary>
    public static GeneratorRunResult Result(GeneratorDriver driver)
    {
        GeneratorRunResult result = driver.GetRunResult().Results.Single();
        return result.Exception is null ? result : throw new InvalidOperationException("The generator threw.", result.Exception);
    }

    /// <summary>Every entry point of a source, compiled, by name; there is no error.</summary>
    public static Dictionary<string, Compiled> CompileAll(string source)
    {
        Compiled[] all = Values<Closure>(Run(Compile(source)), Steps.Closures)
            .Select(c => Compiler.Compile(c.Text!, c.Protocols.ToDictionary(p => p.Name, p => p.Text))).ToArray();
        return all.SelectMany(c => c.Diagnoses).All(d => Descriptors.Find(d.Id).DefaultSeverity != DiagnosticSeverity.Error)
            ? all.ToDictionary(c => c.Name)
            : throw new InvalidOperationException(string.Join("\n", all.SelectMany(c => c.Diagnoses)));
    }

    private static void RequireValid(Compilation compilation)
    {
        Diagnostic[] errors = compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).ToArray();
        if (errors.Length > 0)
        {
            throw new InvalidOperationException("C# rejects the sources:\n" + string.Join("\n", errors.Select(e => e.ToString())));
        }
    }

    /// <summary>The values of a tracked step, in order.</summary>
    public static ImmutableArray<T> Values<T>(GeneratorRunResult result, string step) => result.TrackedSteps.TryGetValue(step, out var runs)
        ? runs.SelectMany(r => r.Outputs).Select(o => (T)o.Value).ToImmutableArray()
        : [];

    private static ImmutableArray<MetadataReference> LoadReferences()
    {
        string platform = (string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!;
        string[] wanted =
        [
            "System.Runtime.dll", "System.Private.CoreLib.dll", "System.Collections.dll", "System.Console.dll", "System.Linq.dll",
            "System.Threading.dll", "netstandard.dll",
        ];
        return platform.Split(Path.PathSeparator).Where(p => wanted.Contains(Path.GetFileName(p)))
            .Append(Path.Combine(AppContext.BaseDirectory, "program-references", "MPCache.Runtime.dll"))
            .Select(p => (MetadataReference)MetadataReference.CreateFromFile(p)).ToImmutableArray();
    }
}
