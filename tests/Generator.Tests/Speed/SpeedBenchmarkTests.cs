using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text.Json;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using MPCache.Bench.Compiler;
using MPCache.Bench.Compiler.Reports;
using MPCache.Bench.Compiler.Running;
using MPCache.Bench.Compiler.Sources;
using MPCache.Cli;
using Xunit;

namespace MPCache.Generator.Tests.Speed;

/// <summary>The benchmark of the generator, on sources of a few lines: what it counts, what it notices, and what it prints.</summary>
public sealed class SpeedBenchmarkTests
{
    private const string Usings = "using MPCache;\nusing static MPCache.Functions;\n";

    private static readonly SourceFile[] Files =
    [
        new("Model.cs", Usings + """
            public static partial class Model
            {
                [EntryPoint]
                public static Tensor Far([Shape("n"), Range(-1, 1), Owned(Party.Client)] Tensor x) => Layer.Outer(x).Reveal(Party.Client);

                [EntryPoint(Networks = Network.Lan | Network.Wan)]
                public static Tensor Near([Shape("n"), Range(-1, 1), Owned(Party.Client)] Tensor x) => Layer.Inner(x).Reveal(Party.Client);

                [EntryPoint]
                public static Tensor Apart([Shape("n"), Range(-1, 1), Owned(Party.Client)] Tensor x) => Layer.Other(x).Reveal(Party.Client);
            }
            """),
        new("Layer.cs", Usings + """
            public static class Layer
            {
                [Protocol]
                public static Tensor Outer(Tensor x) => Inner(x) + x;

                [Protocol]
                internal static Tensor Inner(Tensor x) => x * 2f;

                [Protocol]
                public static Tensor Other(Tensor x) => x + 1f;
            }
            """),
        new("Unrelated.cs", "public static class Unrelated\n{\n    public static int Number() => 1;\n}\n"),
    ];

    private static readonly SourceEdit Unrelated = new("a body", null, "Unrelated.cs", "=> 1", "=> 2");

    private static readonly SourceEdit Protocol = new("a protocol", "Layer.Inner", "Layer.cs", "2f", "3f");

    private static readonly SourceEdit Entry = new("an entry point", "Model.Apart", "Model.cs", "Layer.Other(x)", "Layer.Other(x * 2f)");

    private static readonly ProgramSources Sources = new(Files, ProgramReferences.Load());

    private static readonly Lazy<SpeedReport> Report = new(() => Benchmark().Run([Unrelated, Protocol, Entry]));

    [Fact]
    public void Every_step_of_the_pipeline_is_counted() => Assert.Equal(
        typeof(Steps).GetFields(BindingFlags.Static | BindingFlags.Public).Select(f => (string)f.GetRawConstantValue()!),
        RunSteps.FrontEnd.Concat(RunSteps.Later));

    [Fact]
    public void The_edits_of_the_models_stand_in_their_sources()
    {
        ProgramSources models = new(ModelSources.Load(), []);
        Assert.All(ModelEdits.All, edit =>
        {
            (SyntaxTree before, SyntaxTree after) = models.Edit(edit);
            Assert.NotEqual(before.GetText().ToString(), after.GetText().ToString());
            Assert.Empty(after.GetDiagnostics());
        });
        Assert.Contains(ModelEdits.All, e => e.Method is null);
        Assert.Contains(ModelEdits.All, e => e.Method is not null);
    }

    [Fact]
    public void An_edit_that_is_not_in_the_sources_is_named()
    {
        InvalidOperationException text = Assert.Throws<InvalidOperationException>(() => Sources.Edit(Protocol with { Before = "4f" }));
        Assert.Contains("'4f' does not stand in Layer.Inner: mend the edit 'a protocol'", text.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => Sources.Edit(Protocol with { Method = "Layer.None" }));
        Assert.Throws<InvalidOperationException>(() => Sources.Edit(Protocol with { Path = "None.cs" }));
    }

    [Fact]
    public void Calls_are_followed_to_the_entry_points()
    {
        CallGraph calls = new(Sources.Compile());
        Assert.Equal(["Model.Apart", "Model.Far", "Model.Near"], calls.Entries.Order());
        Assert.Equal(["Model.Far", "Model.Near"], calls.EntriesReaching("Layer.Inner").Order());
        Assert.Equal(["Model.Far"], calls.EntriesReaching("Layer.Outer"));
        Assert.Equal(["Model.Apart"], calls.EntriesReaching("Model.Apart"));
    }

    [Fact]
    public void An_unrelated_edit_finds_everything_cached()
    {
        EditLine edit = Report.Value.Edits[0];
        Assert.Empty(edit.Wrong);
        Assert.Empty(edit.Compiled);
        Assert.All(edit.Steps, step => Assert.Equal((step.Step, 0, 0, 0), (step.Step, step.Modified, step.New, step.Removed)));
        Assert.Equal(new StepCount(Steps.Programs, 3, 0, 0, 0, 0), edit.Steps.Single(s => s.Step == Steps.Programs));
    }

    [Fact]
    public void An_edit_of_a_protocol_compiles_what_reaches_it()
    {
        EditLine edit = Report.Value.Edits[1];
        Assert.Empty(edit.Wrong);
        Assert.Equal("Layer.Inner", edit.Method);
        Assert.Equal(["Model.Far", "Model.Near"], edit.Compiled);
        Assert.Equal(new StepCount(Steps.Programs, 1, 0, 2, 0, 0), edit.Steps.Single(s => s.Step == Steps.Programs));
        Assert.Equal(1, edit.Steps.Single(s => s.Step == Steps.Protocols).Modified);
    }

