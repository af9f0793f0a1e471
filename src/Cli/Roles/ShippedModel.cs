using System;
using System.IO;

namespace MPCache.Cli.Roles;

/// <summary>The small trained model that lies beside the program, with its tokenizer.</summary>
internal static class ShippedModel
{
    /// <summary>A prompt that takes no time to read.</summary>
    public const string ShortPrompt =
        "Remember that the code of the copper lantern is 7 2 9 4.\nQuestion: What is the code of the copper lantern?\nAnswer:";

    /// <summary>The cache policy with which it answers questions about documents; see its model card.</summary>
    public const string Policy = "mpcache pool=9 window=16 observed=0.05 share=1 cluster=8";

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
