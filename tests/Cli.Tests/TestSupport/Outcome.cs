using System;
using System.Linq;
using Xunit;

namespace MPCache.Cli.Tests.TestSupport;

/// <summary>How a command ended.</summary>
internal sealed record Outcome(int Code, string Out, string Error)
{
    /// <summary>The command did what it was asked for.</summary>
    public Outcome Succeeds()
    {
        Assert.True(Code == 0, $"exit code {Code}, standard error:\n{Error}");
        return this;
    }

    /// <summary>The command ended with this exit code and exactly one line of error, which has a cause, a cure, and these words.</summary>
    public void Fails(int code, params string[] words)
    {
        Assert.True(Code == code, $"exit code {Code}, standard error:\n{Error}");
        string line = Assert.Single(Lines, l => l.StartsWith("error: ", StringComparison.Ordinal));
        Assert.EndsWith(".", line, StringComparison.Ordinal);
        Assert.True(line.Split(". ").Length >= 2, $"cause and cure are two sentences: {line}");
        Assert.DoesNotContain("   at ", Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled", Error, StringComparison.Ordinal);
        Assert.All(words, word => Assert.Contains(word, line, StringComparison.Ordinal));
    }

    private string[] Lines => [.. Error.Split('\n').Select(l => l.TrimEnd('\r')).Where(l => l.Length > 0)];
}
