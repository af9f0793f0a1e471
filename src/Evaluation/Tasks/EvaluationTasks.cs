using System;
using System.Collections.Generic;
using System.Linq;

namespace MPCache.Evaluation.Tasks;

/// <summary>All tasks.</summary>
public static class EvaluationTasks
{
    /// <summary>The tasks, in the order in which they are reported.</summary>
    public static IReadOnlyList<EvaluationTask> All { get; } =
    [
        new NeedleTask(),
        new NeedlesTask(),
        new KeysTask(),
        new TrackingTask(),
        new LabellingTask(),
        new QuestionsTask(),
        new TextTask(),
    ];

    /// <summary>The task of a name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="MPCacheException">There is no such task; the message names all.</exception>
    public static EvaluationTask Find(string name) =>
        All.FirstOrDefault(task => string.Equals(task.Name, name, StringComparison.Ordinal))
        ?? throw new MPCacheException($"There is no task '{name}'", $"Use one of {string.Join(", ", All.Select(task => task.Name))}");
}
