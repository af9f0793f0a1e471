using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using MPCache.Generator.Tests.TestSupport;
using Xunit;

namespace MPCache.Generator.Tests.Emission;

/// <summary>Generated code stands in the author's class, where the author's names come first. It must not matter what they are.</summary>
public sealed class GeneratedNamesTests
{
    // The author of such a class has to qualify names too.
    private const string Author = """
        namespace Author
        {
            [global::MPCache.Resident(global::MPCache.Party.Server)]
            public sealed class Weights
            {
                [global::MPCache.Shape("layers, size, size"), global::MPCache.Range(-1, 1)]
                public global::MPCache.Tensor Matrix { get; set; } = null!;
                public int Layers { get; set; }
            }

            [global::MPCache.State(Grows = "tokens")]
            public sealed class Cache
            {
                [global::MPCache.Shape("tokens, size"), global::MPCache.Range(-1, 1)]
                public global::MPCache.Tensor Rows { get; set; } = null!;
            }

            [global::MPCache.Dim("tokens", Max = 64)]
            public static partial class Program
            {
                [global::MPCache.EntryPoint]
                public static global::MPCache.Tensor Step(
                    [global::MPCache.Shape("1, size"), global::MPCache.Range(-1, 1), global::MPCache.Owned(global::MPCache.Party.Client)]
                    global::MPCache.Tensor x,
                    [global::MPCache.Range(1, 2)] float factor, Weights weights, Cache cache)
                {
                    for (int i = 0; i < weights.Layers; i++)
                    {
                        x = global::MPCache.Functions.Linear(x, weights.Matrix[i]).Within(-1, 1);
                    }

                    cache.Rows = cache.Rows.Append(x);
                    global::MPCache.Tensor scores = global::MPCache.Functions.MatMul(x, cache.Rows.Transpose()) * factor;
                    global::MPCache.Selection best = global::MPCache.Functions.TopK(scores.Within(-1, 1).Reshape(cache.Rows.Size(0)), 1);
                    global::MPCache.Tensor row = global::MPCache.Functions.Gather(cache.Rows, best);
                    global::MPCache.Tensor less = global::MPCache.Functions.Less(row, x);
                    row = global::MPCache.Functions.Select(less, row, x);
                    global::MPCache.Tensor mixed = row + global::MPCache.Functions.Relu(x) * global::MPCache.Functions.InverseSqrt(4);
                    return global::MPCache.Functions.Softmax(global::MPCache.Functions.Silu(mixed)).Reveal(global::MPCache.Party.Client);
                }
            }
        }
        """;

    private static readonly string[] SystemNames =
        ["System", "Task", "Tasks", "ValueTask", "Threading", "CancellationToken", "IReadOnlyList", "Math", "MathF"];

    /// <summary>What the author declares, by name, where C# looks before it looks at a using.</summary>
    public static TheoryData<string, string> Declarations => new()
    {
        { "methods", "namespace Author { partial class Program { NAMES } } : static void NAME() { }" },
        { "properties", "namespace Author { partial class Program { NAMES } } : static string NAME => string.Empty;" },
        { "nested classes", "namespace Author { partial class Program { NAMES } } : public class NAME { }" },
        { "classes of the namespace", "namespace Author { NAMES } : public class NAME { }" },
        { "classes of no namespace", "NAMES : public class NAME { }" },
    };

    [Fact]
    public void A_loop_that_is_dropped_leaves_no_name_to_be_taken_twice() => Programs.Run(Programs.Compile("""
        public static partial class Sample
        {
            [EntryPoint]
            public static Tensor Run([Shape("n"), Range(-1, 1), Owned(Party.Client)] Tensor x)
            {
                Tensor unused = x;
                for (int i = 0; i < 2; i++)
                {
                    unused = (unused * x).Within(-1, 1);
                }

                for (int i = 0; i < 3; i++)
                {
                    x = (x * x.Max(-1)).Within(-1, 1);
                }

                return x.Reveal(Party.Client);
            }
        }
        """), out _);

