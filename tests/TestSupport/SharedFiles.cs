using System;
using System.IO;
using Xunit;

namespace MPCache.TestSupport;

/// <summary>Files that lie beside the repository and are not part of it.</summary>
internal static class SharedFiles
{
    public static string Checkpoint => Locate("models/stories260K.bin");

    public static string Tokenizer => Locate("models/tok512.bin");

    public static bool HaveModel => File.Exists(Checkpoint) && File.Exists(Tokenizer);

    private static string Locate(string name)
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "MPCache.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return Path.Combine(folder ?? ".", "..", "shared", name);
    }
}

/// <summary>A test on the real 260-thousand-weight model; skipped where its files are not beside the repository.</summary>
internal sealed class SharedModelFactAttribute : FactAttribute
{
    public SharedModelFactAttribute()
    {
        if (!SharedFiles.HaveModel)
        {
            Skip = "../shared/models/stories260K.bin and tok512.bin are not beside the repository";
        }
    }
}
