using System;
using System.Linq;
using System.Threading;
using CsCheck;
using Microsoft.CodeAnalysis;
using MPCache.Generator.Diagnostics;
using MPCache.Generator.FrontEnd;
using MPCache.Generator.Ir;
using MPCache.Generator.Tests.TestSupport;
using Xunit;

namespace MPCache.Generator.Tests.FrontEnd;

/// <summary>Sources as they are while somebody types, and a compiler that fails.</summary>
public class RobustnessTests
{
    private const string Source = """
        [Resident(Party.Server)]
        public sealed class Weights
        {
            [Shape("layers, dim"), Range(-1, 1)]
            public Tensor Query { get; set; } = null!;
            public int Layers { get; set; }
        }

        [State(Grows = "tokens")]
        public sealed class Cache
        {
            [Shape("layers, tokens, dim"), Range(-1, 1)]
            public Tensor[] Keys { get; } = [];
        }

        [Dim("tokens", Max = 64)]
        public static partial class Model
        {
            private static readonly float Half = 1f / 2;

            [EntryPoint]
            public static (Tensor, Tensor B) Run(
                [Shape("n, dim"), Range(-1, 1), Owned(Party.Client)] Tensor x, Weights w, Cache c, int n, float f)
            {
                (Tensor a, Tensor b) = Parts(x, scale: Half * f);
                for (int i = 0; i < w.Layers; i++)
                {
                    c.Keys[i] = c.Keys[i].Append(a[i] * n);
                    a += (Softmax(b, CausalMask(n, x.Size(^1))) - w.Query[i].Reshape(1, 2 * n)).Within(-1, 1);
                }

                if (Half > 0)
                {
                    b = true ? a : b;
                }

                return (a.Reveal(Party.Client), b.Permute(1, 0).Reveal(to: Party.Client));
            }

            [Protocol]
            internal static (Tensor, Tensor) Parts(Tensor x, float scale = 1) => (x * scale, -x);
        }
        """;

    [Fact]
    public void What_csharp_rejects_is_left_to_csharp()
    {
        Compilation compilation = Programs.Compile("""
            public static partial class A
            {
                [EntryPoint]
                public static Missing Run([Shape("n"), Range(-1, 1)] Tensor x, Unknown y)
                {
                    Tensor z = Relu(x, x) + Nowhere(x) + y;
                    z = z.Sum(undefined).Slice(0, nothing, 1);
                    int k = z;
                    for (int i = 0; i < absent; i++)
                    {
                        z = z + absent;
                    }

                    if (x.Gone)
                    {
                        z = "text";
                    }

                    return z
                }

                [Protocol]
                public static Tensor Twice(Tensor x) => x;

                [Protocol]
                public static Tensor Twice(Tensor x) => x + x;
            }
            """);
        GeneratorRunResult result = Programs.Result(Programs.Driver().RunGenerators(compilation));
        Assert.Empty(result.Diagnostics);
        Assert.All(Programs.Values<LoweredMethod>(result, Steps.EntryPoints), m => Assert.Null(m.Text));
        Assert.All(Programs.Values<LoweredMethod>(result, Steps.Protocols), m => Assert.Null(m.Text));
    }

    [Fact]
    public void No_prefix_of_a_source_stops_the_generator() => Gen.Int[0, Source.Length].Sample(
        length => Survives(Source[..length]),
        iter: 60, threads: 1);

    [Fact]
    public void No_deleted_token_stops_the_generator()
    {
        SyntaxToken[] tokens = Programs.Parse(Source).GetRoot().DescendantTokens().Where(t => t.Span.Length > 0).ToArray();
        string text = Programs.Parse(Source).ToString();
        Gen.Int[0, tokens.Length - 1].Sample(
            index => Survives(text.Remove(tokens[index].SpanStart, tokens[index].Span.Length)),
            iter: 60, threads: 1);
    }

    [Fact]
    public void A_failing_compiler_is_a_diagnostic_at_the_entry_point()
    {
        Closure damaged = new("Sample.Run", "no text of a function", EquatableArray<NamedText>.Empty,
            EquatableArray<DeclaredDimension>.Empty, EquatableArray<Budget>.Empty);
        CompiledEntry compiled = CompiledEntry.Of(damaged, CancellationToken.None);
        Assert.Null(compiled.Source);
        Diagnosis diagnosis = Assert.Single(compiled.Diagnoses);
        Assert.Equal(("MPC9001", "Sample.Run", 0), (diagnosis.Id, diagnosis.Function, diagnosis.Length));
        Assert.Contains("failed in Parser: FormatException: line 1", diagnosis.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_diagnosis_without_a_span_marks_the_method_name()
    {
        SyntaxTree tree = Programs.Parse("public class A { void Run() { } }");
        int name = tree.ToString().IndexOf("Run", StringComparison.Ordinal);
        DeclarationPlace place = new("A.Run", tree, name - 5, new(name, 3));
        Diagnostic diagnostic = new Report(new Diagnosis("MPC4001", "text", "A.Run", 0, 0), place).ToDiagnostic();
        Assert.Equal(place.Identifier, diagnostic.Location.SourceSpan);
        Report nowhere = new(new Diagnosis("MPC4001", "text", "A.Run", 0, 0), null);
        Assert.Equal(Location.None, nowhere.ToDiagnostic().Location);
    }

    // Whatever the rest of the compiler makes of such a program is its own tests' matter.
    private static bool Survives(string source) =>
        Programs.Result(Programs.Driver().RunGenerators(Programs.Compile(source))).Diagnostics
            .All(d => d.Id != "MPC9001" || !d.GetMessage().Contains("front end", StringComparison.Ordinal));
}
