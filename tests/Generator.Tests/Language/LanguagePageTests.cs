using System;
using System.IO;
using MPCache.Generator.Tests.TestSupport;
using Xunit;

namespace MPCache.Generator.Tests.Language;

/// <summary>docs/language.md says what the front end does. VERIFY_ACCEPT=1 writes it.</summary>
public sealed class LanguagePageTests
{
    [Fact]
    public void The_page_is_what_the_front_end_answers()
    {
        string file = RepositoryFolder.Of("docs", "language.md");
        string page = LanguagePage.Write();
        if (Environment.GetEnvironmentVariable("VERIFY_ACCEPT") == "1" && Environment.GetEnvironmentVariable("CI") != "true")
        {
            File.WriteAllText(file, page);
        }

        Assert.Equal(File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "", page);
    }
}
