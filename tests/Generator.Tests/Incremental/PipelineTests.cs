using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using MPCache.Generator.FrontEnd;
using MPCache.Generator.Tests.TestSupport;
using Xunit;

namespace MPCache.Generator.Tests.Incremental;

/// <summary>What an edit makes run again.</summary>
public class PipelineTests
{
    private const string Entries = """
        public static partial class Model
        {
            [EntryPoint]
            public static Tensor Prefill([Shape("n"), Range(-1, 1), Owned(Party.Client)] Tensor x) => Layer.Outer(x).Reveal(Party.Client);

            [EntryPoint]
            public static Tensor Decode([Shape("n"), Range(-1, 1), Owned(Party.Client)] Tensor x) => Other.Plain(x).Reveal(Party.Client);
        }
        """;

    private const string Layers = """
        public static class Layer
        {
            [Protocol]
            public static Tensor Outer(Tensor x) => Inner(x) + x;

            [Protocol]
            internal static Tensor Inner(Tensor x) => x * 2f;
        }

        public static class Other
        {
            [Protocol]
            public static Tensor Plain(Tensor x) => x + 1f;
        }

        [Resident(Party.Server)]
        public record Weights([property: Shape("dim"), Range(-1, 1)] Tensor Gain);

        [State]
        public record Cache([property: Shape("tokens"), Range(-1, 1)] Tensor Keys);
        """;

    private const string Unrelated = """
        public static class Unrelated
        {
            public static int Number() => 1;
        }
        """;

    private static readonly string[] FrontEnd =
        [Steps.EntryPoints, Steps.Protocols, Steps.Residents, Steps.States, Steps.ReferencedProtocols];

    private static readonly string[] Later =
        [Steps.ProtocolTable, Steps.Closures, Steps.Programs, Steps.ExportedProtocols, Steps.Diagnoses, Steps.Reports];

    [Fact]
    public void An_edit_in_another_file_changes_nothing() =>
        AssertUntouched(Edit([Entries, Layers, Unrelated], 2, "=> 1", "=> 2"));

    [Fact]
    public void An_edit_beside_the_methods_changes_nothing() =>
        AssertUntouched(Edit([Entries, Layers + Unrelated, ""], 1, "=> 1", "=> 2 + 3"));

    [Fact]
    public void Moving_a_method_changes_nothing() =>
        AssertUntouched(Edit([Entries, Unrelated + "\n" + Layers, ""], 1, "class Unrelated", "// moved\n\n\nclass Unrelated"));

    [Fact]
    public void An_edit_in_a_protocol_compiles_its_callers_alone()
    {
        GeneratorRunResult result = Edit([Entries, Layers, Unrelated], 1, "x * 2f", "x * 3f");
        Assert.Equal(["Layer.Inner"], Modified<LoweredMethod>(result, Steps.Protocols).Select(m => m.Name));
        Assert.Empty(Modified<LoweredMethod>(result, Steps.EntryPoints));
        Assert.Equal(["Model.Prefill"], Modified<Closure>(result, Steps.Closures).Select(c => c.Name));
        Assert.Equal(["Model.Prefill"], Ran<CompiledEntry>(result, Steps.Programs).Select(p => p.Name));
        Assert.Empty(Modified<LoweredSchema>(result, Steps.Residents));
        Assert.Empty(Modified<LoweredSchema>(result, Steps.States));
    }

    [Fact]
    public void An_edit_in_an_entry_point_compiles_it_alone()
    {
        GeneratorRunResult result = Edit([Entries, Layers, Unrelated], 0, "Layer.Outer(x)", "Layer.Inner(x)");
        Assert.Equal(["Model.Prefill"], Modified<LoweredMethod>(result, Steps.EntryPoints).Select(m => m.Name));
        Assert.Empty(Modified<LoweredMethod>(result, Steps.Protocols));
        Assert.Equal(["Model.Prefill"], Modified<Closure>(result, Steps.Closures).Select(c => c.Name));
        Assert.Equal(["Layer.Inner"], Modified<Closure>(result, Steps.Closures).Single().Protocols.Select(p => p.Name));
        Assert.Equal(["Model.Prefill"], Ran<CompiledEntry>(result, Steps.Programs).Select(p => p.Name));
        AssertAll(result, [Steps.ExportedProtocols], IncrementalStepRunReason.Cached, IncrementalStepRunReason.Unchanged);
    }

    [Fact]
    public void White_space_inside_a_method_moves_its_sites_and_nothing_else()
    {
        GeneratorRunResult result = Edit([Entries, Layers, Unrelated], 1, "x * 2f", "x\n    * 2f");
        LoweredMethod inner = Assert.Single(Modified<LoweredMethod>(result, Steps.Protocols));
        Assert.Equal("Layer.Inner", inner.Name);
        AssertAll(result, [Steps.ExportedProtocols], IncrementalStepRunReason.Unchanged);
    }

