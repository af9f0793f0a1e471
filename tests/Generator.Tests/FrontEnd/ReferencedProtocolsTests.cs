using System.Collections.Immutable;
using System.IO;
using System.Linq;
using Microsoft.CodeAnalysis;
using MPCache.Generator.FrontEnd;
using MPCache.Generator.Ir;
using MPCache.Generator.Tests.TestSupport;
using Xunit;

namespace MPCache.Generator.Tests.FrontEnd;

/// <summary>Protocols that live in another assembly.</summary>
public class ReferencedProtocolsTests
{
    private const string Library = """
        namespace Library;

        public static class Layers
        {
            [Protocol]
            public static Tensor Norm(Tensor x) => Square(x) * RSqrt(Mean.Of(x) + 1e-5f);

            [Protocol]
            internal static Tensor Square(Tensor x) => x * x;

            [Protocol]
            internal static Tensor Unused(Tensor x) => x;

            [Protocol]
            public static Tensor Shift(Tensor x) => x + 1f;

            [Protocol]
            internal static Tensor Shift(Tensor x, float by) => x + by;
        }

        internal static class Mean
        {
            [Protocol]
            public static Tensor Of(Tensor x) => x.Mean(-1);
        }
        """;

    private const string Program = """
        public static partial class Program
        {
            [EntryPoint]
            public static Tensor Run([Shape("n, dim"), Range(-1, 1), Owned(Party.Client)] Tensor x) =>
                Library.Layers.Norm(Library.Layers.Shift(x)).Reveal(Party.Client);
        }
        """;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_body_travels_with_its_assembly(bool asImage)
    {
        ImmutableArray<LoweredMethod> local = FrontEndTexts.Of(Library);
        Programs.Run(Programs.Compile("Library", [Library], []), out Compilation library);
        GeneratorRunResult result = Programs.Run(Programs.Compile("Program", [Program], [Reference(library, asImage)]));

        Closure closure = Assert.Single(Programs.Values<Closure>(result, Steps.Closures));
        Assert.NotNull(closure.Text);
        Assert.Equal(
            ["Library.Layers.Norm", "Library.Layers.Shift", "Library.Layers.Square", "Library.Mean.Of"],
            closure.Protocols.Select(p => p.Name));
        foreach (NamedText protocol in closure.Protocols)
        {
            string own = local.Single(m => m.Name == protocol.Name).Text!;
            Assert.Equal(Printer.Print(Parser.Parse(own)), protocol.Text);
        }
    }

    [Fact]
    public void What_no_public_protocol_reaches_is_not_exported()
    {
        GeneratorRunResult result = Programs.Run(Programs.Compile(Library), out _);
        string source = Assert.Single(result.GeneratedSources).SourceText.ToString();
        Assert.Contains("\"Library.Layers.Square\", 4,", source, System.StringComparison.Ordinal);
        Assert.DoesNotContain("Unused", source, System.StringComparison.Ordinal);
        Assert.DoesNotContain("Shift/Tensor/float", source, System.StringComparison.Ordinal);
    }

    [Fact]
    public void A_library_built_without_the_generator_has_no_bodies()
    {
        Compilation library = Programs.Compile("Library", [Library], []);
        GeneratorRunResult result = Programs.Run(Programs.Compile("Program", [Program], [Reference(library, true)]));
        Assert.Equal(["MPC1018", "MPC1018"], result.Diagnostics.Select(d => d.Id));
        Assert.Equal(["Norm", "Shift"], result.Diagnostics.Select(Marked).Order());
        Assert.Empty(Programs.Values<CompiledEntry>(result, Steps.Programs));
    }

    [Fact]
    public void A_body_of_another_format_is_refused()
    {
        const string library = """
            [assembly: ProtocolBody("Library.Layers.Norm", 5, "anything")]
            [assembly: ProtocolBody("Library.Layers.Shift", 4, "no text of a function")]
            """;
        Compilation other = Programs.Compile("Library", [library + Library.Replace("namespace Library;", "namespace Library {") + "}"], []);
        GeneratorRunResult result = Programs.Run(Programs.Compile("Program", [Program], [Reference(other, true)]));
        Assert.Equal(["MPC1018", "MPC1018"], result.Diagnostics.Select(d => d.Id));
        Assert.Contains("format 5", result.Diagnostics.Single(d => Marked(d) == "Norm").GetMessage(), System.StringComparison.Ordinal);
        Diagnostic shift = result.Diagnostics.Single(d => Marked(d) == "Shift");
        Assert.Contains("no compiled body", shift.GetMessage(), System.StringComparison.Ordinal);
    }

    private static string Marked(Diagnostic diagnostic) =>
        diagnostic.Location.SourceTree!.GetText().ToString(diagnostic.Location.SourceSpan);

    private static MetadataReference Reference(Compilation library, bool asImage)
    {
        if (!asImage)
        {
            return library.ToMetadataReference();
        }

        using MemoryStream image = new();
        Assert.True(library.Emit(image).Success);
        return MetadataReference.CreateFromImage(image.ToArray());
    }
}
