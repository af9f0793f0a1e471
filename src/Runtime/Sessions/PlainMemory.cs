using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using MPCache.Execution;
using MPCache.Randomness;

namespace MPCache.Sessions;

/// <summary>
/// Calls that plain executions have made, with their results: another execution that makes the same calls, with the same values from the
/// beginning on, is given what they gave. Generations that read one prompt in the same way read it once. For one thread at a time.
/// </summary>
/// <remarks>
/// What a state holds has a name, the hash of the calls that made it. Only calls with an input of several elements are remembered: a step
/// that reads one element costs little, and every result holds whole states.
/// </remarks>
public sealed class PlainMemory
{
    private readonly List<object> records = [];
    private readonly Dictionary<string, (Tensor[] Outputs, PlainState[] States)> calls = [];

    /// <summary>How many calls are remembered.</summary>
    public int Count => calls.Count;

    /// <summary>The name of what a new state holds.</summary>
    internal static string Empty(StateEntry entry)
    {
        IEnumerable<string> fields =
            entry.Fields.Select(f => $"{f.Name} {Number(f.Tensors)} {string.Join(' ', f.Row.Select(r => Number(r)))}");
        return $"{entry.Name}({string.Join("; ", fields)})";
    }

    /// <summary>The name of what a call leaves in one of its states.</summary>
    internal static string Content(string key, int state) => $"{key}/{Number(state)}";

    /// <summary>The name of a call by everything that its results depend on; null for one that is not remembered.</summary>
    /// <param name="program">The program.</param>
    /// <param name="frame">Its arguments.</param>
    /// <param name="weights">The records of weights.</param>
    /// <param name="contents">The names of what the states hold; null where that has no name.</param>
    internal string? Key(CompiledProgram program, PlainFrame frame, IReadOnlyList<object> weights, IReadOnlyList<string?> contents)
    {
        if (contents.Contains(null) || frame.Inputs.All(input => input.Values.Length <= 1))
        {
            return null;
        }

        StringBuilder text = new(program.Interface.Name);
        text.AppendJoin(' ', frame.Dimensions.Select(d => Number(d)).Prepend("\ndimensions"));
        text.AppendJoin(' ', frame.Reals.Select(r => r.ToString("R", CultureInfo.InvariantCulture)).Prepend("\nreals"));
        text.AppendJoin(' ', weights.Select(w => Number(Index(w))).Prepend("\nweights"));
        text.AppendJoin(' ', contents.Prepend("\nstates"));
        foreach (Tensor input in frame.Inputs)
        {
            text.Append("\ninput");
            foreach (float value in input.Values)
            {
                text.Append(' ').Append(Number(BitConverter.SingleToInt32Bits(value)));
            }
        }

        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <summary>Gives a call what it gave before.</summary>
    /// <returns>Whether it was made before.</returns>
    internal bool TryRecall(string key, PlainFrame frame)
    {
        if (!calls.TryGetValue(key, out (Tensor[] Outputs, PlainState[] States) known))
        {
            return false;
        }

        known.Outputs.CopyTo(frame.Outputs, 0);
        for (int i = 0; i < known.States.Length; i++)
        {
            frame.States[i].Become(known.States[i]);
        }

        return true;
    }

    /// <summary>Keeps what a call gave.</summary>
    internal void Remember(string key, PlainFrame frame) =>
        calls[key] = ([.. frame.Outputs], [.. frame.States.Select(s => s.Copy())]);

    private int Index(object record)
    {
        int index = records.FindIndex(r => ReferenceEquals(r, record));
        if (index < 0)
        {
            index = records.Count;
            records.Add(record);
        }

        return index;
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
