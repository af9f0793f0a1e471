using System;
using System.Linq;
using MPCache.Execution;
using MPCache.Ring;

namespace MPCache.Bench.Gates;

/// <summary>A state that a gate's program takes, and how many random rows it holds when the program begins.</summary>
/// <param name="Schema">The state's class.</param>
/// <param name="Rows">Rows held; of a state that takes results, the rows that one call appends.</param>
/// <param name="RowSize">Elements a row.</param>
/// <param name="TakesResults">Whether the program appends its results here.</param>
internal sealed record GateOperand(StateSchema Schema, int Rows, int RowSize = 1, bool TakesResults = false)
{
    /// <summary>Rows that stand in a state of results before, so that it has room for as many as a call appends: no array grows meanwhile.</summary>
    private const int RowsBefore = 3;

    /// <summary>Elements a field, of those that a call reads or makes.</summary>
    public int Count => checked(Rows * RowSize);

    /// <summary>Rows when the call begins.</summary>
    public int Held => TakesResults ? RowsBefore * Rows : Rows;

    /// <summary>Random elements of a field within its declared range, as ring words.</summary>
    public ulong[] Draw(StateField field, Random random)
    {
        ArgumentNullException.ThrowIfNull(field);
        ArgumentNullException.ThrowIfNull(random);
        double factor = Math.ScaleB(1.0, Schema.FractionBits);
        ulong mask = RingWord.Mask(Schema.RingBits);
        ulong[] words = new ulong[Count];
        for (int i = 0; i < words.Length; i++)
        {
            double value = field.Low + ((field.High - field.Low) * random.NextDouble());
            words[i] = (ulong)(long)Math.Floor(value * factor) & mask;
        }

        return words;
    }

    /// <summary>The state as a role holds it.</summary>
    /// <param name="first">The role's first plane of each field; null where it has none.</param>
    /// <param name="second">The second one.</param>
    public StateStore Store(Func<int, ulong[]?> first, Func<int, ulong[]?> second)
    {
        StateStore store = StateStore.Empty(Schema.Fields.Select(f => (f.Name, 1, RowSize)));
        for (int i = 0; i < store.Fields.Count; i++)
        {
            StateTensor tensor = store.Fields[i].Tensors[0];
            if (TakesResults)
            {
                // In two steps: arrays double, so that they end with room for one call more.
                tensor.Append(new RingValue(null, null, (RowsBefore - 1) * Count));
                tensor.Append(new RingValue(null, null, Count));
            }
            else
            {
                tensor.Append(new RingValue(first(i), second(i), Count));
            }
        }

        return store;
    }
}
