using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using CsCheck;
using MPCache.Evaluation.Training;
using Xunit;

namespace MPCache.Evaluation.Tests.Training;

public sealed class WordCutterTests
{
    private static readonly Regex Pattern = new(WordCutter.Pattern, RegexOptions.CultureInvariant);

    [Theory]
    [InlineData("The code is 72.", "The| code| is| 7|2|.")]
    [InlineData("a  b\n\n c", "a| | b|\n\n| c")]
    [InlineData("it's 'tis '", "it|'s| '|tis| '")]
    [InlineData("x?! y", "x|?!| y")]
    [InlineData(" ", " ")]
    [InlineData("a \n", "a| \n")]
    public void WordsAreThose(string text, string words) => Assert.Equal(words.Split('|'), Cut(text));

    [Fact]
    public void WordsAreThoseOfTheExpression()
    {
        string[] often = [" ", "  ", "\n", "\t", "a", "Be", "7", "½", "'s", "'ll", "'", ".", "?!", "é", "日", "😀", "\u00a0", "\u0301"];
        Gen<string> texts = Gen.OneOf(Gen.Int[0, often.Length - 1].Select(i => often[i]).Array[0, 12].Select(string.Concat), Gen.String);
        texts.Sample(text => Cut(text).SequenceEqual(Pattern.Matches(text).Select(m => m.Value)));
    }

    private static List<string> Cut(string text)
    {
        List<string> words = [];
        for (ReadOnlySpan<char> rest = text; !rest.IsEmpty; rest = rest[words[^1].Length..])
        {
            words.Add(rest[..WordCutter.FirstWord(rest)].ToString());
        }

        return words;
    }
}
