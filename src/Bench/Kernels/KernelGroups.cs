using System.Collections.Generic;

namespace MPCache.Bench.Kernels;

/// <summary>The kernels that are measured.</summary>
internal static class KernelGroups
{
    /// <summary>All kernels, what shares its operands together; each group's are made when it is come to.</summary>
    public static IEnumerable<IEnumerable<Kernel>> All() =>
    [
        AesKernels.All(), MatrixKernels.All(), LinearKernels.All(), PackingKernels.All(), ComparisonKernels.All(), ShuffleKernels.All(),
        CombinationKernels.All(),
    ];

    /// <summary>What a kernel needs of a roof, where this machine has it.</summary>
    internal static Need? Least(string roof, double work) => Roofs.Has(roof) ? new Need(roof, work) : null;
}
