using System.Collections.Generic;
using MPCache.Evaluation.Documents;

namespace MPCache.Evaluation.Scoring;

/// <summary>Texts in which nothing is asked: the model predicts their last tokens, each from those before it.</summary>
public interface ITextSource
{
    /// <summary>What names the source in results: the same name stands for the same texts. It has no comma and no quote.</summary>
    string Name { get; }

    /// <summary>A text.</summary>
    /// <param name="seed">What the samples of the evaluation are made from.</param>
    /// <param name="length">How many tokens it has at most, the one that begins a text included.</param>
    /// <param name="sample">Which one of this length, from 0.</param>
    /// <exception cref="MPCacheException">There are not so many, or none of this length.</exception>
    IReadOnlyList<int> Read(Seed seed, int length, int sample);
}
