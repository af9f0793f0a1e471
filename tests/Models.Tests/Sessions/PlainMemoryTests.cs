using System.Collections.Generic;
using System.Threading.Tasks;
using MPCache.Models.Generation;
using MPCache.Models.Policies;
using MPCache.Models.Tests.Policies;
using MPCache.Models.Transformers;
using MPCache.Models.Weights;
using MPCache.Sessions;
using Xunit;

namespace MPCache.Models.Tests.Sessions;

/// <summary>Executions that share what they compute give what each gives by itself.</summary>
public sealed class PlainMemoryTests
{
    private const int Steps = 6;

    private static readonly LlamaConfig Config = new(16, 24, 5, 4, 2, 32, 96);

    [Fact]
    public void Every_policy_generates_as_without_a_memory()
    {
        LlamaWeights weights = CheckpointWeights.From(RandomModel.Create(Config, seed: 1));
        PlainMemory memory = new();

        // Twice, so that each policy also finds all that it looks for; and another prompt in between, which must find nothing.
        foreach (int length in (int[])[61, 60, 61])
        {
            foreach (string text in PolicyReferences.Standard)
            {
                GenerationRequest request = Request(text, RandomModel.Prompt(Config, length));
                Assert.Equal(PlainGeneration.Run(Config, weights, request), Run(weights, request, memory));
            }
        }
    }

    [Fact]
    public void What_two_policies_read_alike_is_read_once()
    {
        LlamaWeights weights = CheckpointWeights.From(RandomModel.Create(Config, seed: 1));
        PlainMemory memory = new();
        int[] prompt = RandomModel.Prompt(Config, 61);
        List<int> counts = [];
        foreach (string text in (string[])["full", "streaming", "mpcache static=1", "mpcache", "mpcache share=1", "h2o"])
        {
            Run(weights, Request(text, prompt), memory);
            counts.Add(memory.Count);
        }

        // Chunks of 16 from the prompt's 61 tokens. The third evicts behind the last chunk, and has the others in common; h2o none.
        Assert.Equal(4, counts[0]);
        Assert.Equal([4, 4], counts[1..3]);
        Assert.InRange(counts[3], 5, 8);
        Assert.Equal(counts[3], counts[4]);
        Assert.Equal(counts[4] + 4, counts[5]);
    }

    [Fact]
    public void Other_weights_are_another_call()
    {
        PlainMemory memory = new();
        int[] prompt = RandomModel.Prompt(Config, 40);
        foreach (int seed in (int[])[1, 2])
        {
            LlamaWeights weights = CheckpointWeights.From(RandomModel.Create(Config, seed));
            GenerationRequest request = Request("full", prompt);
            Assert.Equal(PlainGeneration.Run(Config, weights, request), Run(weights, request, memory));
        }
    }

    private static GenerationRequest Request(string policy, int[] prompt) =>
        new(prompt, Steps, _ => false) { Policy = CachePolicy.Read(policy), Chunk = 16 };

    private static int[] Run(LlamaWeights weights, GenerationRequest request, PlainMemory memory) =>
        [.. PlainGeneration.RunAsync(new PlainExecution(memory), Config, weights, request).ToBlockingEnumerable()];
}
