using System;
using System.Collections.Generic;
using MPCache.Evaluation.Documents;
using MPCache.Evaluation.Tasks;

namespace MPCache.Evaluation.Corpora;

/// <summary>What a corpus is made of.</summary>
/// <param name="Seed">What it follows from.</param>
/// <param name="Tokens">How many tokens each length has for training, at least; rows are whole.</param>
public sealed record CorpusOptions(Seed Seed, long Tokens)
{
    /// <summary>The lengths of rows, in tokens; a file each.</summary>
    public IReadOnlyList<int> Lengths { get; init; } = [256, 512, 1024, 2048];

    /// <summary>The tasks that documents are made of. A task that is learned late is learned sooner from documents with few others.</summary>
    public IReadOnlyList<EvaluationTask> Tasks { get; init; } = EvaluationTasks.All;

    /// <summary>How many tokens the tokenizer has.</summary>
    public int Vocabulary { get; init; } = 2048;

    /// <summary>How many documents of each task there are for validation.</summary>
    public int Validation { get; init; } = 64;

    /// <summary>How many threads work; nothing that is written depends on it.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;
}
