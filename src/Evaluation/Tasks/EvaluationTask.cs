using System;
using MPCache.Evaluation.Documents;

namespace MPCache.Evaluation.Tasks;

/// <summary>
/// A task that shows how well a model makes use of a long prompt, after RULER (Hsieh et al., "RULER: What's the Real Context Size of Your
/// Long-Context Language Models?", 2024) and LongBench (Bai et al., "LongBench: A Bilingual, Multitask Benchmark for Long Context
/// Understanding", 2024), over documents of our own grammars.
/// </summary>
public abstract class EvaluationTask
{
    /// <summary>The shortest prompt with its answer that every task fits into, in tokens.</summary>
    public const int ShortestLength = 128;

    // How much of a prompt a task's own sentences may take; the rest is prose around them.
    private const double StatementShare = 0.4;
    private const double MostFixed = 0.75;

    /// <summary>The task's name.</summary>
    public abstract string Name { get; }

    /// <summary>Its name.</summary>
    public sealed override string ToString() => Name;

    /// <summary>What is asked, in one line.</summary>
    public abstract string Summary { get; }

    /// <summary>Makes a sample: the same for the same arguments, under every version of .NET.</summary>
    /// <param name="seed">What it is made from.</param>
    /// <param name="length">How many tokens prompt and answer have together, at least <see cref="ShortestLength"/>; they fall short of it
    /// by a few tokens at most, and never exceed it.</param>
    /// <param name="measure">What counts tokens.</param>
    /// <exception cref="MPCacheException">The length is below the shortest, or too short with this tokenizer.</exception>
    public TaskSample Sample(Seed seed, int length, TextMeasure measure)
    {
        ArgumentNullException.ThrowIfNull(measure);
        if (length < ShortestLength)
        {
            throw new MPCacheException(
                $"A prompt of {length} tokens is too short for the task {Name}", $"Ask for {ShortestLength} tokens or more");
        }

        Document document = Compose(seed, length, measure);
        return new TaskSample(Name, document.Prompt, document.Answer, document.Depth, document.Tokens);
    }

    /// <summary>Makes a sample's document.</summary>
    internal Document Compose(Seed seed, int length, TextMeasure measure)
    {
        // Tasks reckon with a token a word; where the tokenizer's are shorter, they say less.
        for (int tokens = (int)(length * StatementShare); tokens > 0; tokens /= 2)
        {
            World world = new(new SeededRandom(seed));
            Composition composition = new(world, measure);
            composition.Add(Create(world, tokens), 1);
            if (composition.Fixed <= MostFixed * length)
            {
                return composition.ToSample(length);
            }
        }

        throw new MPCacheException($"The task {Name} does not fit into {length} tokens of this tokenizer", "Ask for more tokens");
    }

    /// <summary>Makes what the task puts into a document.</summary>
    /// <param name="world">The document's world.</param>
    /// <param name="tokens">About how many tokens the statements may take.</param>
    internal abstract Challenge Create(World world, int tokens);
}
