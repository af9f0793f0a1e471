using System;
using System.Linq;
using System.Text;
using MPCache.Evaluation.Corpora;
using MPCache.Evaluation.Documents;
using MPCache.Evaluation.Tasks;
using MPCache.Evaluation.Tests.TestSupport;
using Xunit;

namespace MPCache.Evaluation.Tests.Corpora;

public sealed class LessonTests
{
    private static readonly CorpusEncoder Encoder = new(TrainedTokenizer.Tokenizer);

    [Theory]
    [InlineData(256)]
    [InlineData(1024)]
    public void EveryAnswerFollowsFromWhatStandsBeforeIt(int length)
    {
        int among = 0;
        for (int i = 0; i < 120; i++)
        {
            Document lesson = Lessons.Make(new Seed(4).Derive("lesson", i), EvaluationTasks.All, length, Encoder);
            StringBuilder text = new();
            Segment[] segments = [.. lesson.Segments];
            for (int s = 0; s < segments.Length; s++)
            {
                if (segments[s].IsAnswer)
                {
                    string question = segments[s - 1].Text["\nQuestion: ".Length..^"\nAnswer:".Length];
                    Assert.Equal([segments[s].Text[1..]], CarefulReader.Answers(text.ToString(), question));
                    among += s + 1 < segments.Length && !segments[s + 1].Text.StartsWith("\nQ", StringComparison.Ordinal) && segments[s + 1].Text != "\n" ? 1 : 0;
                }

                text.Append(segments[s].Text);
            }
        }

        Assert.InRange(among, 20, int.MaxValue);
    }

    [Fact]
    public void LengthIsWithinItsBounds()
    {
        for (int i = 0; i < 200; i++)
        {
            Document lesson = Lessons.Make(new Seed(9).Derive("lesson", i), EvaluationTasks.All, 512, Encoder);

            Assert.InRange(lesson.Tokens, (int)(0.8 * 512), 512);
            Assert.Equal(lesson.Tokens, TrainedTokenizer.Tokenizer.Encode(string.Concat(lesson.Segments.Select(s => s.Text))).Count);
        }
    }

    [Fact]
    public void AFifthIsProseAlone()
    {
        int prose = Enumerable.Range(0, 500).Count(i => !Lessons.Make(new Seed(6).Derive("lesson", i), EvaluationTasks.All, 256, Encoder).Segments.Any(s => s.IsAnswer));

        Assert.InRange(prose, 65, 145);
    }
}
