using System;
using System.IO;
using Xunit;

namespace MPCache.Cli.Tests;

/// <summary>
/// Texts that are compared with files in the repository's <c>snapshots/Cli</c>. VERIFY_ACCEPT=1 takes what was received for right, never
/// where CI=true.
/// </summary>
internal static class Golden
{
    public static void Equal(string name, string received)
    {
        string file = Path.Combine(Repository(), "snapshots", "Cli", name);
        if (Environment.GetEnvironmentVariable("VERIFY_ACCEPT") == "1" && Environment.GetEnvironmentVariable("CI") != "true")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, received);
        }

        Assert.Equal(File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "", received);
    }

    private static string Repository()
    {
        DirectoryInfo folder = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "MPCache.sln")))
        {
            folder = folder.Parent
                ?? throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds MPCache.sln.");
        }

        return folder.FullName;
    }
}
