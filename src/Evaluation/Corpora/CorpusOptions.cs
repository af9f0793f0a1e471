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
    /// <summary>The shortest row that holds statements, questions and answers of every task, in tokens.</summary>
    public const int ShortestRow = 128;

    /// <summary>The longest row, in tokens.</summary>
    public const int LongestRow = 1 << 16;

    /// <summary>The lengths of rows, in tokens, each another one; a file each.</summary>
    public IReadOnlyList<int> Lengths { get; init; } = [256, 512, 1024, 2048];

    /// <summary>The tasks that documents are made of, each another one. A task that is learned late is learned sooner from documents with few others.</summary>
    public IReadOnlyList<EvaluationTask> Tasks { get; init; } = EvaluationTasks.All;

    /// <summary>How many tokens the tokenizer has.</summary>
    public int Vocabulary { get; init; } = 2048;

    /// <summary>How many documents of each task there are for validation.</summary>
    public int Validation { get; init; } = 64;

    /// <summary>How many threads work; nothing that is written depends on it.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;
}
