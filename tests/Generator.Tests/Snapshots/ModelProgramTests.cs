using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using MPCache.Contract;
using MPCache.Generator.FrontEnd;
using MPCache.Generator.Ir;
using MPCache.Generator.Tests.TestSupport;
using Xunit;

namespace MPCache.Generator.Tests.Snapshots;

/// <summary>The numbered snapshots of the model programs: the tour of the compiler, from the author's method to the bytes on the wire.</summary>
public sealed class ModelProgramTests
{
    private static readonly ImmutableArray<Closure> Models = Lower();

    private static readonly Dictionary<string, long> StandardSizes = new()
    {
        ["vocabulary"] = 512, ["dim"] = 64, ["hidden"] = 172, ["layers"] = 5, ["groups"] = 4, ["repeat"] = 2, ["size"] = 8, ["heads"] = 8,
        ["tokens"] = 512, ["position"] = 512, ["rows"] = 256, ["context"] = 1024, ["classes"] = 4, ["experts"] = 8,
        ["cluster"] = 16, ["clusters"] = 32, ["coarse"] = 16, ["kept"] = 7, ["keptCoarse"] = 9, ["skipped"] = 0, ["pairs"] = 2,
        ["singles"] = 1, ["selecting"] = 5, ["added"] = 1, ["observed"] = 52, ["reach"] = 4, ["window"] = 16, ["sinks"] = 4, ["recent"] = 77,
        ["heavy"] = 77, ["between"] = 4, ["slots"] = 2, ["positions"] = 1024,
    };

    /// <summary>
    /// Every stage of the full cache, of a selection in two levels, and of experts that a secret router chooses; of an eviction and of another
    /// family of models what goes over the wire.
    /// </summary>
    [Theory]
    [InlineData("Llama.Prefill")]
    [InlineData("Llama.Decode")]
    [InlineData("Llama.DecodeHierarchical")]
    [InlineData("Llama.PrefillEvicting", "5-plan.md")]
    [InlineData("ExpertLayer.Apply")]
    [InlineData("Gpt2.Decode", "5-plan.md")]
    public async Task ProgramsAreCompiledAsReviewed(string program, string only = "")
    {
        Compiled compiled = Compile("MPCache.Models.Transformers." + program);
        Assert.Empty(compiled.Diagnoses);
        foreach ((string file, string text) in compiled.Texts.Where(t => only.Length == 0 || t.FileName == only))
        {
            await Verifier.Verify(text).UseDirectory(program).UseMethodName(file);
        }
    }

    /// <summary>What every program costs at one set of sizes, that of stories260K with 512 cached tokens and prompts of 256.</summary>
    [Fact]
    public async Task CostsAreAsReviewed()
    {
        StringBuilder table = new();
        table.Append("| program | flights | server → client | client → server | prepared | tape |\n")
            .Append("| --- | ---: | ---: | ---: | ---: | ---: |\n");
        foreach (Plan plan in Models.OrderBy(m => m.Name, StringComparer.Ordinal).SelectMany(m => CompileClosure(m).Plans))
        {
            PlanTotals costs = plan.Evaluate(name => StandardSizes.TryGetValue(name, out long size)
                ? size : throw new KeyNotFoundException($"{plan.Program} has the dimension {name}, which has no standard size"));
            string name = plan.Program[(plan.Program.LastIndexOf('.', plan.Program.LastIndexOf('.') - 1) + 1)..];
            table.Append(string.Create(CultureInfo.InvariantCulture,
                $"| {name} | {costs.Flights} | {costs.ServerToClient:N0} | {costs.ClientToServer:N0} | {costs.Prepared:N0} | {costs.Tape:N0} |\n"));
        }

        await Verifier.Verify(table.ToString()).UseMethodName("costs.md");
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
