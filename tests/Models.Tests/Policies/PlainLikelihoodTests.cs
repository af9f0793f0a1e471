using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Models.Generation;
using MPCache.Models.Policies;
using MPCache.Models.Tests.Reference;
using MPCache.Models.Tests.Reference.Policies;
using MPCache.Models.Transformers;
using MPCache.Models.Weights;
using MPCache.Sessions;
using Xunit;

namespace MPCache.Models.Tests.Policies;

/// <summary>How likely given texts are, against models in plain loops over doubles.</summary>
public sealed class PlainLikelihoodTests
{
    private const int Prompt = 61;

    private static readonly LlamaConfig Config = new(16, 24, 5, 4, 2, 32, 96);

    public static TheoryData<string> Texts => [.. PolicyReferences.Standard, .. PolicyReferences.Varied];

    [Theory]
    [MemberData(nameof(Texts))]
    public void Losses_are_those_of_the_reference(string policy)
    {
        LlamaCheckpoint model = RandomModel.Create(Config, seed: 1);
        int[] tokens = RandomModel.Prompt(Config, Prompt + 14);
        ReferenceLlama reference = new(model, PolicyReferences.Of(policy, ReferenceHeads.Of(Config), Prompt));
        foreach (int token in tokens[..Prompt])
        {
            reference.Forward(token);
        }

        reference.EndPrompt();
        double[] expected = [.. tokens[Prompt..^1].Zip(tokens[(Prompt + 1)..], (read, next) => Loss(reference.Forward(read), next))];

        PlainMemory memory = new();
        GivenText text = new(tokens[..Prompt], tokens[Prompt..], CachePolicy.Read(policy));
        IReadOnlyList<double> losses = PlainLikelihood.Run(memory, Config, CheckpointWeights.From(model), text);

        Assert.Equal(expected.Length, losses.Count);
        Assert.All(expected.Zip(losses), pair => Assert.Equal(pair.First, pair.Second, 1e-3));
    }

    [Fact]
    public void A_prompt_that_was_read_before_makes_no_difference()
    {
        LlamaCheckpoint model = RandomModel.Create(Config, seed: 1);
        int[] tokens = RandomModel.Prompt(Config, Prompt + 5);
        GivenText text = new(tokens[..Prompt], tokens[Prompt..], CachePolicy.Read("full"));
        LlamaWeights weights = CheckpointWeights.From(model);
        PlainMemory memory = new();

        IReadOnlyList<double> first = PlainLikelihood.Run(memory, Config, weights, text);
        int calls = memory.Count;

        Assert.Equal(first, PlainLikelihood.Run(memory, Config, weights, text));
        Assert.Equal(calls, memory.Count);
    }

    [Theory]
    [InlineData(60, 1, "1 tokens follow the prompt")]
    [InlineData(0, 5, "the prompt is empty")]
    [InlineData(93, 5, "the text has 98 tokens, of which 97 fit")]
    public void A_text_that_does_not_fit_is_refused(int prompt, int continuation, string words)
    {
        GivenText text = new(new int[prompt], new int[continuation], CachePolicy.Read("full"));
        Assert.Contains(words, Assert.Throws<MPCacheException>(() => text.Lengths(Config)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_of_another_vocabulary_is_refused()
    {
        GivenText text = new([1], [2, 32], CachePolicy.Read("full"));
        Assert.Contains("the token 32", Assert.Throws<MPCacheException>(() => text.Lengths(Config)).Message, StringComparison.Ordinal);
    }

    private static double Loss(double[] logits, int token)
    {
        double largest = logits.Max();
        return Math.Log(logits.Sum(l => Math.Exp(l - largest))) + largest - logits[token];
    }
}