    [Fact]
    public void A_diagnostic_follows_its_method()
    {
        string[] sources = [Unrelated, """
            public static class Broken
            {
                [Protocol]
                public static Tensor Run(Tensor x) => Missing.Of(x);
            }

            public static class Missing
            {
                public static Tensor Of(Tensor x) => x;
            }
            """];
        CSharpCompilation before = Programs.Compile(sources);
        GeneratorDriver driver = Programs.Driver().RunGenerators(before);
        CSharpCompilation after = before.ReplaceSyntaxTree(before.SyntaxTrees[1], Programs.Parse("// above\n" + sources[1], 1));
        driver = driver.RunGenerators(after);
        GeneratorRunResult result = Programs.Result(driver);
        AssertAll(result, [Steps.Protocols, Steps.Diagnoses], IncrementalStepRunReason.Unchanged, IncrementalStepRunReason.Cached);
        Diagnostic diagnostic = Assert.Single(result.Diagnostics);
        Assert.Same(after.SyntaxTrees[1], diagnostic.Location.SourceTree);
        Assert.Equal("Of", after.SyntaxTrees[1].GetText().ToString(diagnostic.Location.SourceSpan));
    }

    [Fact]
    public void Nothing_in_the_pipeline_holds_a_symbol_or_an_operation()
    {
        GeneratorRunResult result = Programs.Run(Programs.Compile(Entries, Layers, Unrelated));
        foreach (string step in FrontEnd.Concat(Later))
        {
            foreach (object value in result.TrackedSteps[step].SelectMany(s => s.Outputs).Select(o => o.Value))
            {
                Assert.False(Holds(value, []), $"{step} holds {value.GetType()}");
            }
        }
    }

    private static GeneratorRunResult Edit(string[] sources, int file, string before, string after)
    {
        Assert.Contains(before, sources[file], System.StringComparison.Ordinal);
        CSharpCompilation compilation = Programs.Compile(sources);
        GeneratorDriver driver = Programs.Driver().RunGenerators(compilation);
        SyntaxTree edited = Programs.Parse(sources[file].Replace(before, after), file);
        return Programs.Result(driver.RunGenerators(compilation.ReplaceSyntaxTree(compilation.SyntaxTrees[file], edited)));
    }

    private static void AssertUntouched(GeneratorRunResult result)
    {
        AssertAll(result, FrontEnd, IncrementalStepRunReason.Unchanged, IncrementalStepRunReason.Cached);
        AssertAll(result, Later, IncrementalStepRunReason.Cached, IncrementalStepRunReason.Unchanged);
        AssertAll(result, Later.Except([Steps.Reports]), IncrementalStepRunReason.Cached);
        Assert.All(
            result.TrackedOutputSteps.SelectMany(s => s.Value).SelectMany(s => s.Outputs),
            o => Assert.Equal(IncrementalStepRunReason.Cached, o.Reason));
    }

    private static void AssertAll(GeneratorRunResult result, IEnumerable<string> steps, params IncrementalStepRunReason[] allowed)
    {
        foreach (string step in steps)
        {
            Assert.True(result.TrackedSteps.ContainsKey(step), $"{step} did not run");
            Assert.All(
                result.TrackedSteps[step].SelectMany(s => s.Outputs),
                o => Assert.True(allowed.Contains(o.Reason), $"{step} is {o.Reason}"));
        }
    }

    private static IEnumerable<T> Modified<T>(GeneratorRunResult result, string step) =>
        Outputs<T>(result, step, IncrementalStepRunReason.Modified, IncrementalStepRunReason.New);

    /// <summary>What was computed again, with whatever result.</summary>
    private static IEnumerable<T> Ran<T>(GeneratorRunResult result, string step) =>
        Outputs<T>(result, step, IncrementalStepRunReason.Modified, IncrementalStepRunReason.New, IncrementalStepRunReason.Unchanged);

    private static IEnumerable<T> Outputs<T>(GeneratorRunResult result, string step, params IncrementalStepRunReason[] reasons) =>
        result.TrackedSteps[step].SelectMany(s => s.Outputs).Where(o => reasons.Contains(o.Reason)).Select(o => (T)o.Value);

    // Reports hold a tree on purpose: only a location with a tree is known to pragmas.
    private static bool Holds(object? value, HashSet<object> seen)
    {
        if (value is null or string or SyntaxTree || value.GetType().IsPrimitive || value.GetType().IsEnum)
        {
            return false;
        }

        if (value is ISymbol or IOperation or SyntaxNode or SemanticModel or Compilation)
        {
            return true;
        }

        if (!value.GetType().IsValueType && !seen.Add(value))
        {
            return false;
        }

        if (value is System.Collections.IEnumerable items && items.Cast<object?>().Any(i => Holds(i, seen)))
        {
            return true;
        }

        return value.GetType().Namespace!.StartsWith("MPCache", System.StringComparison.Ordinal)
            && value.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
                .Any(f => Holds(f.GetValue(value), seen));
    }
}
