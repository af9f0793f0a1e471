using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;

namespace MPCache.Bench.Compiler.Sources;

/// <summary>The sources of src/Models, as they were when the benchmark was built.</summary>
internal static class ModelSources
{
    private const string Prefix = "models/";

    /// <summary>All files, by path.</summary>
    public static IReadOnlyList<SourceFile> Load()
    {
        Assembly assembly = typeof(ModelSources).Assembly;
        return
        [
            .. assembly.GetManifestResourceNames()
                .Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)
                .Select(n => new SourceFile(n[Prefix.Length..], Read(assembly, n))),
        ];
    }

    private static string Read(Assembly assembly, string name)
    {
        using StreamReader reader = new(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
