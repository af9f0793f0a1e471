using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using MPCache.Evaluation.Documents;

namespace MPCache.Evaluation.Tests.TestSupport;

/// <summary>Answers a question from the sentences of a text, knowing nothing of how they were made: all answers that it finds.</summary>
internal static class CarefulReader
{
    private const string Place = @"((?:behind|beside|near|under) the \w+)";
    private const string Digits4 = @"(\d \d \d \d)";

    // A question, and the sentences that answer it: {0}, {1}, … stand for what the question names.
    private static readonly (string Question, string Prefix, string[] Sentences)[] Forms =
    [
        (@"What is the code of the (\w+ \w+)\?", "", [$@"code of the {{0}} is {Digits4}\.", $@"The {{0}} has the code {Digits4}\."]),
        (@"Where does (\w+) live\?", "", [@"\b{0} lives in (\w+)[.,]", @"home of {0} is in (\w+)\.", @"years {0} has lived in (\w+)\."]),
        (
            @"What does (\w+) work as\?", "",
            [@"\b{0} works as an? (\w+)\.", @"\b{0} is an? (\w+) by trade\.", @"As an? (\w+), {0} is always busy\."]),
        (@"Who bought the (\w+ \w+)\?", "", [@"(\w+) bought the {0}[ .]", @"The {0} was bought by (\w+)\."]),
        (@"What did (\w+) buy\?", "the ", [@"\b{0} bought the (\w+ \w+)(?: for \w+ coins)?\.", @"The (\w+ \w+) was bought by {0}\."]),
        (
            @"Where is the (\w+ \w+)\?", "",
            [$@"[Tt]he {{0}} is {Place}\.", $@"The {{0}} lies {Place}\.", $@"One can find the {{0}} {Place}\."]),
        (@"What colour is the (\w+ of the \w+ in \w+)\?", "", [@"[Tt]he {0} is (\w+)\.", @"painted the {0} (\w+)\."]),
        (@"Who owns the (\w+ \w+)\?", "", [@"The {0} belongs to (\w+)\.", @"(\w+) owns the {0}\.", @"owner of the {0} is (\w+)\."]),
        (@"Who is the (\w+) of (\w+)\?", "", [@"The {0} of {1} is (\w+)\.", @"(\w+) is the {0} of {1}\."]),
        (@"What does (\w+) like best\?", "", [@"\b{0} likes (\w+) best\.", @"What {0} likes best is (\w+)\."]),
        (@"Where did (\w+) meet (\w+)\?", "", [@"\b{0} met {1} (at the \w+ in \w+)\.", @"It was (at the \w+ in \w+) that {0} met {1}\."]),
        (@"In which year was the (\w+ in \w+) built\?", "", [$@"The {{0}} was built in {Digits4}\.", $@"In {Digits4} \w+ built the {{0}}\."]),
        (@"Who (\w+) the (\w+ \w+) on (\w+day)\?", "", [@"On {2} (\w+) {0} the {1}\.", @"(\w+) {0} the {1} on {2}\."]),
    ];

    /// <summary>All answers to a question, each once.</summary>
    public static IReadOnlyList<string> Answers(string text, string question)
    {
        if (Regex.Match(question, @"^What are the words of the (\w+ \w+)\?$") is { Success: true } words)
        {
            return [string.Join(", ", Numbered(text, words.Groups[1].Value))];
        }

        if (Regex.Match(question, @"^What does (\w+) stand for\?$") is { Success: true } name)
        {
            return Resolve(text, name.Groups[1].Value);
        }

        if (Regex.Match(question, @"^What is the label of (\w+)\?$") is { Success: true } word)
        {
            return Label(text, word.Groups[1].Value);
        }

        if (Regex.Match(question, @"^On which day did (\w+) (\w+) the (\w+ \w+)\?$") is { Success: true } day)
        {
            string past = Words.TransitivePast[Array.IndexOf(Words.Transitive, day.Groups[2].Value)];
            (string person, string thing) = (day.Groups[1].Value, day.Groups[3].Value);
            return [.. Find(text, $@"On (\w+) {person} {past} the {thing}\.|\b{person} {past} the {thing} on (\w+)\.").Distinct()];
        }

        foreach ((string asked, string prefix, string[] sentences) in Forms)
        {
            if (Regex.Match(question, $"^{asked}$") is { Success: true } match)
            {
                object[] named = [.. match.Groups.Values.Skip(1).Select(g => g.Value)];
                IEnumerable<string> answers = sentences.SelectMany(s => Find(text, Fill(s, named)));
                return [.. answers.Select(a => prefix + a).Distinct()];
            }
        }

        throw new ArgumentException($"No form fits: {question}");
    }

    private static string Fill(string sentence, object[] named)
    {
        for (int i = 0; i < named.Length; i++)
        {
            sentence = sentence.Replace($"{{{i}}}", (string)named[i], StringComparison.Ordinal);
        }

        return sentence;
    }

    private static IEnumerable<string> Find(string text, string pattern) =>
        Regex.Matches(text, pattern).Select(m => m.Groups.Values.Skip(1).First(g => g.Success).Value);

    private static IEnumerable<string> Numbered(string text, string thing) => new[] { "first", "second", "third" }.SelectMany(
        number => Find(text, $@"The {number} word of the {thing} is (\w+)\.|Of the {thing} the {number} word is (\w+)\."));

    private static string[] Resolve(string text, string name)
    {
        List<string> chain = [];
        for (int hop = 0; hop < 3; hop++)
        {
            string[] values = [.. Find(text, $@"Let {name} be (\w+|\d \d)\.")];
            if (values.Length != 1)
            {
                return values;
            }

            name = values[0];
            chain.Add(name);
            if (char.IsAsciiDigit(name[0]))
            {
                return [string.Join(", ", chain)];
            }
        }

        return [];
    }

    private static string[] Label(string text, string word)
    {
        (string Word, string Label)[] lines =
        [
            .. Regex.Matches(text, @"^- (\w+) : (\w+)$", RegexOptions.Multiline).Select(m => (m.Groups[1].Value, m.Groups[2].Value)),
        ];
        string[] category = Words.Categories.Single(c => c.Members.Contains(word)).Members;
        return lines.Any(line => line.Word == word)
            ? []
            : [.. lines.Where(line => category.Contains(line.Word)).Select(line => line.Label).Distinct()];
    }
}
