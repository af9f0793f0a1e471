extern alias generator;

using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using MPCache.Execution;
using MPCache.Sessions;

namespace MPCache.Differential.Tests;

/// <summary>Random programs, compiled by the generator and by C# in memory, one assembly for all.</summary>
public sealed class ProgramBatch
{
    private const string Usings = """
        using System;
        using MPCache;
        using static MPCache.Functions;

        """;

    private const string Weights = """
        [Resident(Party.Server)]
        public sealed record RandomWeights
        {
            [Shape("m, m"), Range(-1, 1)]
            public required Tensor Matrix { get; init; }

            [Shape("m"), Range(-1, 1)]
            public required Tensor Bias { get; init; }
        }

        [State(Grows = "held")]
        public sealed class RandomState
        {
            [Shape("held, m"), Range(-200, 200)]
            public required Tensor Rows { get; set; }
        }
        """;

    private readonly Assembly assembly;

    private ProgramBatch(Assembly assembly, IReadOnlyList<RandomProgram> programs, IReadOnlyList<string> rejected)
    {
        this.assembly = assembly;
        Programs = programs;
        Rejected = rejected;
    }

    /// <summary>Those that the compiler accepts.</summary>
    public IReadOnlyList<RandomProgram> Programs { get; }

    /// <summary>What it said of the others.</summary>
    public IReadOnlyList<string> Rejected { get; }

    public ResidentSchema Schema => (ResidentSchema)assembly.GetType("RandomWeightsSchema")!.GetProperty("Instance")!.GetValue(null)!;

    public StateSchema States => (StateSchema)assembly.GetType("RandomStateSchema")!.GetProperty("Instance")!.GetValue(null)!;

    public static ProgramBatch Compile(IReadOnlyList<RandomProgram> programs)
    {
        CSharpParseOptions options = new(LanguageVersion.Latest);
        SyntaxTree Parse(string text, string name) =>
            CSharpSyntaxTree.ParseText(SourceText.From(Usings + text, System.Text.Encoding.UTF8), options, name);
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Random", programs.Select(p => Parse(p.Source, p.Name)).Prepend(Parse(Weights, "Weights")), References(),
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release,
                nullableContextOptions: NullableContextOptions.Enable));
        GeneratorDriver driver = CSharpGeneratorDriver.Create(
            [new generator::MPCache.Generator.MPCacheGenerator().AsSourceGenerator()], parseOptions: options);
        driver = driver.RunGeneratorsAndUpdateCompilation(compilation, out Compilation generated, out ImmutableArray<Diagnostic> told);
        if (driver.GetRunResult().Results.Single().Exception is Exception exception)
        {
            throw new InvalidOperationException("the generator threw", exception);
        }

        using MemoryStream image = new();
        var emitted = generated.Emit(image);
        if (!emitted.Success)
        {
            throw new InvalidOperationException(
                "C# rejects a program or what is generated of it:\n"
                + string.Join("\n", emitted.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)));
        }

        HashSet<string> rejected = [.. told.Select(d => d.Location.SourceTree!.FilePath)];
        return new ProgramBatch(
            Assembly.Load(image.ToArray()), [.. programs.Where(p => !rejected.Contains(p.Name))],
            [.. told.Select(d => $"{d}\n{programs.First(p => p.Name == d.Location.SourceTree!.FilePath).Source}")]);
    }

    public CompiledProgram Compiled(RandomProgram program) =>
        (CompiledProgram)assembly.GetType(program.Name)!.GetProperty("RunProgram")!.GetValue(null)!;

    public object NewWeights(Tensor matrix, Tensor bias)
    {
        Type type = assembly.GetType("RandomWeights")!;
        object weights = Activator.CreateInstance(type)!;
        type.GetProperty("Matrix")!.SetValue(weights, matrix);
        type.GetProperty("Bias")!.SetValue(weights, bias);
        return weights;
    }

    public object NewState(int m)
    {
        Type type = assembly.GetType("RandomState")!;
        object state = Activator.CreateInstance(type)!;
        type.GetProperty("Rows")!.SetValue(state, Tensor.Zeros(0, m));
        return state;
    }

    /// <summary>How many rows a plain state holds.</summary>
    public static int Rows(object state) => ((Tensor)state.GetType().GetProperty("Rows")!.GetValue(state)!).Size(0);

    /// <summary>What the program's method computes in plain.</summary>
    public IReadOnlyList<Tensor> Plain(RandomProgram program, params object[] arguments)
    {
        object result = assembly.GetType(program.Name)!.GetMethod("Run")!.Invoke(null, arguments)!;
        return result is ValueTuple<Tensor, Tensor> pair ? [pair.Item1, pair.Item2] : [(Tensor)result];
    }

    public Task<CallResult> RunAsync(RandomProgram program, ISession session, ResidentHandle weights, StateHandle state, params Input[] inputs) =>
        (Task<CallResult>)assembly.GetType(program.Name)!.GetMethod("RunAsync")!
            .Invoke(null, [session, weights, state, .. inputs, CancellationToken.None])!;

    private static IEnumerable<MetadataReference> References() =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(p => Path.GetFileName(p).StartsWith("System.", StringComparison.Ordinal) || Path.GetFileName(p) == "netstandard.dll")
            .Append(typeof(Tensor).Assembly.Location).Select(p => MetadataReference.CreateFromFile(p));
}
