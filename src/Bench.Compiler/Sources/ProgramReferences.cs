using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace MPCache.Bench.Compiler.Sources;

/// <summary>What the sources are compiled against: the process's own framework, the runtime, and the models' one package.</summary>
internal static class ProgramReferences
{
    private const string Package = "Microsoft.ML.Tokenizers.dll";

    /// <summary>All references; their metadata is read once, as in a compiler server or an editor.</summary>
    public static IReadOnlyList<MetadataReference> Load()
    {
        string framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        string[] platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        return
        [
            .. platform.Where(p => Path.GetDirectoryName(p) == framework || Path.GetFileName(p) == Package)
                .Append(Path.Combine(AppContext.BaseDirectory, "program-references", "MPCache.Runtime.dll"))
                .Select(p => MetadataReference.CreateFromFile(p)),
        ];
    }
}
