using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace MPCache.Models.Policies;

/// <summary>Reads the options of a policy's text, <c>name key=value key=value</c>, and tells which one is wrong.</summary>
internal sealed class PolicyText
{
    private readonly Dictionary<string, string> given = new(StringComparer.Ordinal);
    private readonly HashSet<string> known = new(StringComparer.Ordinal);

    /// <exception cref="MPCacheException">An option is given twice, or has no value.</exception>
    public PolicyText(string text)
    {
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Name = words.Length == 0 ? "" : words[0];
        foreach (string word in words.Skip(1))
        {
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || !given.TryAdd(word[..equals], word[(equals + 1)..]))
            {
                throw new MPCacheException(
                    $"'{word}' is no option of the policy {Name}, or is given twice", "Write options as in cluster=16, each once");
            }
        }
    }

    public string Name { get; }

    /// <summary>A share of what there is, in (0, 1].</summary>
    public Ratio Share(string key, string otherwise)
    {
        string text = Take(key, otherwise);
        return Ratio.TryParse(text, out Ratio ratio) && ratio > default(Ratio) && ratio <= Ratio.Parse("1")
            ? ratio
            : throw Wrong(key, text, "a ratio above 0 and at most 1", otherwise);
    }

    /// <summary>A count of at least <paramref name="least"/>.</summary>
    public int Count(string key, int least, int otherwise)
    {
        string text = Take(key, Text(otherwise));
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count >= least
            ? count
            : throw Wrong(key, text, $"a whole number of at least {Text(least)}", Text(otherwise));
    }

    /// <summary>One of a few words.</summary>
    public string Choice(string key, params string[] choices)
    {
        string text = Take(key, choices[0]);
        return choices.Contains(text) ? text : throw Wrong(key, text, string.Join(" or ", choices), choices[0]);
    }

    /// <exception cref="MPCacheException">An option is left that the policy does not have.</exception>
    public void End()
    {
        if (given.Keys.FirstOrDefault(k => !known.Contains(k)) is string unknown)
        {
            throw new MPCacheException(
                $"the policy {Name} has no option {unknown}",
                known.Count == 0 ? "Leave it out" : $"Its options are {string.Join(", ", known.Order(StringComparer.Ordinal))}");
        }
    }

    public static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private string Take(string key, string otherwise)
    {
        known.Add(key);
        return given.TryGetValue(key, out string? text) ? text : otherwise;
    }

    private MPCacheException Wrong(string key, string text, string expected, string otherwise) =>
        new($"{key} of the policy {Name} is '{text}', not {expected}", $"Give one such as {key}={otherwise}");
}
