using System;

namespace MPCache.Bench.Kernels;

/// <summary>A loop of the runtime, or the fastest that the machine does of one kind, which is a roof for others.</summary>
/// <param name="Name">What the command line and reports call it.</param>
/// <param name="Size">The sizes it works on.</param>
/// <param name="Work">How much a run does, in <paramref name="Unit"/>.</param>
/// <param name="Unit">What is counted: bytes, blocks, products or values.</param>
/// <param name="Run">One run.</param>
internal sealed record Kernel(string Name, string Size, double Work, string Unit, Action Run)
{
    /// <summary>What reports call the loop of <see cref="ByHand"/>.</summary>
    public const string HandWritten = "by hand";

    /// <summary>What of the machine it cannot do without; null for a roof.</summary>
    public Need? Least { get; init; }

    /// <summary>The same work by a loop written by hand, which is measured in turns with the kernel and is its roof; null where there is none.</summary>
    public Action? ByHand { get; init; }

    /// <summary>How many cores a run keeps busy.</summary>
    public int Cores { get; init; } = 1;
}

/// <summary>Work that a roof's kernel does at its rate: no implementation takes less time than that.</summary>
/// <param name="Roof">The name of the roof's kernel.</param>
/// <param name="Work">How much of it a run needs, in the roof's unit.</param>
internal readonly record struct Need(string Roof, double Work);
