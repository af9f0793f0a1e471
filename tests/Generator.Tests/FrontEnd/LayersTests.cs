using System;
using System.IO;
using System.Linq;
using MPCache.Generator.Tests.TestSupport;
using Xunit;

namespace MPCache.Generator.Tests.FrontEnd;

/// <summary>Imports of the generator point one way.</summary>
public class LayersTests
{
    [Fact]
    public void Only_the_front_end_sees_the_csharp_compiler()
    {
        string root = RepositoryFolder.Of("src", "Generator");
        string[] seeing = Directory.GetFiles(root, "*.cs", SearchOption.AllDirectories)
            .Where(f => File.ReadAllText(f).Contains("Microsoft.CodeAnalysis", StringComparison.Ordinal))
            .Select(f => Path.GetRelativePath(root, f).Replace('\\', '/').Split('/')[0])
            .Distinct().Except(["bin", "obj"]).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(["Diagnostics", "FrontEnd", "MPCacheGenerator.cs"], seeing);
    }

    [Fact]
    public void Stages_import_only_stages_before_them()
    {
        string[] stages = ["Ir", "Passes", "ProtocolIr", "Lowering", "Scheduling", "Planning", "Fusion", "Emission"];
        string root = RepositoryFolder.Of("src", "Generator");
        for (int stage = 0; stage < stages.Length; stage++)
        {
            string[] allowed = stages[..stage];
            foreach (string file in Directory.GetFiles(Path.Combine(root, stages[stage]), "*.cs", SearchOption.AllDirectories))
            {
                string[] imported = File.ReadAllLines(file)
                    .Where(l => l.StartsWith("using MPCache.Generator.", StringComparison.Ordinal))
                    .Select(l => l["using MPCache.Generator.".Length..].TrimEnd(';')).ToArray();
                Assert.All(imported, import => Assert.Contains(import, allowed));
            }
        }
    }
}
