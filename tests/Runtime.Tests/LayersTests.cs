using System;
using System.IO;
using System.Linq;
using Xunit;

namespace MPCache.Runtime.Tests;

/// <summary>Imports of the runtime point one way.</summary>
public class LayersTests
{
    [Theory]
    [InlineData("Contract", "")]
    [InlineData("Dsl", "")]
    [InlineData("Ring", "")]
    [InlineData("FixedPoint", "Ring")]
    [InlineData("Execution", "Contract Ring FixedPoint")]
    [InlineData("Gates", "Contract Ring FixedPoint Execution")]
    [InlineData("Transport", "Contract Execution")]
    [InlineData("Randomness", "Contract Ring Execution Transport")]
    [InlineData("Sessions", "Contract Ring FixedPoint Execution Transport Randomness")]
    public void A_folder_imports_only_those_below_it(string folder, string below)
    {
        string root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "MPCache.sln")))
        {
            root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("The tests run outside of the repository.");
        }

        string[] files = Directory.GetFiles(Path.Combine(root, "src", "Runtime", folder), "*.cs", SearchOption.AllDirectories);
        string[] imported = files.SelectMany(File.ReadAllLines)
            .Where(line => line.StartsWith("using MPCache.", StringComparison.Ordinal))
            .Select(line => line["using MPCache.".Length..].TrimEnd(';')).Distinct().ToArray();
        Assert.NotEmpty(files);
        Assert.All(imported, import => Assert.Contains(import, below.Split(' ')));
    }
}
