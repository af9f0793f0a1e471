using System;
using System.Collections.Generic;
using MPCache.Bench.Reports;
using MPCache.Bench.Running;

namespace MPCache.Bench.Kernels;

/// <summary>Measures kernels, the roofs of each in the same run.</summary>
/// <param name="repeat">Repetitions of each.</param>
/// <param name="progress">Where progress is reported to.</param>
internal sealed class KernelRunner(int repeat, Action<string> progress)
{
    /// <summary>Measures kernels.</summary>
    /// <param name="roofs">All roofs; those that no kernel needs are measured too.</param>
    /// <param name="groups">Kernels, made group by group: what one group holds in memory is free before the next.</param>
    /// <param name="filter">Only kernels with this in their name; null for all.</param>
    /// <exception cref="MPCacheException">No kernel has this in its name.</exception>
    public IReadOnlyList<KernelLine> Run(
        IEnumerable<IEnumerable<Kernel>> roofs, IEnumerable<IEnumerable<Kernel>> groups, string? filter)
    {
        ArgumentNullException.ThrowIfNull(roofs);
        ArgumentNullException.ThrowIfNull(groups);
        List<KernelLine> results = [];
        Dictionary<string, double> rates = [];
        foreach (IEnumerable<Kernel> group in roofs)
        {
            foreach (Kernel roof in group)
            {
                KernelLine result = Measure(roof, null);
                rates.Add(roof.Name, result.Rate);
                results.Add(result);
            }
        }

        int measured = 0;
        foreach (IEnumerable<Kernel> group in groups)
        {
            foreach (Kernel kernel in group)
            {
                if (filter is null || kernel.Name.Contains(filter, StringComparison.Ordinal))
                {
                    if (kernel.ByHand is Action byHand)
                    {
                        results.AddRange(Beside(kernel, byHand));
                    }
                    else
                    {
                        results.Add(Measure(kernel, kernel.Least is Need least ? least.Work / rates[least.Roof] : null));
                    }

                    measured++;
                }
            }
        }

        return measured > 0
            ? results
            : throw new MPCacheException($"no kernel has '{filter}' in its name", "Give --filter a part of a name in the table, or leave it out");
    }

    private KernelLine Measure(Kernel kernel, double? secondsAtRoof)
    {
        progress($"{kernel.Name}, {kernel.Size}");
        Timing time = Timing.Measure(kernel.Run, repeat);
        return new KernelLine(
            kernel.Name, kernel.Size, kernel.Cores, kernel.Work, kernel.Unit, time, kernel.Least?.Roof, secondsAtRoof / time.Median);
    }

    /// <summary>A kernel, and the loop written by hand as its roof.</summary>
    private IEnumerable<KernelLine> Beside(Kernel kernel, Action byHand)
    {
        progress($"{kernel.Name}, {kernel.Size}");
        Timing[] times = Timing.InTurns([kernel.Run, byHand], repeat);
        yield return new KernelLine(
            kernel.Name, kernel.Size, kernel.Cores, kernel.Work, kernel.Unit, times[0], Kernel.HandWritten, times[1].Median / times[0].Median);
        yield return new KernelLine(
            $"{kernel.Name}, {Kernel.HandWritten}", kernel.Size, kernel.Cores, kernel.Work, kernel.Unit, times[1], null, null);
    }
}
