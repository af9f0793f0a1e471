using System;
using System.IO;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Tasks;
using DiffPlex.DiffBuilder;
using DiffPlex.DiffBuilder.Model;
using Xunit.Sdk;

namespace MPCache.Generator.Tests.TestSupport;

/// <summary>
/// Compares texts with the snapshots in the repository: <c>await Verifier.Verify(text).UseDirectory("FrontEnd");</c>. The snapshot of a
/// test is named after it; a difference is shown by lines and written beside it as *.received.txt. VERIFY_ACCEPT=1 takes what was
/// received for right, never where CI=true.
/// </summary>
internal static class Verifier
{
    public static Verification Verify(string text, [CallerMemberName] string name = "") => new(text, name);
}

/// <summary>A text to be compared, and where its snapshot lies.</summary>
internal sealed class Verification(string text, string name)
{
    private string directory = "";
    private string method = name;

    /// <summary>A folder below <c>snapshots/</c>.</summary>
    public Verification UseDirectory(string below)
    {
        directory = below;
        return this;
    }

    /// <summary>The snapshot's name, where one test has several.</summary>
    public Verification UseMethodName(string other)
    {
        method = other;
        return this;
    }

    public TaskAwaiter GetAwaiter() => Compare().GetAwaiter();

    private async Task Compare()
    {
        string folder = RepositoryFolder.Of("snapshots", directory);
        string verified = Path.Combine(folder, method + ".verified.txt");
        string received = Path.Combine(folder, method + ".received.txt");
        string expected = File.Exists(verified) ? (await File.ReadAllTextAsync(verified)).ReplaceLineEndings("\n") : "";
        if (expected == text)
        {
            File.Delete(received);
            return;
        }

        if (Environment.GetEnvironmentVariable("CI") != "true")
        {
            Directory.CreateDirectory(folder);
            bool accept = Environment.GetEnvironmentVariable("VERIFY_ACCEPT") == "1";
            await File.WriteAllTextAsync(accept ? verified : received, text);
            if (accept)
            {
                return;
            }
        }

        string path = Path.GetRelativePath(RepositoryFolder.Root, verified);
        throw new XunitException($"{path} differs (- expected, + received):\n{Difference(expected, text)}");
    }

    private static string Difference(string expected, string received)
    {
        StringBuilder lines = new();
        foreach (DiffPiece line in InlineDiffBuilder.Diff(expected, received).Lines)
        {
            string sign = line.Type switch
            {
                ChangeType.Inserted => "+ ",
                ChangeType.Deleted => "- ",
                _ => "  ",
            };
            lines.Append(sign).Append(line.Text).Append('\n');
        }

        return lines.ToString();
    }
}
