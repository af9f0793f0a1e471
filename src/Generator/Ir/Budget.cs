using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace MPCache.Generator.Ir;

/// <summary>One limit of what a call of an entry point may cost, as its author declared it.</summary>
/// <param name="Kind">What is limited: <c>Flights</c>, <c>Bytes</c> between the parties, or <c>DealerBytes</c>.</param>
/// <param name="Limit">The most that is allowed.</param>
/// <param name="Sizes">The sizes that the budget names, as <c>tokens = 512, layers = 5</c>.</param>
/// <param name="Typical">The sizes that the declarations of dimensions call typical, likewise.</param>
/// <param name="Start">Where the limit stands, relative to the method's declaration.</param>
/// <param name="Length">Its length.</param>
internal sealed record Budget(string Kind, long Limit, string Sizes, string Typical, int Start, int Length)
{
    /// <summary>What can be limited.</summary>
    public static readonly string[] Kinds = ["Flights", "Bytes", "DealerBytes"];

    /// <summary>Reads sizes by dimension; null where the text is something else.</summary>
    public static IReadOnlyDictionary<string, long>? ReadSizes(string text)
    {
        Dictionary<string, long> sizes = [];
        foreach (string[] part in text.Split(',').Where(_ => text.Trim().Length > 0).Select(p => p.Split('=')))
        {
            string name = part[0].Trim();
            if (part.Length != 2 || name.Length == 0 || sizes.ContainsKey(name)
                || !long.TryParse(part[1].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long size) || size == 0)
            {
                return null;
            }

            sizes.Add(name, size);
        }

        return sizes;
    }
}
