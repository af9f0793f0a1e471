using System;
using System.Linq;
using MPCache.Models.Tests.Reference.Policies;
using MPCache.Models.Weights;
using MPCache.TestSupport;
using Xunit;

namespace MPCache.Models.Tests.Reference;

/// <summary>Whole models under the reference policies.</summary>
public sealed class ReferenceGenerationTests
{
    private const int Steps = 12;

    private static readonly LlamaConfig Config = new(16, 24, 4, 4, 2, 32, 64);
    private static readonly int[] Prompt = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 31, 2, 3, 8];

    public static TheoryData<string> GenerousPolicies => [.. ReferencePolicies.Generous.Keys];

    [Theory]
    [MemberData(nameof(GenerousPolicies))]
    public void WithRoomForEverythingAPolicyIsFullAttention(string name)
    {
        LlamaCheckpoint model = RandomModel();
        ReferenceHeads heads = ReferenceHeads.Of(Config);
        ReferenceLlama full = new(model);
        double[] logits = [];
        foreach (int token in Prompt)
        {
            logits = full.Forward(token);
        }

        ReferenceGeneration run = ReferenceGeneration.Run(model, ReferencePolicies.Generous[name](heads), Prompt, Steps);

        for (int i = 0; i < Steps; i++)
        {
            logits = i == 0 ? logits : full.Forward(run.Tokens[i - 1]);
            Assert.Equal(ReferenceLlama.ArgMax(logits), run.Tokens[i]);
            Assert.All(logits.Zip(run.Logits[i]), pair => Assert.InRange(pair.Second - pair.First, -1e-9, 1e-9));
        }

        Assert.All(run.Prompt, layer => Assert.All(layer, group => Assert.Equal(Enumerable.Range(0, Prompt.Length), group)));
        Assert.Equal((Steps - 1) * Config.Layers, run.Records.Length);
        for (int i = 0; i < run.Records.Length; i++)
        {
            ReferenceRecord record = run.Records[i];
            Assert.Equal((Prompt.Length + (i / Config.Layers), i % Config.Layers), (record.Position, record.Layer));
            Assert.Equal(record.Position + 1, record.Cached);
            Assert.Equal(Config.Heads, record.Attended.Length);
            Assert.All(record.Attended, tokens => Assert.Equal(Enumerable.Range(0, record.Position + 1), tokens));
        }
    }

    [Fact]
    public void StreamingForgetsWhatLeavesTheWindow()
    {
        ReferenceGeneration run = Run(heads => new ReferenceStreamingLlm(heads, 2, 5));
        Assert.All(run.Prompt, layer => Assert.All(layer, group => Assert.Equal([0, 1, 14, 15, 16, 17, 18], group)));
        Assert.All(run.Records, record => Assert.Equal(7, record.Cached));
        Assert.All(
            run.Records,
            record => Assert.All(
                record.Attended,
                tokens => Assert.Equal([0, 1, .. Enumerable.Range(record.Position - 4, 5)], tokens)));
    }

    [Theory]
    [InlineData("H2O")]
    [InlineData("TOVA")]
    public void TokenByTokenEvictionNeverTakesTokensBack(string name)
    {
        ReferenceGeneration run = Run(heads => name == "H2O" ? new ReferenceH2O(heads, 4, 3) : new ReferenceTova(heads, 7));
        Assert.All(run.Prompt, layer => Assert.All(layer, group => Assert.Equal(7, group.Length)));
        Assert.All(run.Records, record => Assert.Equal(7, record.Cached));
        foreach (IGrouping<int, ReferenceRecord> layer in run.Records.GroupBy(record => record.Layer))
        {
            int[][] held = [.. Enumerable.Range(0, Config.Heads).Select(head => run.Prompt[layer.Key][head / 2])];
            foreach (ReferenceRecord record in layer)
            {
                for (int head = 0; head < Config.Heads; head++)
                {
                    int[] tokens = record.Attended[head];
                    Assert.Equal(8, tokens.Length);
                    Assert.Equal(record.Position, tokens[^1]);
                    Assert.Subset(held[head].ToHashSet(), tokens[..^1].ToHashSet());
                    held[head] = tokens;
                }

                Assert.Equal(record.Attended[0], record.Attended[1]);
                Assert.True(name == "H2O" || record.Attended.All(record.Attended[0].SequenceEqual));
            }
        }

        bool groupsDiffer = run.Records.Any(record => !record.Attended[0].SequenceEqual(record.Attended[2]));
        Assert.Equal(name == "H2O", groupsDiffer);
    }

    [Fact]
    public void SnapEvictsOnceAndKeepsWhatIsGenerated()
    {
        ReferenceGeneration run = Run(heads => new ReferenceSnapKv(heads, 8, 3));
        Assert.All(run.Prompt, layer => Assert.All(layer, group => Assert.Equal([16, 17, 18], group[^3..])));
        Assert.All(
            run.Records,
            record => Assert.All(
                record.Attended.Zip(ReferenceAttention.ForHeads(ReferenceHeads.Of(Config), run.Prompt[record.Layer])),
                pair => Assert.Equal([.. pair.Second, .. Enumerable.Range(19, record.Position - 18)], pair.First)));
        Assert.All(run.Records, record => Assert.Equal(8 + record.Position - 18, record.Cached));
    }

    [Fact]
    public void SelectionWithoutEvictionAttendsToAFixedNumber()
    {
        ReferenceGeneration top = Run(heads => new ReferenceTopTokens(heads, 5));
        Assert.All(top.Records, record => Assert.All(record.Attended, tokens => Assert.Equal(5, tokens.Length)));
        Assert.All(top.Records, record => Assert.Equal(record.Position + 1, record.Cached));

        ReferenceGeneration quest = Run(heads => new ReferenceQuest(heads, 4, 3, 2));
        Assert.All(quest.Records, record => Assert.All(record.Attended, tokens => Assert.Equal(
            record.Layer < 2 ? record.Position + 1 : 9 + (record.Position % 4), tokens.Length)));
        Assert.All(quest.Records, record => Assert.Equal(record.Position + 1, record.Cached));
    }

    [Fact]
    public void MPCacheEvictsOnceThenSelectsClusters()
    {
        ReferenceMPCacheOptions options = new()
        {
            Static = Ratio.Parse("0.66"),
            ClusterSize = 2,
            Keep = Ratio.Parse("0.5"),
            CoarseSize = 4,
            CoarseKeep = Ratio.Parse("0.7"),
        };
        ReferenceGeneration run = Run(heads => new ReferenceMPCache(heads, options));

        // 13 of 19 tokens remain.
        Assert.All(run.Prompt, layer => Assert.All(layer, group => Assert.Equal(13, group.Length)));
        Assert.All(run.Prompt, layer => Assert.Equal(layer[0], layer[1]));
        foreach (ReferenceRecord record in run.Records)
        {
            int slots = 13 + record.Position - 18;
            Assert.Equal(slots, record.Cached);
            int[] held = [.. run.Prompt[record.Layer][0], .. Enumerable.Range(19, record.Position - 18)];
            int clusters = (slots + 1) / 2;
            foreach (int[] tokens in record.Attended)
            {
                Assert.Equal((2 * ((clusters + 1) / 2)) - (slots % 2), tokens.Length);
                Assert.Equal(held[..2], tokens[..2]);
                Assert.Equal(held[^1], tokens[^1]);
                Assert.Subset(held.ToHashSet(), tokens.ToHashSet());
            }
        }

        // Pairs of layers use the same slots, whatever tokens these hold.
        foreach (IGrouping<int, ReferenceRecord> step in run.Records.GroupBy(record => record.Position))
        {
            int[][][] slots = [.. step.Select(record => record.Attended.Select(tokens => Slots(record, tokens)).ToArray())];
            Assert.Equal(slots[0], slots[1]);
            Assert.Equal(slots[2], slots[3]);
        }

        int[] Slots(ReferenceRecord record, int[] tokens)
        {
            int[] held = [.. run.Prompt[record.Layer][0], .. Enumerable.Range(19, record.Position - 18)];
            return [.. tokens.Select(token => Array.IndexOf(held, token))];
        }
    }

    [SharedModelFact]
    public void EveryPolicyWithRoomForEverythingTellsTheSameStory()
    {
        LlamaCheckpoint model = Llama2CheckpointReader.Read(SharedFiles.Checkpoint);
        Llama2Tokenizer tokenizer = Llama2Tokenizer.Read(SharedFiles.Tokenizer, model.Config.Vocabulary);
        int[] prompt = [.. tokenizer.Encode("Once upon a time")];
        int[] expected = new ReferenceLlama(model).Greedy(prompt, 40);
        ReferenceHeads heads = ReferenceHeads.Of(model.Config);

        Assert.All(
            ReferencePolicies.Generous.Values,
            policy => Assert.Equal(expected, ReferenceGeneration.Run(model, policy(heads), prompt, 40).Tokens));
    }

    private static ReferenceGeneration Run(Func<ReferenceHeads, IReferencePolicy> policy) =>
        ReferenceGeneration.Run(RandomModel(), policy(ReferenceHeads.Of(Config)), Prompt, Steps);

    private static LlamaCheckpoint RandomModel()
    {
        LlamaCheckpoint model = new(Config, sharedClassifier: false);
        Random random = new(1);
        foreach ((LlamaTensorShape shape, float[] values) in model.Tensors)
        {
            // Large queries and keys, so that attention is far from uniform.
            float scale = shape.Name is nameof(model.Query) or nameof(model.Key) ? 8 : 1;
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = (random.NextSingle() - 0.5f) * scale;
            }
        }

        return model;
    }
}
