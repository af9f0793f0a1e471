using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using MPCache.Models.Generation;
using MPCache.Models.Policies;
using MPCache.Models.Tests.Reference;
using MPCache.Models.Tests.Reference.Policies;
using MPCache.Models.Weights;
using MPCache.Sessions;
using MPCache.TestSupport;
using Xunit;
using Xunit.Abstractions;

namespace MPCache.Models.Tests.Policies;

/// <summary>Whole generations under every policy, in plain numbers and in the clear, against the references.</summary>
public sealed class PlainPolicyTests(ITestOutputHelper output)
{
    private const int Steps = 14;

    private static readonly LlamaConfig Config = new(16, 24, 5, 4, 2, 32, 96);

    public static TheoryData<string> Texts => [.. PolicyReferences.Standard, .. PolicyReferences.Varied];

    [Theory]
    [MemberData(nameof(Texts))]
    public void A_random_model_goes_on_as_the_reference_does(string text)
    {
        LlamaCheckpoint model = RandomModel.Create(Config, seed: 1);
        int[] prompt = RandomModel.Prompt(Config, 61);
        CachePolicy policy = CachePolicy.Read(text);
        ReferenceGeneration expected = ReferenceGeneration.Run(
            model, PolicyReferences.Of(text, ReferenceHeads.Of(Config), prompt.Length), prompt, Steps);

        Assert.Equal(expected.Tokens, Plain(model, policy, prompt, Steps));
        PolicyReferences.AssertCounts(policy, Config, prompt.Length, Steps, expected);
    }

    [Fact]
    public async Task In_the_clear_a_random_model_differs_by_rounding_alone()
    {
        LlamaCheckpoint model = RandomModel.Create(Config, seed: 1);
        int[] prompt = RandomModel.Prompt(Config, 61);
        int differences = 0;
        int steps = 0;
        foreach (string text in PolicyReferences.Standard.Concat(PolicyReferences.Varied))
        {
            ReferenceGeneration expected = ReferenceGeneration.Run(
                model, PolicyReferences.Of(text, ReferenceHeads.Of(Config), prompt.Length), prompt, Steps);
            int[] clear = await GivenTokens.RunAsync(
                new ClearExecution(LlamaPrograms.All), model, CachePolicy.Read(text), prompt, expected.Tokens[..^1]);
            for (int i = 0; i < Steps; i++)
            {
                steps++;
                if (clear[i] != expected.Tokens[i])
                {
                    differences++;
                    output.WriteLine($"{text}: step {i}, the best two logits are {PolicyReferences.Gap(expected.Logits[i]):0.0000} apart");
                }
            }
        }

        output.WriteLine($"{differences} of {steps} tokens differ");
        Assert.InRange(differences, 0, steps / 50);
    }

    [SharedModelFact]
    public void A_trained_model_goes_on_as_the_reference_does()
    {
        string[] texts = [.. PolicyReferences.Standard, .. PolicyReferences.Varied];
        Stories stories = Stories.Instance;
        for (int i = 0; i < texts.Length; i++)
        {
            // Every standard policy reads every prompt, of the others each reads one.
            foreach (int[] prompt in i < PolicyReferences.Standard.Length ? stories.Prompts : [stories.Prompts[i % stories.Prompts.Count]])
            {
                CachePolicy policy = CachePolicy.Read(texts[i]);
                ReferenceGeneration expected = stories.Expected(texts[i], prompt, Stories.Tokens);
                int[] plain = Plain(stories.Model, policy, prompt, Stories.Tokens);
                output.WriteLine($"{texts[i]} after {prompt.Length}: {plain.Zip(expected.Tokens).Count(p => p.First == p.Second)}");
                Assert.Equal(expected.Tokens, plain);
                PolicyReferences.AssertCounts(policy, stories.Model.Config, prompt.Length, Stories.Tokens, expected);
            }
        }
    }

    private static int[] Plain(LlamaCheckpoint model, CachePolicy policy, IReadOnlyList<int> prompt, int tokens) =>
    [
        .. PlainGeneration.Run(
            model.Config, CheckpointWeights.From(model), new GenerationRequest(prompt, tokens, _ => false) { Policy = policy }),
    ];
}
