using System.Collections.Generic;
using System.Linq;
using MPCache.Models.Tests.Reference.Policies;

namespace MPCache.Models.Tests.Reference;

/// <summary>Keys and values of one layer. Groups may hold different tokens in the same slot, but all have as many slots.</summary>
public sealed class ReferenceCache(ReferenceHeads heads)
{
    private List<double[]> _keys = [];
    private List<double[]> _values = [];
    private List<int>[] _tokens = [.. Enumerable.Range(0, heads.Groups).Select(_ => new List<int>())];

    /// <summary>How many slots there are.</summary>
    public int Count => _keys.Count;

    /// <summary>One row a slot, [Groups · Size].</summary>
    public IReadOnlyList<double[]> Keys => _keys;

    /// <summary>One row a slot, [Groups · Size].</summary>
    public IReadOnlyList<double[]> Values => _values;

    /// <summary>For each group the position in the text of the token in each slot.</summary>
    public int[][] Tokens => [.. _tokens.Select(group => group.ToArray())];

    /// <summary>Appends a token, which all groups hold.</summary>
    public void Add(double[] key, double[] value, int position)
    {
        _keys.Add(key);
        _values.Add(value);
        foreach (List<int> group in _tokens)
        {
            group.Add(position);
        }
    }

    /// <summary>Forgets all but some slots of each group; what remains moves up.</summary>
    public void Keep(int[][] slots)
    {
        _keys = Kept(_keys, slots);
        _values = Kept(_values, slots);
        _tokens = [.. slots.Select((kept, group) => kept.Select(slot => _tokens[group][slot]).ToList())];
    }

    private List<double[]> Kept(List<double[]> rows, int[][] slots)
    {
        List<double[]> kept = [];
        for (int slot = 0; slot < slots[0].Length; slot++)
        {
            double[] row = new double[heads.Groups * heads.Size];
            for (int i = 0; i < row.Length; i++)
            {
                row[i] = rows[slots[i / heads.Size][slot]][i];
            }

            kept.Add(row);
        }

        return kept;
    }
}
