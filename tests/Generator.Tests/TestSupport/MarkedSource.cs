using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using Xunit;

namespace MPCache.Generator.Tests.TestSupport;

/// <summary>Sources in which <c>[|…|]</c> marks what a diagnostic must point at.</summary>
internal static class MarkedSource
{
    /// <summary>
    /// Asserts that the generator reports an id at every mark and nothing else anywhere, and that each message names a cause and a cure.
    /// </summary>
    public static void Rejects(string id, params string[] marked)
    {
        List<(string File, string Text)> expected = [];
        List<string> sources = [];
        foreach (string file in marked)
        {
            string[] parts = file.Split("[|");
            string source = parts[0];
            foreach (string part in parts.Skip(1))
            {
                int end = part.IndexOf("|]", StringComparison.Ordinal);
                expected.Add(($"File{sources.Count}.cs", $"{source.Length}: {part[..end]}"));
                source += part[..end] + part[(end + 2)..];
            }

            sources.Add(source);
        }

        Assert.NotEmpty(expected);
        Compilation compilation = Programs.Compile([.. sources]);
        GeneratorRunResult result = Programs.Run(compilation);
        Assert.Equal(
            expected.Select(e => $"{id} {e.File} {e.Text}").Order(StringComparer.Ordinal),
            result.Diagnostics.Select(d => Shown(d, sources)).Order(StringComparer.Ordinal));
        Assert.All(result.Diagnostics, d => Assert.Equal(DiagnosticSeverity.Error, d.Severity));
        Assert.All(result.Diagnostics, d => Assert.Matches("^[^\r\n]+[;,] [^\r\n]+[^.]$", d.GetMessage()));
    }

    private static string Shown(Diagnostic diagnostic, List<string> sources)
    {
        SyntaxTree? tree = diagnostic.Location.SourceTree;
        if (tree is null)
        {
            return $"{diagnostic.Id} nowhere: {diagnostic.GetMessage()}";
        }

        TextSpan span = diagnostic.Location.SourceSpan;
        int usings = tree.Length - sources[int.Parse(tree.FilePath[4..^3], System.Globalization.CultureInfo.InvariantCulture)].Length;
        return $"{diagnostic.Id} {tree.FilePath} {span.Start - usings}: {tree.GetText().ToString(span)}";
    }
}
