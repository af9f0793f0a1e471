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
        Assert.Equal(expected.Tokens, Plain(model, policy, prompt, Steps, chunk: 17));
        PolicyReferences.AssertCounts(policy, Config, prompt.Length, Steps, expected);
    }

    [SharedModelFact]
    public async Task In_the_clear_a_trained_model_differs_where_two_tokens_are_nearly_as_likely()
    {
        Stories stories = Stories.Instance;
        int[] prompt = stories.Prompts[0];
        int differences = 0;
        foreach (string text in CachePolicy.Names)
        {
            ReferenceGeneration expected = stories.Expected(text, prompt, Stories.Tokens);
            int[] clear = await GivenTokens.RunAsync(
                new ClearExecution(LlamaPrograms.All), stories.Model, CachePolicy.Read(text), prompt, expected.Tokens[..^1]);
            for (int i = 0; i < clear.Length; i++)
            {
                if (clear[i] != expected.Tokens[i])
                {
                    differences++;
                    double gap = PolicyReferences.Gap(expected.Logits[i]);
                    output.WriteLine($"{text}: step {i}, the best two logits are {gap:0.0000} apart");
                    Assert.InRange(gap, 0, PolicyReferences.NearTie);
                }
            }
        }

        output.WriteLine($"{differences} of {CachePolicy.Names.Count * Stories.Tokens} tokens differ");
        Assert.InRange(differences, 0, CachePolicy.Names.Count * Stories.Tokens / 20);
    }

    [SharedModelFact]
    public void A_trained_model_goes_on_as_the_reference_does_and_asserted_ranges_hold()
    {
        string[] texts = [.. PolicyReferences.Standard, .. PolicyReferences.Varied];
        Stories stories = Stories.Instance;
        using RangeRecorder recorder = RangeRecorder.Start(recordOnly: true);
        for (int i = 0; i < texts.Length; i++)
        {
            // Every policy's defaults read every prompt, of the others each reads one.
            foreach (int[] prompt in i < CachePolicy.Names.Count ? stories.Prompts : [stories.Prompts[i % 2]])
            {
                CachePolicy policy = CachePolicy.Read(texts[i]);
                ReferenceGeneration expected = stories.Expected(texts[i], prompt, Stories.Tokens);
                int[] plain = Plain(stories.Model, policy, prompt, Stories.Tokens);
                output.WriteLine($"{texts[i]} after {prompt.Length}: {plain.Zip(expected.Tokens).Count(p => p.First == p.Second)}");
                Assert.Equal(expected.Tokens, plain);
                PolicyReferences.AssertCounts(policy, stories.Model.Config, prompt.Length, Stories.Tokens, expected);
            }
        }

        // What these runs saw of every assertion in every program that the policies call.
        foreach (RangeObservation seen in recorder.Observations)
        {
            output.WriteLine(seen.ToString());
        }

        Assert.All(recorder.Observations, seen => Assert.False(seen.IsViolated, seen.ToString()));
    }

    private static int[] Plain(
        LlamaCheckpoint model, CachePolicy policy, IReadOnlyList<int> prompt, int tokens, int chunk = GenerationLengths.StandardChunk)
    {
        GenerationRequest request = new(prompt, tokens, _ => false) { Policy = policy, Chunk = chunk };
        return [.. PlainGeneration.Run(model.Config, CheckpointWeights.From(model), request)];
    }
}
