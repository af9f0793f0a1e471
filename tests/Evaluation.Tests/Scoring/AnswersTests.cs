using System.Linq;
using MPCache.Evaluation.Scoring;
using MPCache.Evaluation.Tests.TestSupport;
using MPCache.Models.Weights;
using Xunit;

namespace MPCache.Evaluation.Tests.Scoring;

public sealed class AnswersTests
{
    [Theory]
    [InlineData(" 4 7 1 9", "4 7 1 9")]
    [InlineData(" Berlin\nQuestion: What", "Berlin")]
    [InlineData("\n", "")]
    [InlineData("", "")]
    public void AnswerIsTheRestOfItsLine(string generated, string answer)
    {
        BytePairTokenizer tokenizer = TrainedTokenizer.Tokenizer;
        int before = tokenizer.Encode("Answer:")[^1];
        Assert.Equal(answer, Answers.Read(tokenizer, before, [.. tokenizer.Encode(generated).Skip(1)]));
    }

    [Theory]
    [InlineData("4 7 1 9", " 4 7 1 9", true)]
    [InlineData("4 7 1", " 4 7 1 9", false)]
    [InlineData("4 7 1 9 9", " 4 7 1 9", false)]
    [InlineData("berlin", "Berlin", false)]
    [InlineData("", " x", false)]
    public void OnlyTheWholeAnswerIsRight(string answer, string expected, bool right) =>
        Assert.Equal(right, Answers.IsRight(answer, expected));
}
