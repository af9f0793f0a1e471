using System.Collections.Immutable;
using MPCache.Generator.FrontEnd;

namespace MPCache.Generator.Tests.TestSupport;

/// <summary>The front end's output for sources.</summary>
internal static class FrontEndTexts
{
    /// <summary>Every method of a source, entry points first, as the pipeline holds them.</summary>
    public static ImmutableArray<LoweredMethod> Of(string source)
    {
        Microsoft.CodeAnalysis.GeneratorRunResult result = Programs.Run(Programs.Compile(source));
        return Programs.Values<LoweredMethod>(result, Steps.EntryPoints).AddRange(Programs.Values<LoweredMethod>(result, Steps.Protocols));
    }
}
