using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using MPCache.Generator.CodeFixes;
using MPCache.Generator.Diagnostics;
using MPCache.Generator.Tests.TestSupport;
using Xunit;

namespace MPCache.Generator.Tests.CodeFixes;

/// <summary>Cures: what each makes of the source, and that the diagnostic is gone then.</summary>
public sealed class CodeFixTests
{
    private const string Input = "[Shape(\"8\"), Range(-1, 1), Owned(Party.Client)] Tensor x";

    private static readonly CodeFixProvider[] Providers =
        [new CarriedRangeFix(), new DeclarationFix(), new InOrderFix(), new RevealFix()];

    [Fact]
    public async Task What_a_loop_carries_gets_a_range() => await Cures(
        "MPC3003",
        InBody("for (int i = 0; i < 4; i++) { x = x + y * 2f; } return x.Reveal(Party.Client);"),
        [("Add .Within(-64, 64)",
            InBody("for (int i = 0; i < 4; i++) { x = (x + y * 2f).Within(-64, 64); } return x.Reveal(Party.Client);"))]);

    [Fact]
    public async Task A_number_without_a_range_is_not_one_that_a_loop_carries() => await Cures(
        "MPC3003",
        "public static partial class A { [EntryPoint] public static Tensor Run(" + Input + ", float f) => (x * f).Reveal(Party.Client); }",
        []);

    [Fact]
    public async Task Rows_are_gathered_in_their_order() => await Cures(
        "MPC4003",
        InBody("return Gather(x, TopK(y, 2)).Reveal(Party.Client);"),
        [("Gather in the order of the rows with .InOrder()", InBody("return Gather(x, TopK(y, 2).InOrder()).Reveal(Party.Client);"))]);

    [Fact]
    public async Task A_selection_is_found_by_its_name() => await Cures(
        "MPC4003",
        InBody("return Gather(selection: TopK(y, 2), x: x).Reveal(Party.Client);"),
        [("Gather in the order of the rows with .InOrder()",
            InBody("return Gather(selection: TopK(y, 2).InOrder(), x: x).Reveal(Party.Client);"))]);

    [Fact]
    public async Task A_result_is_revealed_to_one_party_or_the_other() => await Cures(
        "MPC4001",
        InBody("return x * y;"),
        [
            ("Reveal to the client", InBody("return (x * y).Reveal(Party.Client);")),
            ("Reveal to the server", InBody("return (x * y).Reveal(Party.Server);")),
        ]);

    [Fact]
    public async Task What_was_revealed_before_is_left_to_the_author() =>
        await Cures("MPC4001", InBody("return x.Reveal(Party.Client) * 2f;"), []);

    [Theory]
    [InlineData("static class A", "static partial class A")]
    [InlineData("class A", "partial class A")]
    [InlineData("// the model\nclass A", "// the model\npartial class A")]
    [InlineData("public static class A", "public static partial class A")]
    public async Task A_class_becomes_partial(string before, string after)
    {
        string rest = "\n{\n    [EntryPoint]\n    public static Tensor Run(" + Input + ") => x.Reveal(Party.Client);\n}\n";
        await Cures("MPC1011", before + rest, [("Make 'A' partial", after + rest)]);
    }

    [Fact]
    public async Task A_method_becomes_static() => await Cures(
        "MPC1011",
        "public partial class A { [Protocol] public Tensor Run(Tensor x) => x; }",
        [("Make 'Run' static", "public partial class A { [Protocol] public static Tensor Run(Tensor x) => x; }")]);

    [Fact]
    public void Every_cure_is_for_a_diagnostic_that_there_is() =>
        Assert.All(Providers.SelectMany(p => p.FixableDiagnosticIds), id => Assert.Contains(Descriptors.All, d => d.Id == id));

    private static async Task Cures(string id, string source, (string Title, string Source)[] expected)
    {
        using AdhocWorkspace workspace = new();
        Compilation compilation = Programs.Compile(source);
        Project project = workspace.AddProject("Sample", LanguageNames.CSharp)
            .WithCompilationOptions(compilation.Options).WithMetadataReferences(compilation.References);
        SyntaxTree tree = compilation.SyntaxTrees.Single();
        Document document = project.AddDocument(tree.FilePath, await tree.GetTextAsync(), filePath: tree.FilePath);
        SyntaxTree opened = (await document.GetSyntaxTreeAsync())!;
        Diagnostic reported = Assert.Single(Programs.Run(compilation).Diagnostics);
        Assert.Equal(id, reported.Id);
        Diagnostic diagnostic = Diagnostic.Create(reported.Descriptor, Location.Create(opened, reported.Location.SourceSpan));

        List<CodeAction> actions = [];
        foreach (CodeFixProvider provider in Providers.Where(p => p.FixableDiagnosticIds.Contains(id)))
        {
            await provider.RegisterCodeFixesAsync(new CodeFixContext(document, diagnostic, (action, _) => actions.Add(action), default));
        }

        Assert.Equal(expected.Select(e => e.Title), actions.Select(a => a.Title));
        string usings = tree.ToString()[..^source.Length];
        foreach ((CodeAction action, string cured) in actions.Zip(expected, (a, e) => (a, e.Source)))
        {
            ApplyChangesOperation change =
                (await action.GetOperationsAsync(CancellationToken.None)).OfType<ApplyChangesOperation>().Single();
            string text = (await change.ChangedSolution.GetDocument(document.Id)!.GetTextAsync()).ToString();
            Assert.Equal(usings + cured, text);
            Assert.DoesNotContain(Programs.Run(Programs.Compile(cured)).Diagnostics, d => d.Id == id);
        }
    }

    private static string InBody(string body) =>
        "public static partial class A\n{\n    [EntryPoint]\n    public static Tensor Run(\n        " + Input
        + ", [Shape(\"8\"), Range(-1, 1), Owned(Party.Server)] Tensor y)\n    {\n        " + body + "\n    }\n}\n";
}
