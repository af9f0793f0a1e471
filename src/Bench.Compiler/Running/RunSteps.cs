using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using MPCache.Generator;

namespace MPCache.Bench.Compiler.Running;

/// <summary>The tracked steps of a run, by the stages that they belong to.</summary>
internal static class RunSteps
{
    /// <summary>What the outputs of a run, its sources and diagnostics, are called among the steps.</summary>
    public const string Outputs = nameof(Outputs);

    /// <summary>The stage of what no step counts: Roslyn's search for attributes and its parsing of the sources that were added.</summary>
    public const string Rest = "search for attributes, parsing what was emitted";

    /// <summary>The steps that look at syntax or at references, and so at every edit.</summary>
    public static IReadOnlyList<string> FrontEnd { get; } =
        [Steps.EntryPoints, Steps.Protocols, Steps.Residents, Steps.States, Steps.ReferencedProtocols];

    /// <summary>The steps behind the front end, in order.</summary>
    public static IReadOnlyList<string> Later { get; } =
        [Steps.ProtocolTable, Steps.Closures, Steps.Programs, Steps.ExportedProtocols, Steps.Diagnoses, Steps.Reports];

    private static readonly (string Stage, string[] Steps)[] LaterStages =
    [
        ("calls", [Steps.ProtocolTable, Steps.Closures]),
        ("compiler", [Steps.Programs]),
        ("exported protocols", [Steps.ExportedProtocols]),
        ("diagnostics", [Steps.Diagnoses, Steps.Reports]),
    ];

    /// <summary>A step's outputs; none where nothing of its kind is in the sources.</summary>
    public static IEnumerable<(object Value, IncrementalStepRunReason Reason)> Of(GeneratorRunResult result, string step) =>
        Runs(result, step).SelectMany(r => r.Outputs);

    /// <summary>How long each stage took, and what no step counts.</summary>
    /// <param name="run">The run.</param>
    public static IEnumerable<(string Stage, TimeSpan Elapsed)> Times(GeneratorRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        List<(string, TimeSpan)> times =
        [
            ("front end", Sum(FrontEnd.SelectMany(s => Runs(run.Result, s)).SelectMany(WithTransform))),
            .. LaterStages.Select(stage => (stage.Stage, Sum(stage.Steps.SelectMany(s => Runs(run.Result, s))))),
            ("adding sources", Sum(Runs(run.Result, Outputs))),
        ];
        return times.Append((Rest, run.Elapsed - new TimeSpan(times.Sum(t => t.Item2.Ticks))));
    }

    /// <summary>The runs of a step.</summary>
    public static IEnumerable<IncrementalGeneratorRunStep> Runs(GeneratorRunResult result, string step) =>
        step == Outputs ? result.TrackedOutputSteps.SelectMany(s => s.Value)
        : result.TrackedSteps.TryGetValue(step, out var runs) ? runs
        : [];

    // The front end's steps take apart what a transform has made of a declaration, and that is where the work is.
    private static IEnumerable<IncrementalGeneratorRunStep> WithTransform(IncrementalGeneratorRunStep step) =>
        step.Inputs.Select(i => i.Source).Where(s => s.Name?.StartsWith("result_", StringComparison.Ordinal) == true).Append(step);

    // A transform's run covers a file: all its declarations have it as their input.
    private static TimeSpan Sum(IEnumerable<IncrementalGeneratorRunStep> steps) =>
        new(steps.Distinct<IncrementalGeneratorRunStep>(ReferenceEqualityComparer.Instance).Sum(s => s.ElapsedTime.Ticks));
}
