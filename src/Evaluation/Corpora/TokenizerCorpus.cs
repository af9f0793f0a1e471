using MPCache.Evaluation.Documents;
using MPCache.Evaluation.Training;

namespace MPCache.Evaluation.Corpora;

/// <summary>The tokenizer of a corpus, learned from documents like its own.</summary>
internal static class TokenizerCorpus
{
    private const int Documents = 2500;
    private const int DocumentWords = 512;

    /// <summary>Learns a vocabulary.</summary>
    /// <param name="seed">The corpus's seed.</param>
    /// <param name="size">How many tokens it has.</param>
    public static TrainedVocabulary Train(Seed seed, int size)
    {
        BytePairTrainer trainer = new();
        WordMeasure measure = new();
        for (int i = 0; i < Documents; i++)
        {
            foreach (Tasks.Segment segment in Lessons.Make(seed.Derive("tokenizer", i), Tasks.EvaluationTasks.All, DocumentWords, measure).Segments)
            {
                trainer.Add(segment.Text);
            }
        }

        return trainer.Train(size);
    }
}
