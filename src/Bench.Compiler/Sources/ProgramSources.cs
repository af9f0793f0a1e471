using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace MPCache.Bench.Compiler.Sources;

/// <summary>
/// Parsed sources, of which every run gets a compilation that nobody has asked anything yet, as a build or a keystroke gives it.
/// </summary>
internal sealed class ProgramSources
{
    private static readonly CSharpCompilationOptions Options = new(
        OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable);

    private readonly ImmutableArray<SyntaxTree> trees;

    private readonly IReadOnlyList<MetadataReference> references;

    /// <summary>Parses sources.</summary>
    /// <param name="files">The sources.</param>
    /// <param name="references">What they are compiled against.</param>
    public ProgramSources(IEnumerable<SourceFile> files, IReadOnlyList<MetadataReference> references)
    {
        trees = [.. files.Select(f => Parse(f.Path, SourceText.From(f.Text, Encoding.UTF8)))];
        this.references = references;
    }

    /// <summary>How the sources, and those that the generator adds, are parsed.</summary>
    public static CSharpParseOptions ParseOptions { get; } = new(LanguageVersion.Latest, DocumentationMode.Diagnose);

    /// <summary>A compilation of the sources.</summary>
    public Compilation Compile() => CSharpCompilation.Create("Benchmark", trees, references, Options);

    /// <summary>The file that an edit is made in, and its parsed text after it.</summary>
    public (SyntaxTree Before, SyntaxTree After) Edit(SourceEdit edit)
    {
        ArgumentNullException.ThrowIfNull(edit);
        SyntaxTree before = trees.FirstOrDefault(t => t.FilePath == edit.Path)
            ?? throw new InvalidOperationException($"There is no file {edit.Path}: mend the edit '{edit.Name}'.");
        return (before, Parse(edit.Path, edit.Apply(before)));
    }

    private static SyntaxTree Parse(string path, SourceText text) => CSharpSyntaxTree.ParseText(text, ParseOptions, path);
}