    [Theory]
    [MemberData(nameof(Declarations))]
    public void An_authors_member_may_be_called_like_anything_that_generated_code_uses(string what, string form)
    {
        Assert.NotEmpty(what);
        (string around, string member) = (form.Split(" : ")[0], form.Split(" : ")[1]);
        IEnumerable<string> names = RuntimeNames();
        if (around == "NAMES")
        {
            // The namespaces themselves have names; a class cannot.
            names = names.Where(n => n is not ("MPCache" or "System"));
        }

        string members = string.Join("\n", names.Select(n => member.Replace("NAME", n)));
        GeneratorRunResult result = Programs.Run(
            Programs.Compile(Author, around.Replace("NAMES", members)), out Compilation _);
        Assert.Empty(result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error));
        Assert.Contains(result.GeneratedSources, s => s.HintName == "Author.Program.Step.g.cs");
    }

    [Fact]
    public void Generated_code_names_nothing_without_an_alias()
    {
        string[] sources =
        [
            .. Directory.GetFiles(RepositoryFolder.Of("tests", "Programs.Tests", "Programs"), "*.cs").Order(StringComparer.Ordinal)
                .Select(File.ReadAllText),
            File.ReadAllText(RepositoryFolder.Of("tests", "Programs.Library", "Statistics.cs")),
        ];
        Compilation compilation = Programs.Compile(sources);
        Programs.Run(compilation, out Compilation generated);
        SyntaxTree[] trees = [.. generated.SyntaxTrees.Where(t => t.FilePath.EndsWith(".g.cs", StringComparison.Ordinal))];
        Assert.True(trees.Length > 50, $"{trees.Length} generated files");
        Assert.NotEmpty(Unqualified(compilation.SyntaxTrees.First(), compilation));
        Assert.Empty(trees.SelectMany(t => Unqualified(t, generated)).Distinct());
    }

    /// <summary>Names that C# looks up from the innermost scope outwards and that it does not find in the generated code itself.</summary>
    private static IEnumerable<string> Unqualified(SyntaxTree tree, Compilation compilation)
    {
        SemanticModel model = compilation.GetSemanticModel(tree);
        foreach (SimpleNameSyntax name in tree.GetRoot().DescendantNodes(n => n is not UsingDirectiveSyntax).OfType<SimpleNameSyntax>())
        {
            bool looked = name.Parent switch
            {
                AliasQualifiedNameSyntax => false,
                MemberAccessExpressionSyntax access => access.Expression == name,
                QualifiedNameSyntax qualified => qualified.Left == name,
                MemberBindingExpressionSyntax or BaseNamespaceDeclarationSyntax => false,
                AssignmentExpressionSyntax { Parent: InitializerExpressionSyntax } assignment => assignment.Right == name,
                _ => !name.IsVar && !name.Ancestors().Any(a => a is BaseNamespaceDeclarationSyntax { Name: var of } && of.Contains(name)),
            };
            ISymbol? symbol = model.GetSymbolInfo(name).Symbol;
            bool extension = symbol is IMethodSymbol { ReducedFrom: not null };
            bool outside = symbol is not (null or ILocalSymbol or IParameterSymbol or ITypeParameterSymbol)
                && !symbol.DeclaringSyntaxReferences.Any(r => r.SyntaxTree == tree);
            if (extension || (looked && outside))
            {
                yield return $"{symbol} in {tree.FilePath}: {name.Parent}";
            }
        }
    }

    /// <summary>Every type of the runtime that a name may mean, and what generated code uses of the system.</summary>
    private static IEnumerable<string> RuntimeNames()
    {
        INamespaceSymbol root = Programs.Compile("").GetTypeByMetadataName("MPCache.Tensor")!.ContainingNamespace;
        ImmutableArray<INamespaceSymbol> namespaces = [root, .. root.GetNamespaceMembers()];
        string[] types =
        [
            .. namespaces.SelectMany(n => n.GetTypeMembers()).Where(t => t.ContainingAssembly.Name == "MPCache.Runtime")
                .Select(t => t.Name),
        ];
        Assert.Contains("Product", types);
        Assert.Contains("Party", types);
        return types.Concat(namespaces.Select(n => n.Name)).Concat(SystemNames).Distinct();
    }
}
