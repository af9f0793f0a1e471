using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace MPCache.Generator.Emission;

/// <summary>
/// Names for what is computed of sizes: written where it is needed first, read by its name from then on in that block and in those inside.
/// </summary>
/// <param name="writer">Where to.</param>
/// <param name="taken">Names that mean something else.</param>
internal sealed class Sizes(IndentedWriter writer, HashSet<string> taken)
{
    private readonly Stack<Dictionary<string, string>> blocks = new();
    private int last;

    /// <summary>A block begins.</summary>
    public void Enter() => blocks.Push(new(StringComparer.Ordinal));

    /// <summary>The innermost block ends.</summary>
    public void Leave() => blocks.Pop();

    /// <summary>The name of a value.</summary>
    /// <param name="text">The value as C#.</param>
    public string Name(string text)
    {
        if (blocks.FirstOrDefault(b => b.ContainsKey(text)) is { } known)
        {
            return known[text];
        }

        string name;
        do
        {
            name = "n" + (++last).ToString(CultureInfo.InvariantCulture);
        }
        while (taken.Contains(name));
        writer.Line($"long {name} = {text};");
        return blocks.Peek()[text] = name;
    }
}
