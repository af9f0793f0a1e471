using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using MPCache.Generator.Diagnostics;
using MPCache.Generator.Tests.TestSupport;
using Xunit;

namespace MPCache.Generator.Tests.FrontEnd;

/// <summary>Every id has a page whose wrong example is rejected with it and whose right example is not rejected at all.</summary>
public class DiagnosticPagesTests
{
    // A library without a compiled body takes two assemblies, a defect of the compiler no source at all.
    private static readonly string[] WithoutExample = ["MPC1018", "MPC9001"];

    public static TheoryData<string> Ids => [.. Descriptors.All.Select(d => d.Id).Except(WithoutExample)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void Wrong_examples_are_rejected_and_right_ones_are_not(string id)
    {
        (string wrong, string right) = Examples(id);
        Assert.Equal([id], Programs.Run(Programs.Compile(wrong)).Diagnostics.Select(d => d.Id).Distinct());
        Assert.Empty(Programs.Run(Programs.Compile(right)).Diagnostics);
    }

    [Fact]
    public void Pages_and_descriptors_are_the_same_set()
    {
        string[] pages = Directory.GetFiles(RepositoryFolder.Of("docs", "diagnostics"), "MPC*.md");
        IEnumerable<string?> ids = pages.Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal);
        Assert.Equal(Descriptors.All.Select(d => d.Id), ids);
        Assert.Equal(Descriptors.All.Select(d => d.Id).Distinct(), Descriptors.All.Select(d => d.Id));
        Assert.All(Descriptors.All, d => Assert.Equal($"docs/diagnostics/{d.Id}.md", d.HelpLinkUri));
        Assert.All(Descriptors.All, d => Assert.StartsWith($"# {d.Id}: {d.Title}\n", Text(d.Id + ".md"), StringComparison.Ordinal));
        string index = Text("README.md");
        Assert.All(Descriptors.All, d => Assert.Contains($"| [{d.Id}]({d.Id}.md) | {d.Title} |", index, StringComparison.Ordinal));
    }

    [Fact]
    public void An_unknown_id_is_an_internal_error() => Assert.Equal("MPC9001", Descriptors.Find("MPC0000").Id);

    [Fact]
    public void Every_id_that_the_compiler_names_has_a_descriptor()
    {
        IEnumerable<string> named = Directory.GetFiles(RepositoryFolder.Of("src", "Generator"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(f => Regex.Matches(File.ReadAllText(f), "\"(MPC[0-9]{4})\"").Select(m => m.Groups[1].Value)).Distinct();
        Assert.Equal(Descriptors.All.Select(d => d.Id), named.Order(StringComparer.Ordinal));
    }

    private static (string Wrong, string Right) Examples(string id)
    {
        MatchCollection blocks = Regex.Matches(Text(id + ".md"), "## (Wrong|Right)\n\n```csharp\n(.*?)```", RegexOptions.Singleline);
        Assert.Equal(["Wrong", "Right"], blocks.Select(b => b.Groups[1].Value));
        return (blocks[0].Groups[2].Value, blocks[1].Groups[2].Value);
    }

    private static string Text(string page) => File.ReadAllText(RepositoryFolder.Of("docs", "diagnostics", page)).ReplaceLineEndings("\n");
}
