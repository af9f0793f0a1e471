using System;
using System.Linq;
using MPCache.Models.Tests.Reference;
using MPCache.Models.Weights;
using MPCache.TestSupport;
using Xunit;
using Xunit.Abstractions;

namespace MPCache.Models.Tests.Weights;

/// <summary>The real model, read by the shipped readers and run by the reference.</summary>
public sealed class StoriesTests(ITestOutputHelper output)
{
    [SharedModelFact]
    public void HeaderAndSharedClassifierAreRead()
    {
        LlamaCheckpoint checkpoint = Llama2CheckpointReader.Read(SharedFiles.Checkpoint);

        Assert.Equal(new LlamaConfig(64, 172, 5, 8, 4, 512, 512), checkpoint.Config);
        Assert.Equal(8, checkpoint.Config.HeadSize);
        Assert.Equal(32, checkpoint.Config.KeyValueDim);
        Assert.True(checkpoint.SharesClassifier);
        Assert.Same(checkpoint.TokenEmbedding, checkpoint.Classifier);
    }

    [SharedModelFact]
    public void GreedyDecodingTellsTheKnownStory()
    {
        LlamaCheckpoint checkpoint = Llama2CheckpointReader.Read(SharedFiles.Checkpoint);
        Llama2Tokenizer tokenizer = Llama2Tokenizer.Read(SharedFiles.Tokenizer, checkpoint.Config.Vocabulary);
        int[] continuation = new ReferenceLlama(checkpoint).Greedy(tokenizer.Encode("Once upon a time"), 80);
        TokenStream stream = new(tokenizer);

        string text = string.Concat(continuation.Select(stream.Append));

        Assert.StartsWith(
            ", there was a little girl named Lily. She loved to play outside in the park. "
            + "One day, she saw a big, red ball. She wanted to play with it, but it was too high.",
            text,
            StringComparison.Ordinal);
    }

    [SharedModelFact]
    public void ActivationsStayWithinWhatCompiledProgramsDeclare()
    {
        LlamaCheckpoint checkpoint = Llama2CheckpointReader.Read(SharedFiles.Checkpoint);
        Llama2Tokenizer tokenizer = Llama2Tokenizer.Read(SharedFiles.Tokenizer, checkpoint.Config.Vocabulary);
        foreach (string prompt in (string[])["Once upon a time", "Tom had a big red car and he", "The dog was sad because"])
        {
            ReferenceLlama model = new(checkpoint);
            model.Greedy(tokenizer.Encode(prompt), 200);
            output.WriteLine(prompt);
            output.WriteLine(model.Extremes.ToString());
            ActivationExtremes seen = model.Extremes;
            Assert.InRange(seen.Residual.Magnitude, 4, 16);
            Assert.InRange(seen.MeanSquare.Min, 0.02, 0.05);
            Assert.InRange(seen.MeanSquare.Max, 2, 8);
            Assert.InRange(seen.Normed.Magnitude, 8, 24);
            Assert.InRange(seen.Query.Magnitude, 16, 48);
            Assert.InRange(seen.Key.Magnitude, 16, 48);
            Assert.InRange(seen.Value.Magnitude, 2, 6);
            Assert.InRange(seen.Score.Max, 16, 32);
            Assert.InRange(seen.Score.Min, -320, -128);
            Assert.InRange(seen.Mixed.Magnitude, 1, 4);
            Assert.InRange(seen.AttentionOutput.Magnitude, 1, 8);
            Assert.InRange(seen.Gate.Magnitude, 4, 8);
            Assert.InRange(seen.Up.Magnitude, 3, 8);
            Assert.InRange(seen.Product.Magnitude, 4, 24);
            Assert.InRange(seen.FeedForwardOutput.Magnitude, 4, 16);
            Assert.InRange(seen.Logit.Magnitude, 16, 32);
        }
    }
}
