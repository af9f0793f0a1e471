using System;
using System.Diagnostics;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using MPCache.Bench.Compiler.Sources;
using MPCache.Generator;

namespace MPCache.Bench.Compiler.Running;

/// <summary>A run of the generator.</summary>
/// <param name="Driver">What remembers the run; the next edit begins with it.</param>
/// <param name="Result">What was made, with all steps.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="AllocatedBytes">What it allocated, on all threads.</param>
internal sealed record GeneratorRun(GeneratorDriver Driver, GeneratorRunResult Result, TimeSpan Elapsed, long AllocatedBytes)
{
    /// <summary>The generator as a build or an editor has it before its first run.</summary>
    public static GeneratorDriver NewDriver() => CSharpGeneratorDriver.Create(
        [new MPCacheGenerator().AsSourceGenerator()],
        parseOptions: ProgramSources.ParseOptions,
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    /// <summary>Runs the generator.</summary>
    /// <param name="driver">What remembers the run before.</param>
    /// <param name="compilation">
    /// A compilation that nobody has asked anything yet: what the generator makes C# find out is part of its time.
    /// </param>
    public static GeneratorRun Of(GeneratorDriver driver, Compilation compilation)
    {
        ArgumentNullException.ThrowIfNull(driver);

        // What the runs before left behind is not this one's to collect.
        GC.Collect();
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        long start = Stopwatch.GetTimestamp();
        GeneratorDriver after = driver.RunGenerators(compilation);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        GeneratorRunResult result = after.GetRunResult().Results.Single();
        return result.Exception is null
            ? new GeneratorRun(after, result, elapsed, allocated)
            : throw new InvalidOperationException("The generator threw.", result.Exception);
    }
}
