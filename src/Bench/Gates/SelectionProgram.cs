using System;
using System.Threading.Tasks;
using MPCache.Contract;
using MPCache.Execution;
using MPCache.Gates;

namespace MPCache.Bench.Gates;

/// <summary>Masked bits times masked values.</summary>
internal sealed class SelectionProgram() : HandDrivenProgram("select", [Bits, Values], Plan())
{
    private const int Ring = 32;
    private const int WordBits = 64;

    /// <summary>The bits, 64 to the word: whatever words are masked with, they are masked bits of something.</summary>
    public static StateSchema Bits { get; } = Operand("bits", WordBits, 0, 1);

    /// <summary>The values.</summary>
    public static StateSchema Values { get; } = Operand("values", Ring, -Math.ScaleB(1, Ring - 2), Math.ScaleB(1, Ring - 2));

    /// <summary>Words that hold the bits of so many values.</summary>
    public static int Words(int values) => (values + WordBits - 1) / WordBits;

    /// <inheritdoc/>
    public override async ValueTask RunAsync<TRole>(Run run, CallFrame frame)
    {
        ArgumentNullException.ThrowIfNull(run);
        RingValue words = Held(frame, 0);
        RingValue values = Held(frame, 1);
        BitValue bits = new(words.A, words.B, 1, values.Count);
        RingValue chosen = Select.Choose<TRole>(run, run.At(0), bits, values, 1, Ring);
        RingValue opened = Open.Put<TRole>(run, run.At(1), chosen, Ring, 0, false);
        run.Free(chosen);
        await run.ExchangeAsync<TRole>(0, true, true).ConfigureAwait(false);
        Open.Take<TRole>(run, opened, Ring, 0, false);
        run.Free(opened);
    }

    private static PlanNode[] Plan() =>
        [new TapeNode(0, "select", "", Select.TapeBytes(Rows, Rows, Ring)), Flight(0, "select", Open.OnlineBytes(Rows, Ring))];
}
