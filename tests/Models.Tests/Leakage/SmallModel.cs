using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using MPCache.Models.Generation;
using MPCache.Models.Policies;
using MPCache.Models.Transformers;
using MPCache.Models.Weights;
using MPCache.Sessions;

namespace MPCache.Models.Tests.Leakage;

/// <summary>A model of random weights, so small that whole private generations take a fraction of a second.</summary>
internal sealed class SmallModel
{
    public const int Vocabulary = 16;

    public SmallModel(int layers, int context)
    {
        Config = new LlamaConfig(
            dim: 8, hiddenDim: 8, layers: layers, heads: 2, keyValueHeads: 1, vocabulary: Vocabulary, contextLength: context);
        LlamaCheckpoint model = new(Config, sharedClassifier: true);
        Random random = new(layers);
        foreach (float[] values in model.Tensors.Select(t => t.Values).Distinct())
        {
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = (float)(random.NextDouble() - 0.5);
            }
        }

        foreach (float[] norm in (float[][])[model.AttentionNorm, model.FeedForwardNorm, model.FinalNorm])
        {
            Array.Fill(norm, 1);
        }

        Weights = CheckpointWeights.From(model);
    }

    public LlamaConfig Config { get; }

    public LlamaWeights Weights { get; }

    /// <summary>A prompt of a length, different for every seed.</summary>
    public static int[] Prompt(int length, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, length).Select(_ => random.Next(Vocabulary))];
    }

    /// <summary>A whole generation between two parties.</summary>
    public async Task<IReadOnlyList<int>> GenerateAsync(PartySession server, PartySession client, int[] prompt, int tokens, string policy)
    {
        GenerationRequest request = new(prompt, tokens, _ => false) 
        {
            Policy = CachePolicy.Read(policy), Chunk = 50,
        };
        Task serving = Task.Run(() => ServerGeneration.RunAsync(server, Config, Weights));
        List<int> generated = [];
        ClientGeneration generation = await ClientGeneration.JoinAsync(client);
        await foreach (int token in generation.RunAsync(request))
        {
            generated.Add(token);
        }

        await serving;
        return generated;
    }
}
