using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using MPCache.Generator.FrontEnd;
using MPCache.Generator.Ir;
using MPCache.Generator.Tests.TestSupport;
using Xunit;

namespace MPCache.Generator.Tests.Snapshots;

/// <summary>The numbered snapshots of the model programs: the tour of the compiler, from the author's method to the bytes on the wire.</summary>
public sealed class ModelProgramTests
{
    private static readonly ImmutableArray<Closure> Models = Lower();

    /// <summary>Every stage of the full cache and of a selection in two levels; of an eviction what goes over the wire.</summary>
    [Theory]
    [InlineData("Prefill")]
    [InlineData("Decode")]
    [InlineData("DecodeHierarchical")]
    [InlineData("PrefillEvicting", "5-plan.md")]
    public async Task LlamaIsCompiledAsReviewed(string method, string only = "")
    {
        Compiled compiled = Compile("MPCache.Models.Transformers.Llama." + method);
        Assert.Empty(compiled.Diagnoses);
        foreach ((string file, string text) in compiled.Texts.Where(t => only.Length == 0 || t.FileName == only))
        {
            await Verifier.Verify(text).UseDirectory("Llama." + method).UseMethodName(file);
        }
    }

    [Theory]
    [InlineData("Prefill")]
    [InlineData("Decode")]
    [InlineData("DecodeHierarchical")]
    [InlineData("PrefillEvicting")]
    public void EveryIntermediateTextIsReadBack(string method)
    {
        Compiled compiled = Compile("MPCache.Models.Transformers.Llama." + method);
        string[] texts = compiled.Texts.Where(t => t.FileName is "1-tensor.ir" or "2-typed.ir" or "3-protocol.ir" or "4-rounds.txt").Select(t => t.Text).ToArray();
        Assert.Equal(4, texts.Length);
        Assert.All(texts, text => Assert.Equal(text, Printer.Print(Parser.Parse(text))));
    }

    [Fact]
    public void TheFingerprintIgnoresHowTheAuthorSpellsIt()
    {
        const string first = """
            public static partial class Sample
            {
                [EntryPoint]
                public static Tensor Run([Owned(Party.Client), Shape("n"), Range(-1, 1)] Tensor x) => (x * x).Reveal(Party.Client);
            }
            """;
        string second = first.Replace("(x * x)", "( x*x )");
        string third = first.Replace("x * x", "x + x");
        Assert.Equal(Fingerprint(first), Fingerprint(second));
        Assert.NotEqual(Fingerprint(first), Fingerprint(third));
    }

    private static string Fingerprint(string source)
    {
        Compiled compiled = CompileClosure(Programs.Values<Closure>(Programs.Run(Programs.Compile(source)), Steps.Closures).Single());
        return compiled.Source!.Split('\n').Select(l => l.Trim()).First(l => l.Length == 67 && l.StartsWith('"') && l.EndsWith("\",", System.StringComparison.Ordinal));
    }

    private static ImmutableArray<Closure> Lower()
    {
        IEnumerable<string> sources = new[] { "Layers", "Attention", "Transformers" }
            .SelectMany(folder => Directory.GetFiles(RepositoryFolder.Of("src", "Models", folder), "*.cs"))
            .Order().Select(File.ReadAllText);
        return Programs.Values<Closure>(Programs.Run(Programs.Compile([.. sources])), Steps.Closures);
    }

    private static Compiled Compile(string name) => CompileClosure(Models.Single(c => c.Name == name));

    private static Compiled CompileClosure(Closure closure) =>
        Compiler.Compile(closure.Text!, closure.Protocols.ToDictionary(p => p.Name, p => p.Text));
}
