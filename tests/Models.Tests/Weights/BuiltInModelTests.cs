using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Models.Tests.Reference;
using MPCache.Models.Weights;
using Xunit;
using Xunit.Abstractions;

namespace MPCache.Models.Tests.Weights;

public sealed class BuiltInModelTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(BuiltInModel.DefaultPrompt, " sat on the mat. the cat sat on the mat.", 10)]
    [InlineData("one two three four five. one two", " three four five. one", 10)]
    [InlineData("she sells sea shells by the sea shore. she sells", " sea shells by the sea shore.", 5)]
    [InlineData("x=1; y=22; z=333; x=1; y", "=22; z=333; x=1", 10)]
    [InlineData("abc abd abc", " abd abc", 10)]
    [InlineData("aaaaaaaaaaaa", "aaaaaaaa", 10)]
    [InlineData("one two one", " two one two", 10)]
    [InlineData("a quick fox. a slow fox. a quick", " fox. a ", 5)]
    [InlineData("q7#k&_z@%>w(9)*<+!?-:;\"'/,\n0q7#k&", "_z@%>w(9)*<+!?-:;\"'/,\n0q7#k&_", 10)]
    [InlineData("", "", 10)]
    [InlineData("hello world", "", 1)]
    public void RepetitionIsContinued(string prompt, string continuation, double margin) => Continues(prompt, continuation, margin);

    [Theory]
    [InlineData("the cat sat. the cat ran. the cat", " ran.")]
    [InlineData("the cat ran. the cat sat. the cat", " sat.")]
    public void MostRecentOfEqualMatchesWins(string prompt, string continuation) => Continues(prompt, continuation, 1);

    [Theory]
    [InlineData('n')]
    [InlineData('7')]
    [InlineData('\n')]
    [InlineData('@')]
    public void OneOfTheLastFiveCharactersDecides(char other)
    {
        // Two passages that differ in one character, which is the last, the last but one … of the eight before what follows.
        for (int back = 1; back <= 5; back++)
        {
            string first = "bring it ".Remove(9 - back, 1).Insert(9 - back, other.ToString());
            Continues($"bring it x. {first}y. say: bring it ", "x", 5);
            Continues($"bring it x. {first}y. say: {first}", "y", 5);
            Continues($"{first}y. bring it x. say: {first}", "y", 5);
        }
    }

    [Fact]
    public void PassageIsRepeatedAcrossTheWholeContext()
    {
        Random random = new(3);
        string alphabet = "abcdefghijklmnopqrstuvwxyz .,!?'\"-:;()=/+*<>_&%#@\n0123456789";
        for (int trial = 0; trial < 3; trial++)
        {
            string passage = new([.. Enumerable.Range(0, 120).Select(_ => alphabet[random.Next(alphabet.Length)])]);
            Continues(passage + passage[..8], passage[8..], 5);
        }
    }

    [Fact]
    public void SmallErrorsInEveryWeightDoNotMatter()
    {
        (LlamaCheckpoint model, Tokenizer tokenizer) = BuiltInModel.Create();
        Random random = new(5);
        foreach ((_, float[] values) in model.Tensors)
        {
            for (int i = 0; i < values.Length; i++)
            {
                values[i] += (float)((random.NextDouble() - 0.5) * 4e-3);
            }
        }

        Continues(model, tokenizer, BuiltInModel.DefaultPrompt, " sat on the mat.", 10);
    }

    [Fact]
    public void WeightsAndActivationsAreModest()
    {
        (LlamaCheckpoint model, Tokenizer tokenizer) = BuiltInModel.Create();
        Assert.All(model.Tensors, tensor => Assert.InRange(tensor.Values.Max(Math.Abs), 0, 4));
        Assert.True(model.Tensors.Sum(tensor => tensor.Values.Length) < 200_000);

        foreach (string prompt in (string[])[BuiltInModel.DefaultPrompt, "hello world", "aaaaaaaaaaaa"])
        {
            ReferenceLlama reference = new(model);
            IReadOnlyList<int> tokens = tokenizer.Encode(prompt);
            reference.Greedy(tokens, model.Config.ContextLength - tokens.Count);
            ActivationExtremes seen = reference.Extremes;
            output.WriteLine(prompt);
            output.WriteLine(seen.ToString());
            Assert.InRange(seen.Residual.Magnitude, 0, 32);
            Assert.InRange(seen.Query.Magnitude, 0, 16);
            Assert.InRange(seen.Key.Magnitude, 0, 16);
            Assert.InRange(seen.Score.Magnitude, 0, 40);
            Assert.InRange(seen.Logit.Magnitude, 0, 28);
            Assert.InRange(seen.MeanSquare.Min, 0.1, 4);
            Assert.InRange(seen.MeanSquare.Max, 0.1, 4);
        }
    }

    [Fact]
    public void TwoCreationsAreEqual()
    {
        LlamaCheckpoint first = BuiltInModel.Create().Checkpoint;
        LlamaCheckpoint second = BuiltInModel.Create().Checkpoint;

        Assert.Equal(first.Config, second.Config);
        Assert.All(first.Tensors.Zip(second.Tensors), pair => Assert.Equal(pair.First.Values, pair.Second.Values));
    }

    [Fact]
    public void CharacterOutsideTheAlphabetIsNamed()
    {
        MPCacheException error = Assert.Throws<MPCacheException>(() => BuiltInModel.Create().Tokenizer.Encode("the Cat"));

        Assert.Contains("'C' (U+0043) at index 4", error.Message, StringComparison.Ordinal);
    }

    private void Continues(string prompt, string continuation, double margin)
    {
        (LlamaCheckpoint model, Tokenizer tokenizer) = BuiltInModel.Create();
        Continues(model, tokenizer, prompt, continuation, margin);
    }

    /// <summary>An empty continuation stands for the end of the text.</summary>
    private void Continues(LlamaCheckpoint model, Tokenizer tokenizer, string prompt, string continuation, double margin)
    {
        ReferenceLlama reference = new(model);
        double[] logits = [];
        foreach (int token in tokenizer.Encode(prompt))
        {
            logits = reference.Forward(token);
        }

        double smallest = double.PositiveInfinity;
        int[] expected = continuation.Length == 0 ? [tokenizer.BeginOfText] : [.. tokenizer.Encode(continuation).Skip(1)];
        string written = "";
        foreach (int token in expected)
        {
            int best = ReferenceLlama.ArgMax(logits);
            written += tokenizer.Decode(tokenizer.BeginOfText, best);
            Assert.True(best == token, $"'{prompt}' went on '{written}'");
            smallest = Math.Min(smallest, logits[best] - logits.Where((_, other) => other != best).Max());
            logits = reference.Forward(token);
        }

        output.WriteLine($"'{prompt}' goes on '{written}', margin {smallest:F2}");
        Assert.True(smallest >= margin, $"the margin is {smallest}");
    }
}
