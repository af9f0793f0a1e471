using System;
using System.IO;

namespace MPCache.Generator.Tests.TestSupport;

/// <summary>Folders of the repository, found by walking up from the tests' output.</summary>
internal static class RepositoryFolder
{
    public static string Root { get; } = Find();

    public static string Of(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MPCache.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds MPCache.sln.");
    }
}
