using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using CsCheck;
using MPCache.Evaluation.Documents;
using MPCache.Evaluation.Tests.TestSupport;
using MPCache.Evaluation.Training;
using MPCache.Models.Weights;
using Xunit;

namespace MPCache.Evaluation.Tests.Training;

public sealed class BytePairTrainerTests
{
    [Fact]
    public void MostFrequentPairIsMergedFirst()
    {
        BytePairTrainer trainer = new();
        trainer.Add("abab abab ab xyz");

        // Within words ab stands five times; then it stands twice beside a space and twice beside itself, and a space has the smaller number.
        TrainedVocabulary vocabulary = trainer.Train(BytePairTrainer.FirstMerge + 2);

        Assert.Equal(["<s>", "</s>"], vocabulary.Pieces.Take(2));
        Assert.Equal(["ab", "Ġab"], vocabulary.Pieces.Skip(BytePairTrainer.FirstMerge));
    }

    [Fact]
    public void TooLittleTextIsSaid()
    {
        BytePairTrainer trainer = new();
        trainer.Add("ab");

        MPCacheException error = Assert.Throws<MPCacheException>(() => trainer.Train(300));

        Assert.Contains("259 tokens, not for 300", error.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public void NearlyEveryWordIsOneToken()
    {
        BytePairTokenizer tokenizer = TrainedTokenizer.Tokenizer;
        string[] words =
        [
            .. Words.People, .. Words.Towns, .. Words.Things, .. Words.Animals, .. Words.Foods, .. Words.Plants, .. Words.Minerals,
            .. Words.Trades, .. Words.Places, .. Words.Colours, .. Words.Materials, .. Words.Looks, .. Words.Weekdays, .. Words.Labels,
        ];

        Assert.InRange(words.Count(word => tokenizer.Encode(" " + word).Count == 2) / (double)words.Length, 0.97, 1);
    }

    [Fact]
    public void MergingFirstPairsFirstGivesTheTokens()
    {
        TrainedVocabulary vocabulary = TrainedTokenizer.Vocabulary;
        Dictionary<(int, int), int> ranks = vocabulary.Merges.Select((pair, rank) => (pair, rank)).ToDictionary(p => p.pair, p => p.rank);
        Gen.OneOf(Gen.String[Gen.Char.AlphaNumeric, 1, 12], Gen.String[Gen.Char['a', 'z'], 1, 12]).Sample(word =>
        {
            string text = " " + word;
            List<int> expected = [TrainedTokenizer.Tokenizer.BeginOfText];
            for (ReadOnlySpan<char> rest = text; !rest.IsEmpty; rest = rest[WordCutter.FirstWord(rest)..])
            {
                expected.AddRange(Merge(rest[..WordCutter.FirstWord(rest)].ToString(), ranks));
            }

            return expected.SequenceEqual(TrainedTokenizer.Tokenizer.Encode(text));
        });
    }

    private static List<int> Merge(string word, Dictionary<(int, int), int> ranks)
    {
        List<int> tokens = [.. Encoding.UTF8.GetBytes(word).Select(b => 2 + b)];
        while (true)
        {
            int best = -1;
            for (int i = 1; i < tokens.Count; i++)
            {
                if (ranks.TryGetValue((tokens[i - 1], tokens[i]), out int rank)
                    && (best < 0 || rank < ranks[(tokens[best - 1], tokens[best])]))
                {
                    best = i;
                }
            }

            if (best < 0)
            {
                return tokens;
            }

            tokens[best - 1] = BytePairTrainer.FirstMerge + ranks[(tokens[best - 1], tokens[best])];
            tokens.RemoveAt(best);
        }
    }
}
