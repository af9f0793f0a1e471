using System.Collections.Generic;
using MPCache.Models.Tests.Reference;
using MPCache.Models.Tests.Reference.Policies;
using MPCache.Models.Weights;
using MPCache.TestSupport;

namespace MPCache.Models.Tests.Policies;

/// <summary>The trained model and long prompts: stories that it tells itself, as far as the prompt reaches.</summary>
internal sealed class Stories
{
    /// <summary>Tokens that are generated after each prompt.</summary>
    public const int Tokens = 16;

    private readonly Dictionary<(string Text, int Length), ReferenceGeneration> expected = [];

    private Stories()
    {
        Model = Llama2CheckpointReader.Read(SharedFiles.Checkpoint);
        Tokenizer tokenizer = Llama2Tokenizer.Read(SharedFiles.Tokenizer, Model.Config.Vocabulary);
        Prompts = [Told("Once upon a time", 200), Told("Tom had a big red car and he", 290), Told("The dog was sad because", 400)];

        int[] Told(string beginning, int length)
        {
            int[] begun = [.. tokenizer.Encode(beginning)];
            return [.. begun, .. new ReferenceLlama(Model).Greedy(begun, length - begun.Length)];
        }
    }

    public static Stories Instance { get; } = new();

    public LlamaCheckpoint Model { get; }

    /// <summary>From the shortest.</summary>
    public IReadOnlyList<int[]> Prompts { get; }

    /// <summary>What the reference generates under a policy.</summary>
    public ReferenceGeneration Expected(string text, int[] prompt, int tokens)
    {
        lock (expected)
        {
            if (!expected.TryGetValue((text, prompt.Length), out ReferenceGeneration? run))
            {
                run = ReferenceGeneration.Run(
                    Model, PolicyReferences.Of(text, ReferenceHeads.Of(Model.Config), prompt.Length), prompt, tokens);
                expected[(text, prompt.Length)] = run;
            }

            return run;
        }
    }
}
