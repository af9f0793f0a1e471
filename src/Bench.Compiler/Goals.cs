using System;

namespace MPCache.Bench.Compiler;

/// <summary>What the generator's times are held against.</summary>
internal static class Goals
{
    /// <summary>Compiling the largest entry point, for all networks that it declares.</summary>
    public static readonly TimeSpan LargestEntry = TimeSpan.FromMilliseconds(250);

    /// <summary>The generator's run after an edit that changes no program, over the methods that the front end reads again.</summary>
    public static readonly TimeSpan UnrelatedEditAMethod = TimeSpan.FromMilliseconds(5);
}
