using System;
using System.IO;

namespace MPCache.Cli.Roles;

/// <summary>The small trained model that lies beside the program, with its tokenizer.</summary>
internal static class ShippedModel
{
    /// <summary>Its directory.</summary>
    /// <exception cref="MPCacheException">It is not there.</exception>
    public static string Directory
    {
        get
        {
            string directory = Path.Combine(AppContext.BaseDirectory, "models", "recall");
            return System.IO.Directory.Exists(directory)
                ? directory
                : throw new MPCacheException(
                    $"there is no model in '{directory}', where the one that comes with the program belongs",
                    "Build the program again, or name a model with --model");
        }
    }
}
