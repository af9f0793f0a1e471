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

/// <summary>Every id has a page whose wrong example is rejected with it and whose right example is not rejected by the front end.</summary>
public class DiagnosticPagesTests
{
    // A library without a compiled body takes two assemblies, a defect of the compiler no source at all.
    private static readonly string[] WithoutExample = ["MPC1018", "MPC9001"];

    public static TheoryData<string> FrontEndIds => Ids(id => IsFrontEnd(id) && !WithoutExample.Contains(id));

    public static TheoryData<string> LaterIds => Ids(id => !IsFrontEnd(id) && !WithoutExample.Contains(id));

    [Theory]
    [MemberData(nameof(FrontEndIds))]
    public void Wrong_examples_are_rejected_and_right_ones_are_not(string id)
    {
        (string title, string wrong, string right) = Page(id);
        Assert.Equal($"# {id}: {Descriptors.Find(id).Title}", title);
        IEnumerable<string> reported = Programs.Run(Programs.Compile(wrong)).Diagnostics.Select(d => d.Id);
        Assert.Equal([id], reported.Distinct());
        Assert.DoesNotContain(Programs.Run(Programs.Compile(right)).Diagnostics, d => IsFrontEnd(d.Id));
    }

    [Theory]
    [MemberData(nameof(LaterIds))]
    public void Examples_of_later_passes_pass_the_front_end(string id)
    {
        (string title, string wrong, string right) = Page(id);
        Assert.Equal($"# {id}: {Descriptors.Find(id).Title}", title);
        foreach (string example in new[] { wrong, right })
        {
            Assert.All(FrontEndTexts.Of(example), m => Assert.NotNull(m.Text));
        }

        Assert.NotEqual(wrong, right);
    }

    [Fact]
    public void Pages_and_descriptors_are_the_same_set()
    {
        IEnumerable<string> pages = Directory.GetFiles(RepositoryFolder.Of("docs", "diagnostics"), "MPC*.md").Select(p => Path.GetFileNameWithoutExtension(p)!);
        Assert.Equal(Descriptors.All.Select(d => d.Id), pages.Order(StringComparer.Ordinal));
        Assert.Equal(Descriptors.All.Select(d => d.Id).Distinct(), Descriptors.All.Select(d => d.Id));
        Assert.All(Descriptors.All, d => Assert.Equal($"docs/diagnostics/{d.Id}.md", d.HelpLinkUri));
        string index = File.ReadAllText(RepositoryFolder.Of("docs", "diagnostics", "README.md"));
        Assert.All(Descriptors.All, d => Assert.Contains($"| [{d.Id}]({d.Id}.md) | {d.Title} |", index, StringComparison.Ordinal));
    }

    [Fact]
    public void An_unknown_id_is_an_internal_error() => Assert.Equal("MPC9001", Descriptors.Find("MPC0000").Id);

    private static bool IsFrontEnd(string id) =>
        (id.StartsWith("MPC1", StringComparison.Ordinal) && string.CompareOrdinal(id, "MPC1018") <= 0) || id is "MPC2001" or "MPC3001";

    private static (string Title, string Wrong, string Right) Page(string id)
    {
        string text = File.ReadAllText(RepositoryFolder.Of("docs", "diagnostics", id + ".md")).ReplaceLineEndings("\n");
        MatchCollection blocks = Regex.Matches(text, "## (Wrong|Right)\n\n```csharp\n(.*?)```", RegexOptions.Singleline);
        Assert.Equal(["Wrong", "Right"], blocks.Select(b => b.Groups[1].Value));
        return (text[..text.IndexOf('\n')], blocks[0].Groups[2].Value, blocks[1].Groups[2].Value);
    }

    private static TheoryData<string> Ids(Func<string, bool> wanted) => [.. Descriptors.All.Select(d => d.Id).Where(wanted)];
}