    [Fact]
    public void An_edit_of_an_entry_point_compiles_it_alone()
    {
        EditLine edit = Report.Value.Edits[2];
        Assert.Empty(edit.Wrong);
        Assert.Equal(["Model.Apart"], edit.Compiled);
        Assert.Equal(0, edit.Steps.Single(s => s.Step == Steps.Protocols).Modified);
    }

    [Fact]
    public void What_is_computed_and_should_not_be_is_told_and_the_other_way_round()
    {
        GeneratorRunResult edited = After(Protocol);
        Assert.Contains("1 of Protocols are Modified where Unchanged is right", EditCheck.Unrelated(edited));
        Assert.Contains("2 of Programs are Modified where Cached is right", EditCheck.Unrelated(edited));
        Assert.Equal(
            [
                "Layer.Inner was read anew though it does not reach the edit", "Layer.Other was not read anew though it reaches the edit",
                "Model.Far was compiled anew though it does not reach the edit",
                "Model.Apart was not compiled anew though it reaches the edit",
            ],
            EditCheck.Edited(edited, "Layer.Other", new HashSet<string> { "Model.Apart", "Model.Near" }));
    }

    [Fact]
    public void Stages_take_no_longer_than_their_run()
    {
        GeneratorRun run = GeneratorRun.Of(GeneratorRun.NewDriver(), Sources.Compile());
        (string Stage, TimeSpan Elapsed)[] times = [.. RunSteps.Times(run)];
        Assert.Equal(run.Elapsed, new TimeSpan(times.Sum(t => t.Elapsed.Ticks)));
        Assert.All(times, t => Assert.True(t.Elapsed >= TimeSpan.Zero, t.Stage));
        Assert.True(times.Single(t => t.Stage == "front end").Elapsed > TimeSpan.Zero);
        Assert.True(times.Single(t => t.Stage == "compiler").Elapsed > TimeSpan.Zero);
    }

    [Fact]
    public void Entry_points_are_chosen_by_name()
    {
        EntryLine entry = Assert.Single(Benchmark().RunEntries("Near"));
        Assert.Equal(("Model.Near", 2, 1, 2), (entry.Name, entry.Programs, entry.Protocols, entry.Seconds.Runs));
        MPCacheException error = Assert.Throws<MPCacheException>(() => Benchmark().RunEntries("Nowhere"));
        Assert.Contains("no entry point has 'Nowhere' in its name. Give --entry a part", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_is_tables()
    {
        using StringWriter output = new() { NewLine = "\n" };
        SpeedTables.Write(output, Report.Value);
        string[] lines = output.ToString().Split('\n');
        Assert.Contains("3 entry points and 3 protocols", lines[2], StringComparison.Ordinal);
        Assert.Equal(
            ["first run", "entry point", "edit", "step"],
            lines.Where((l, i) => l.StartsWith('|') && lines[i + 1].StartsWith("| -", StringComparison.Ordinal)).Select(l => Cells(l)[0]));
        Assert.Equal(3, lines.Count(l => l.StartsWith("| Model.", StringComparison.Ordinal)));

        // The front end reads every method of the file that is edited.
        Assert.Equal(
            ["Protocols", "3 / 0 / 0", "0 / 2 / 1", "3 / 0 / 0"],
            Cells(Assert.Single(lines, l => l.StartsWith("| Protocols ", StringComparison.Ordinal))));
        Assert.Contains("Layer.Inner compiles anew Model.Far, Model.Near.", lines);
        Assert.DoesNotContain(lines, l => l.EndsWith(' '));
    }

    [Fact]
    public void A_report_is_lines_of_json()
    {
        string file = Path.GetTempFileName();
        try
        {
            SpeedJson.Write(file, Report.Value.Lines);
            JsonElement[] lines = [.. File.ReadAllLines(file).Select(l => JsonDocument.Parse(l).RootElement)];
            Assert.Equal(
                ["machine", "run", "entry", "entry", "entry", "edit", "edit", "edit"],
                lines.Select(l => l.GetProperty("kind").GetString()));
            Assert.Equal(3, lines[1].GetProperty("protocols").GetInt32());
            Assert.Equal(2, lines[2].GetProperty("seconds").GetProperty("runs").GetInt32());
            Assert.Equal(2, lines[6].GetProperty("compiled").GetArrayLength());
            Assert.Equal(0, lines[6].GetProperty("wrong").GetArrayLength());
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData(ExitCode.Usage, "--runs: '0' is not possible. Give a whole number from 1 to 1000", "--runs", "0")]
    [InlineData(ExitCode.Usage, "'--bogus' is no command or option here. See 'bench-compiler --help'", "--bogus")]
    [InlineData(ExitCode.Failed, "Give --json a file in a folder that exists", "--json", "/nowhere/speed.jsonl")]
    public async Task A_wrong_command_line_is_one_line(int code, string message, params string[] args)
    {
        await using StringWriter output = new();
        await using StringWriter error = new() { NewLine = "\n" };

        Assert.Equal(code, await CompilerCommandLine.RunAsync(args, new CommandConsole(output, error)));

        Assert.Empty(output.ToString());
        Assert.Contains(message, Assert.Single(error.ToString().TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
    }

    private static SpeedBenchmark Benchmark() => new(Sources, runs: 2, warmUp: 0, _ => { });

    private static GeneratorRunResult After(SourceEdit edit)
    {
        Compilation before = Sources.Compile();
        (SyntaxTree old, SyntaxTree edited) = Sources.Edit(edit);
        return GeneratorRun.Of(GeneratorRun.Of(GeneratorRun.NewDriver(), before).Driver, before.ReplaceSyntaxTree(old, edited)).Result;
    }

    private static string[] Cells(string line) => [.. line.Trim('|').Split('|').Select(c => c.Trim())];
}
