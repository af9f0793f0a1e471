using System;
using System.Collections.Generic;
using MPCache.Execution;
using MPCache.FixedPoint;
using MPCache.Gates;
using MPCache.Ring;

namespace MPCache.Bench.Kernels;

/// <summary>Unit vectors of masks' digits: dealt, and read in comparisons and lookups.</summary>
internal static class ComparisonKernels
{
    private const int Count = 1 << 16;
    private const int ComparedRing = 16;
    private const int ResultRing = 32;
    private const int LowBits = 10;
    private const int HighBits = 7;
    private const int Degree = 2;
    private const int InputBits = 12;
    private const int BlockBytes = 16;

    private static readonly long[] Threshold = [0];

    /// <summary>All of them.</summary>
    public static IEnumerable<Kernel> All()
    {
        string compared = FormattableString.Invariant($"{Count} values of {ComparedRing} bits");
        GateStage stage = new();
        RingValue x = Masked(ComparedRing);
        Tape tape = new("tape");
        Run dealer = stage.Dealer(tape);
        dealer.Free(Compare.Digits<DealerRole>(dealer, dealer.At(0), x, ComparedRing, Threshold));

        // The server expands a word of unit vectors a value, the client reads them from the tape.
        yield return new Kernel("compare digits, server", compared, Count, "values", () =>
        {
            Run run = stage.Server();
            run.Free(Compare.Digits<ServerRole>(run, run.At(0), x, ComparedRing, Threshold));
        })
        {
            Least = KernelGroups.Least(Roofs.Aes, (double)Count * sizeof(ulong) / BlockBytes),
        };
        yield return new Kernel("compare digits, client", compared, Count, "values", () =>
        {
            Run run = stage.Client(tape);
            run.Free(Compare.Digits<ClientRole>(run, run.At(0), x, ComparedRing, Threshold));
        })
        {
            Least = KernelGroups.Least(Roofs.Memory, tape.Length + ((double)Count * sizeof(ulong))),
        };

        int planes = Compare.Planes(ComparedRing);
        BitValue opened = new(Operands.Words(planes * Count / 64), Operands.Words(planes * Count / 64), planes, Count);
        yield return new Kernel("compare combine, server", compared, Count, "values", () =>
        {
            Run run = stage.Server();
            run.Free(Compare.Combine<ServerRole>(run, run.At(1), opened, ComparedRing));
        });

        PiecewiseTable table = PiecewiseFit.Fit(ScalarFunction.Silu, -16 << InputBits, InputBits, LowBits, HighBits, Degree, InputBits);
        RingValue argument = Masked(LowBits + HighBits);
        yield return new Kernel(
            "unit vectors and lookup, server", FormattableString.Invariant($"{Count} digits of {HighBits} bits, degree {Degree}"), Count,
            "values", () =>
            {
                Run run = stage.Server();
                run.Free(Piecewise.Lookup<ServerRole>(run, run.At(0), argument, table, ResultRing));
            })
        {
            Least = KernelGroups.Least(Roofs.Aes, (double)Count * (1 << HighBits) / 8 / BlockBytes),
        };
    }

    private static RingValue Masked(int ring)
    {
        RingValue value = new(Operands.Words(Count), Operands.Words(Count), Count);
        RingKernels.Reduce(value.First, ring);
        RingKernels.Reduce(value.Second, ring);
        return value;
    }
}
