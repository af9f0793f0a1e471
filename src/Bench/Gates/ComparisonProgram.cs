using System;
using System.Threading.Tasks;
using MPCache.Contract;
using MPCache.Execution;
using MPCache.Gates;

namespace MPCache.Bench.Gates;

/// <summary>The sign of masked values as masked bits.</summary>
/// <param name="ring">Bits of a value.</param>
internal sealed class ComparisonProgram(int ring) : HandDrivenProgram(
    FormattableString.Invariant($"compare {ring}"), [Schema(ring)], Plan(ring))
{
    private static readonly long[] Threshold = [0];

    /// <summary>The state of the operands: values whose difference to the threshold fits the ring.</summary>
    public static StateSchema Schema(int ring) =>
        Operand("signed", ring, -Math.ScaleB(1, ring - 1), Math.ScaleB(1, ring - 1) - 1);

    /// <inheritdoc/>
    public override async ValueTask RunAsync<TRole>(Run run, CallFrame frame)
    {
        ArgumentNullException.ThrowIfNull(run);
        BitValue digits = Compare.Digits<TRole>(run, run.At(0), Held(frame, 0), ring, Threshold);
        BitValue sign = await OpenAsync<TRole>(run, 1, 0, digits).ConfigureAwait(false);
        if (IsCombined(ring))
        {
            BitValue combined = Compare.Combine<TRole>(run, run.At(2), sign, ring);
            run.Free(sign);
            sign = await OpenAsync<TRole>(run, 3, 1, combined).ConfigureAwait(false);
        }

        run.Free(sign);
    }

    private static bool IsCombined(int ring) => Compare.Digits(ring).Length > 1;

    private static PlanNode[] Plan(int ring)
    {
        PlanNode[] digits =
        [
            new TapeNode(0, "compare.digits", "", Compare.DigitsTapeBytes(Rows, ring)),
            Flight(0, "compare.digits", OpenBits.OnlineBytes(Rows, Compare.Planes(ring))),
        ];
        return IsCombined(ring)
            ?
            [
                .. digits, new TapeNode(2, "compare", "", Compare.CombineTapeBytes(Rows, ring)),
                Flight(1, "compare", OpenBits.OnlineBytes(Rows, 1)),
            ]
            : digits;
    }

    private static async ValueTask<BitValue> OpenAsync<TRole>(Run run, int slot, int flight, BitValue share)
        where TRole : IRole
    {
        BitValue opened = OpenBits.Put<TRole>(run, run.At(slot), share);
        run.Free(share);
        await run.ExchangeAsync<TRole>(flight, true, true).ConfigureAwait(false);
        OpenBits.Take<TRole>(run, opened);
        return opened;
    }
}
