using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using MPCache.Models.Weights;

namespace MPCache.Evaluation.Training;

/// <summary>
/// Learns a byte-level byte-pair vocabulary (Sennrich, Haddow and Birch, "Neural Machine Translation of Rare Words with Subword Units",
/// 2016): again and again the most frequent pair of adjacent tokens within words becomes a token. Of pairs that are equally frequent the
/// one with the smaller numbers wins, so that the same text gives the same vocabulary everywhere.
/// </summary>
public sealed class BytePairTrainer
{
    /// <summary>The tokens there are before any merge: those that begin and end a text, and one for every byte.</summary>
    public const int FirstMerge = 2 + 256;

    private const int FirstByte = 2;

    private readonly Dictionary<string, long> _counts = [];

    /// <summary>Counts the words of a text.</summary>
    /// <param name="text">The text.</param>
    public void Add(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Dictionary<string, long>.AlternateLookup<ReadOnlySpan<char>> counts = _counts.GetAlternateLookup<ReadOnlySpan<char>>();
        for (ReadOnlySpan<char> rest = text; !rest.IsEmpty;)
        {
            int length = WordCutter.FirstWord(rest);
            CollectionsMarshal.GetValueRefOrAddDefault(counts, rest[..length], out _)++;
            rest = rest[length..];
        }
    }

    /// <summary>Learns the vocabulary.</summary>
    /// <param name="size">How many tokens it has, at least <see cref="FirstMerge"/>.</param>
    /// <exception cref="MPCacheException">The text has too few different words for as many tokens.</exception>
    public TrainedVocabulary Train(int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, FirstMerge);
        List<string> pieces = ["<s>", "</s>", .. Enumerable.Range(0, 256).Select(b => ByteAlphabet.Character((byte)b).ToString())];
        List<(int Left, int Right)> merges = [];

        // Each word as its tokens now; sorted, so that nothing depends on the order of a dictionary.
        (List<int> Tokens, long Count)[] words =
        [
            .. _counts.OrderBy(w => w.Key, StringComparer.Ordinal)
                .Select(w => (Encoding.UTF8.GetBytes(w.Key).Select(b => FirstByte + b).ToList(), w.Value)),
        ];
        Dictionary<(int Left, int Right), long> pairs = [];
        foreach ((List<int> tokens, long count) in words)
        {
            CountPairs(pairs, tokens, count);
        }

        while (pieces.Count < size)
        {
            ((int Left, int Right) pair, long most) = Best(pairs);
            if (most <= 0)
            {
                throw new MPCacheException(
                    string.Create(CultureInfo.InvariantCulture, $"The text has words for {pieces.Count} tokens, not for {size}"),
                    "Give more text, or ask for fewer tokens");
            }

            int merged = pieces.Count;
            pieces.Add(pieces[pair.Left] + pieces[pair.Right]);
            merges.Add(pair);
            foreach ((List<int> tokens, long count) in words)
            {
                if (Holds(tokens, pair))
                {
                    CountPairs(pairs, tokens, -count);
                    Merge(tokens, pair, merged);
                    CountPairs(pairs, tokens, count);
                }
            }
        }

        return new TrainedVocabulary(pieces, merges);
    }

    private static void CountPairs(Dictionary<(int Left, int Right), long> pairs, List<int> tokens, long count)
    {
        for (int i = 1; i < tokens.Count; i++)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(pairs, (tokens[i - 1], tokens[i]), out _) += count;
        }
    }

    private static ((int Left, int Right) Pair, long Count) Best(Dictionary<(int Left, int Right), long> pairs)
    {
        ((int Left, int Right) Pair, long Count) best = default;
        foreach (((int Left, int Right) pair, long count) in pairs)
        {
            if (count > best.Count || (count == best.Count && pair.CompareTo(best.Pair) < 0))
            {
                best = (pair, count);
            }
        }

        return best;
    }

    private static bool Holds(List<int> tokens, (int Left, int Right) pair)
    {
        for (int i = 1; i < tokens.Count; i++)
        {
            if (tokens[i - 1] == pair.Left && tokens[i] == pair.Right)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Replaces a pair from left to right, as an encoder does.</summary>
    private static void Merge(List<int> tokens, (int Left, int Right) pair, int merged)
    {
        int kept = 0;
        for (int i = 0; i < tokens.Count; i++)
        {
            bool joins = i + 1 < tokens.Count && tokens[i] == pair.Left && tokens[i + 1] == pair.Right;
            tokens[kept++] = joins ? merged : tokens[i];
            i += joins ? 1 : 0;
        }

        tokens.RemoveRange(kept, tokens.Count - kept);
    }
}
