using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using MPCache.Evaluation.Documents;
using MPCache.Evaluation.Tasks;
using MPCache.Models.Policies;

namespace MPCache.Evaluation.Scoring;

/// <summary>What is evaluated: policies × (tasks and texts) × lengths × samples.</summary>
/// <param name="Policies">The cache policies, each once.</param>
/// <param name="Tasks">The tasks that ask something, each once.</param>
/// <param name="Lengths">Lengths of prompt and answer together, or of a text, in tokens, ascending.</param>
/// <param name="Samples">Samples of each task or text and length, at least 1; all policies get the same ones.</param>
/// <param name="Private">How many of the tasks' samples also run between two parties, at most all.</param>
/// <param name="Seed">What the samples are made from.</param>
public sealed record EvaluationSettings(
    IReadOnlyList<CachePolicy> Policies, IReadOnlyList<EvaluationTask> Tasks, IReadOnlyList<int> Lengths, int Samples, int Private,
    Seed Seed)
{
    /// <summary>The texts whose perplexity is measured, each source once.</summary>
    public IReadOnlyList<ITextSource> Texts { get; init; } = [];

    /// <summary>What runs in plain: the names of tasks and texts.</summary>
    public IReadOnlyList<string> PlainNames => [.. Tasks.Select(t => t.Name), .. Texts.Select(t => t.Name)];

    /// <summary>How many cases run in plain.</summary>
    public int PlainCases => Policies.Count * (Tasks.Count + Texts.Count) * Lengths.Count * Samples;

    /// <summary>How many cases run between two parties.</summary>
    public int PrivateCases => Policies.Count * Tasks.Count * Lengths.Count * Private;

    /// <summary>Checks the settings by themselves.</summary>
    /// <exception cref="MPCacheException">Something is missing, named twice, or of a kind that cannot be scored.</exception>
    public void Check()
    {
        Require(Policies.Count > 0, "no cache policy is named", "Name at least one");
        Require(Tasks.Count + Texts.Count > 0, "no task is named", "Name at least one");
        Require(Lengths.Count > 0, "no length is named", "Name at least one");
        Unique("policy", Policies.Select(p => p.Write()));
        Unique("task", PlainNames);
        Unique("length", Lengths.Select(l => l.ToString(CultureInfo.InvariantCulture)));
        Require(!Tasks.Any(t => t is TextTask), "the task text asks nothing", "Evaluate it as a text");
        int least = Lengths.Min();
        Require(
            least >= EvaluationTask.ShortestLength, $"a length of {Text(least)} tokens is too short for the tasks",
            $"Give lengths of at least {Text(EvaluationTask.ShortestLength)} tokens");
        Require(Samples >= 1, $"{Text(Samples)} samples are asked for", "Ask for at least 1");
        Require(
            Private >= 0 && Private <= Samples, $"{Text(Private)} of {Text(Samples)} samples are to run between two parties",
            "Give a number from 0 to that of the samples");
        Require(
            Private == 0 || Tasks.Count > 0,
            "texts are measured in plain alone: between two parties nobody learns how likely a token is",
            "Leave --private out, or name a task that asks something");
    }

    /// <summary>The sample of a task: what it is made from.</summary>
    /// <param name="length">The length.</param>
    /// <param name="sample">Which one, from 0.</param>
    public Seed SampleSeed(int length, int sample) => Seed.Derive("evaluate", length, sample);

    private static void Unique(string what, IEnumerable<string> names)
    {
        string? twice = names.GroupBy(n => n).FirstOrDefault(g => g.Count() > 1)?.Key;
        Require(twice is null, $"the {what} {twice} is named twice", "Name each once");
    }

    private static void Require(bool holds, string cause, string cure)
    {
        if (!holds)
        {
            throw new MPCacheException(cause, cure);
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
