using System;
using MPCache.Evaluation.Scoring;
using MPCache.Models.Generation;
using MPCache.Models.Weights;

namespace MPCache.Evaluation.Tests.TestSupport;

/// <summary>A model of random weights with the tokenizer of a corpus: it says something, and always the same.</summary>
internal static class SmallModel
{
    public static EvaluationModel Create(int seed = 1)
    {
        LlamaConfig config = new(8, 8, 2, 2, 1, 2048, 512);
        LlamaCheckpoint checkpoint = new(config, sharedClassifier: false);
        Random random = new(seed);
        foreach ((_, float[] values) in checkpoint.Tensors)
        {
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = (2 * random.NextSingle()) - 1;
            }
        }

        return new EvaluationModel(config, CheckpointWeights.From(checkpoint), TrainedTokenizer.Tokenizer);
    }
}
