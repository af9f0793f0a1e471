using System;
using System.IO;
using MPCache.Evaluation.Corpora;
using MPCache.Evaluation.Documents;
using MPCache.Evaluation.Training;
using MPCache.Models.Weights;

namespace MPCache.Evaluation.Tests.TestSupport;

/// <summary>The tokenizer of a corpus, learned once for all tests.</summary>
internal static class TrainedTokenizer
{
    private static readonly Lazy<(TrainedVocabulary Vocabulary, BytePairTokenizer Tokenizer)> Trained = new(() =>
    {
        TrainedVocabulary vocabulary = TokenizerCorpus.Train(new Seed(1), 2048);
        using TemporaryFolder folder = new();
        string path = folder.Path("tokenizer.json");
        using (FileStream file = File.Create(path))
        {
            vocabulary.Write(file);
        }

        return (vocabulary, BytePairTokenizer.Read(path, 2048));
    });

    public static TrainedVocabulary Vocabulary => Trained.Value.Vocabulary;

    public static BytePairTokenizer Tokenizer => Trained.Value.Tokenizer;
}
