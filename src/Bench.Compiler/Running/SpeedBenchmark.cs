using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using MPCache.Bench.Compiler.Reports;
using MPCache.Bench.Compiler.Sources;
using MPCache.Bench.Running;
using MPCache.Generator;
using MPCache.Generator.FrontEnd;
using MPCache.Generator.Ir;

namespace MPCache.Bench.Compiler.Running;

/// <summary>Measures the generator: first runs, entry points, and runs after edits.</summary>
/// <param name="sources">What is compiled.</param>
/// <param name="runs">How many runs of each kind count.</param>
/// <param name="warmUp">How many runs behind the process's first go before those that count.</param>
/// <param name="progress">Where progress is reported to.</param>
internal sealed class SpeedBenchmark(ProgramSources sources, int runs, int warmUp, Action<string> progress)
{
    /// <summary>Measures all.</summary>
    /// <param name="edits">The edits.</param>
    public SpeedReport Run(IEnumerable<SourceEdit> edits)
    {
        ArgumentNullException.ThrowIfNull(edits);
        GeneratorRun cold = First("the first run of this process");
        RequireValid(cold.Result);
        for (int i = 0; i < warmUp; i++)
        {
            First("a run to warm up");
        }

        List<GeneratorRun> first = [];
        List<TimeSpan> binding = [];
        for (int i = 1; i <= runs; i++)
        {
            first.Add(First(FormattableString.Invariant($"first run, {i} of {runs}")));
            binding.Add(Yardstick.Bind(sources.Compile()));
        }

        int methods = RunSteps.Of(cold.Result, Steps.EntryPoints).Concat(RunSteps.Of(cold.Result, Steps.Protocols)).Count();
        RunLine line = new(
            RunSteps.Of(cold.Result, Steps.EntryPoints).Count(), RunSteps.Of(cold.Result, Steps.Protocols).Count(),
            cold.Elapsed.TotalSeconds, Timing.Of(first.Select(r => r.Elapsed)), Median(first.Select(r => r.AllocatedBytes)), Stages(first),
            Timing.Of(binding));
        CallGraph calls = new(sources.Compile());
        return new SpeedReport(line, Entries(first), [.. edits.Select(e => Measure(e, calls, methods))]);
    }

    /// <summary>Measures the compilation of entry points, each by itself.</summary>
    /// <param name="filter">What is in their names.</param>
    /// <exception cref="MPCacheException">No entry point has this in its name.</exception>
    public IReadOnlyList<EntryLine> RunEntries(string filter)
    {
        GeneratorRun all = First("the first run of this process");
        RequireValid(all.Result);
        Closure[] chosen =
        [
            .. RunSteps.Of(all.Result, Steps.Closures).Select(o => (Closure)o.Value)
                .Where(c => c.Name.Contains(filter, StringComparison.Ordinal)),
        ];
        if (chosen.Length == 0)
        {
            throw new MPCacheException(
                $"no entry point has '{filter}' in its name", "Give --entry a part of one, such as Llama.Decode, or leave it out");
        }

        return [.. chosen.Select(Measure).OrderByDescending(l => l.Seconds.Median)];
    }

    private GeneratorRun First(string what)
    {
        progress(what);
        return GeneratorRun.Of(GeneratorRun.NewDriver(), sources.Compile());
    }

    private EditLine Measure(SourceEdit edit, CallGraph calls, int methods)
    {
        progress(edit.Method is null ? edit.Name : $"{edit.Name}, {edit.Method}");
        Compilation before = sources.Compile();
        GeneratorDriver driver = GeneratorRun.Of(GeneratorRun.NewDriver(), before).Driver;
        (SyntaxTree old, SyntaxTree edited) = sources.Edit(edit);
        Compilation Next() => before.ReplaceSyntaxTree(old, edited);

        GeneratorRun last = GeneratorRun.Of(driver, Next());
        RequireValid(last.Result);
        List<GeneratorRun> counted = [];
        List<TimeSpan> binding = [];
        for (int i = 0; i < runs; i++)
        {
            counted.Add(GeneratorRun.Of(driver, Next()));
            binding.Add(Yardstick.Bind(Next()));
        }

        string? method = edit.Method is null ? null : calls.FullName(edit.Method);
        return new EditLine(
            edit.Name, method, Timing.Of(counted.Select(r => r.Elapsed)), Timing.Of(binding), Median(counted.Select(r => r.AllocatedBytes)),
            methods, Stages(counted), [.. EditCheck.Compiled(last.Result).Order(StringComparer.Ordinal)], StepCount.All(last.Result),
            method is null ? EditCheck.Unrelated(last.Result) : EditCheck.Edited(last.Result, method, calls.EntriesReaching(method)));
    }

    private EntryLine Measure(Closure closure)
    {
        progress(closure.Name);
        List<double> seconds = [];
        string source = "";
        for (int i = 0; i < warmUp + runs; i++)
        {
            GC.Collect();
            long start = Stopwatch.GetTimestamp();
            source = CompiledEntry.Of(closure, CancellationToken.None).Source!;
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return Entry(closure, source, Timing.Of(seconds[warmUp..]));
    }

    private static List<EntryLine> Entries(IReadOnlyList<GeneratorRun> first)
    {
        Dictionary<string, Closure> closures = RunSteps.Of(first[0].Result, Steps.Closures).Select(o => (Closure)o.Value)
            .ToDictionary(c => c.Name);
        var compiled =
            from run in first
            from step in RunSteps.Runs(run.Result, Steps.Programs)
            let entry = (CompiledEntry)step.Outputs.Single().Value
            group (entry, step.ElapsedTime) by entry.Name;
        return
        [
            .. compiled.Select(g => Entry(closures[g.Key], g.First().entry.Source!, Timing.Of(g.Select(s => s.ElapsedTime))))
                .OrderByDescending(l => l.Seconds.Median),
        ];
    }

    private static EntryLine Entry(Closure closure, string source, Timing seconds) => new(
        closure.Name, Profile.Declared(Parser.Parse(closure.Text!)).Count, closure.Protocols.Count(), source.Count(c => c == '\n'),
        seconds);

    private static IReadOnlyList<StageTime> Stages(IEnumerable<GeneratorRun> runs) =>
    [
        .. runs.SelectMany(RunSteps.Times).GroupBy(t => t.Stage)
            .Select(stage => new StageTime(stage.Key, Timing.Of(stage.Select(t => t.Elapsed)))),
    ];

    private static long Median(IEnumerable<long> values)
    {
        long[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    /// <summary>A program that does not compile takes no time.</summary>
    private static void RequireValid(GeneratorRunResult result)
    {
        Diagnostic? error = result.Diagnostics.FirstOrDefault(d => d.Severity == DiagnosticSeverity.Error);
        if (error is not null)
        {
            throw new InvalidOperationException($"The generator rejects the sources: {error}");
        }
    }
}
