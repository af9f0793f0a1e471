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
}
