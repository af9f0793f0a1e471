using System;
using System.Collections.Generic;
using System.Linq;

namespace MPCache.Evaluation.Scoring;

/// <summary>What came out of an evaluation. It depends on model and settings alone, not on time, threads or interruptions.</summary>
/// <param name="Model">The model's fingerprint.</param>
/// <param name="Seed">What the samples are made from.</param>
/// <param name="Lines">Policies, tasks and lengths, in the order of the settings.</param>
/// <param name="NeedleDepths">The task needle by depth; empty where it is not evaluated.</param>
/// <param name="Perplexities">Policies, texts and lengths, in the order of the settings.</param>
public sealed record Summary(
    string Model, ulong Seed, IReadOnlyList<SummaryLine> Lines, IReadOnlyList<DepthCell> NeedleDepths,
    IReadOnlyList<PerplexityLine> Perplexities)
{
    private const string Needle = "needle";

    /// <summary>Sums an evaluation up.</summary>
    /// <param name="model">The model's fingerprint.</param>
    /// <param name="settings">What was evaluated.</param>
    /// <param name="results">The results, at least those of the settings.</param>
    public static Summary Of(
        string model, EvaluationSettings settings, IReadOnlyDictionary<EvaluationCase, EvaluationResult> results)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(results);
        List<SummaryLine> lines = [];
        List<DepthCell> cells = [];
        foreach (string policy in settings.Policies.Select(p => p.Write()))
        {
            foreach (string task in settings.Tasks.Select(t => t.Name))
            {
                foreach (int length in settings.Lengths)
                {
                    EvaluationResult[] plain = Find(new EvaluationCase(policy, task, length, 0, false), settings.Samples);
                    lines.Add(SummaryLine.Of(plain, Find(new EvaluationCase(policy, task, length, 0, true), settings.Private)));
                    if (task == Needle)
                    {
                        cells.AddRange(
                            plain.Where(r => r.Depth is not null).GroupBy(r => DepthCell.Of(r.Depth!.Value)).OrderBy(g => g.Key)
                                .Select(g => new DepthCell(policy, length, g.Key, g.Count(), g.Count(r => r.IsRight))));
                    }
                }
            }
        }

        string first = settings.Policies[0].Write();
        PerplexityLine[] perplexities =
        [
            .. from policy in settings.Policies.Select(p => p.Write())
               from text in settings.Texts.Select(t => t.Name)
               from length in settings.Lengths
               select PerplexityLine.Of(
                   Find(new EvaluationCase(policy, text, length, 0, false), settings.Samples),
                   Find(new EvaluationCase(first, text, length, 0, false), settings.Samples)),
        ];
        return new Summary(model, settings.Seed.Value, lines, cells, perplexities);

        EvaluationResult[] Find(EvaluationCase first, int samples) =>
            [.. Enumerable.Range(0, samples).Select(i => results[first with { Sample = i }])];
    }
}
