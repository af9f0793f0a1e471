using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using MPCache.Evaluation.Documents;
using MPCache.Evaluation.Tasks;
using MPCache.Evaluation.Tests.TestSupport;
using MPCache.Models.Weights;
using Xunit;

namespace MPCache.Evaluation.Tests.Tasks;

public sealed class TaskTests
{
    private const int Samples = 40;

    private static readonly TextMeasure Measure = TextMeasure.Of(TrainedTokenizer.Tokenizer);

    public static TheoryData<string> Names => [.. EvaluationTasks.All.Select(task => task.Name)];

    public static TheoryData<string> Asking => [.. EvaluationTasks.All.Select(task => task.Name).Where(name => name != "text")];

    [Theory]
    [MemberData(nameof(Names))]
    public void LengthIsMetAndNeverExceeded(string name)
    {
        BytePairTokenizer tokenizer = TrainedTokenizer.Tokenizer;
        foreach (int length in (ReadOnlySpan<int>)[EvaluationTask.ShortestLength, 256, 700])
        {
            foreach (TaskSample sample in Make(name, length))
            {
                Assert.InRange(sample.Tokens, length - 6, length);

                // Sentence by sentence it is the same as at once, and the prompt's tokens begin those of the whole.
                IReadOnlyList<int> prompt = tokenizer.Encode(sample.Prompt);
                IReadOnlyList<int> whole = tokenizer.Encode(sample.Prompt + sample.Answer);
                Assert.Equal(sample.Tokens, whole.Count);
                Assert.Equal(prompt, whole.Take(prompt.Count));
                Assert.InRange(whole.Count - prompt.Count, name == "text" ? 0 : 1, name == "text" ? 0 : 6);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Asking))]
    public void AnswerFollowsFromTheDocument(string name)
    {
        foreach (TaskSample sample in Make(name, 256).Concat(Make(name, 900)))
        {
            Match parts = Regex.Match(sample.Prompt, @"^(.*)\nQuestion: ([^\n]+)\nAnswer:$", RegexOptions.Singleline);

            Assert.True(parts.Success);
            Assert.DoesNotContain("Question:", parts.Groups[1].Value, StringComparison.Ordinal);
            Assert.Equal([sample.Answer[1..]], CarefulReader.Answers(parts.Groups[1].Value, parts.Groups[2].Value));
            Assert.Equal(' ', sample.Answer[0]);
        }
    }

    [Fact]
    public void TextAsksNothing() => Assert.All(Make("text", 300), sample =>
    {
        Assert.Empty(sample.Answer);
        Assert.Null(sample.Depth);
        Assert.DoesNotContain("Question", sample.Prompt, StringComparison.Ordinal);
    });

    [Fact]
    public void NeedleStandsAloneAndKeysAreMany()
    {
        Assert.All(Make("needle", 600), sample => Assert.Single(Codes(sample.Prompt)));
        Assert.All(Make("keys", 600), sample => Assert.InRange(Codes(sample.Prompt).Count(), 10, 20));
    }

    [Fact]
    public void TrackingTakesOneOrTwoHops()
    {
        IEnumerable<int> hops = Make("tracking", 400).Select(sample =>
        {
            string name = Regex.Match(sample.Prompt, @"What does (\w+) stand for\?").Groups[1].Value;
            int count = 0;
            while (Regex.Match(sample.Prompt, $@"Let {name} be ([a-z]+)\.") is { Success: true } step)
            {
                name = step.Groups[1].Value;
                count++;
            }

            return count;
        });

        Assert.Equal([1, 2], hops.Distinct().Order());
    }

    [Fact]
    public void DepthIsUniform()
    {
        EvaluationTask task = EvaluationTasks.Find("needle");
        int[] fifths = new int[5];
        for (int i = 0; i < 500; i++)
        {
            double depth = task.Sample(new Seed(11).Derive("depth", i), 512, Measure).Depth!.Value;
            Assert.InRange(depth, 0, 1);
            fifths[Math.Min((int)(depth * 5), 4)]++;
        }

        // 100 are expected; the standard deviation is 9. Sentences cannot be cut, which shifts what falls into the last fifth.
        Assert.All(fifths, count => Assert.InRange(count, 60, 140));
    }

    [Fact]
    public void DepthIsWhereTheNeedleStands()
    {
        foreach (TaskSample sample in Make("needle", 400))
        {
            string document = sample.Prompt[..sample.Prompt.IndexOf("\nQuestion:", StringComparison.Ordinal)];
            Match needle = Regex.Match(document, @"(?:Remember that the code|The code|The \w+ \w+ has the code)[^.]* \d \d \d \d\.");
            double before = Count(document[..needle.Index]);

            Assert.Equal(before / Count(document), sample.Depth!.Value, 0.01);
        }
    }

    [Fact]
    public void SampleFollowsFromItsSeed()
    {
        foreach (EvaluationTask task in EvaluationTasks.All)
        {
            TaskSample first = task.Sample(new Seed(5), 300, Measure);

            Assert.Equal(first, task.Sample(new Seed(5), 300, Measure));
            Assert.NotEqual(first.Prompt, task.Sample(new Seed(6), 300, Measure).Prompt);
        }
    }

    [Fact]
    public void AnyTokenizerWillDo()
    {
        CharacterTokenizer characters = new(
            "\n !\",-.0123456789:?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "letters, digits and punctuation");
        TaskSample sample = EvaluationTasks.Find("keys").Sample(new Seed(2), 2000, TextMeasure.Of(characters));

        Assert.Equal(sample.Tokens, characters.Encode(sample.Prompt + sample.Answer).Count);
        Assert.InRange(sample.Tokens, 1980, 2000);
    }

    [Fact]
    public void UnknownTaskAndTooShortPromptAreNamed()
    {
        MPCacheException unknown = Assert.Throws<MPCacheException>(() => EvaluationTasks.Find("haystack"));
        MPCacheException tooShort = Assert.Throws<MPCacheException>(() => EvaluationTasks.Find("keys").Sample(new Seed(1), 100, Measure));

        Assert.Contains("'haystack'", unknown.Cause, StringComparison.Ordinal);
        Assert.Contains("needle, needles, keys, tracking, labelling, questions, text", unknown.Cure, StringComparison.Ordinal);
        Assert.Contains("100 tokens", tooShort.Cause, StringComparison.Ordinal);
        Assert.Contains(EvaluationTask.ShortestLength.ToString(CultureInfo.InvariantCulture), tooShort.Cure, StringComparison.Ordinal);
    }

    private static int Count(string text) => TrainedTokenizer.Tokenizer.Encode(text).Count - 1;

    private static IEnumerable<string> Codes(string text) =>
        Regex.Matches(text, @"(?:code of the \w+ \w+ is|has the code) (\d \d \d \d)\.").Select(m => m.Value);

    private static IEnumerable<TaskSample> Make(string name, int length) =>
        Enumerable.Range(0, Samples).Select(i => EvaluationTasks.Find(name).Sample(new Seed(3).Derive(name, length, i), length, Measure));
}
