using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.Linq;
using MPCache.Cli.Reports;
using MPCache.Execution;
using MPCache.Models.Generation;
using MPCache.Models.Weights;

namespace MPCache.Cli.Commands;

/// <summary><c>mpcache plan</c>: what a call of a program costs, exactly, without running it.</summary>
internal static class PlanCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        Dictionary<string, ProgramInterface> programs = LlamaPrograms.All.ToDictionary(p => ShortName(p.Interface), p => p.Interface);
        Argument<string> program = new("program") { Description = "The program" };
        program.AcceptOnlyFromAmong([.. programs.Keys]);
        Option<string[]> dims = new("--dim")
        {
            Description = "The size of a dimension, such as tokens=128 for what the cache holds; once for each",
            HelpName = "NAME=SIZE",
            DefaultValueFactory = _ => [],
        };
        dims.Validators.Add(result =>
        {
            foreach (string text in result.Tokens.Select(t => t.Value).Where(t => Dimension(t) is null))
            {
                result.AddError($"--dim {text} is no dimension with its size. Write it as in --dim tokens=128");
            }
        });
        Option<string?> model = new("--model")
        {
            Description = "Checkpoint to take the model's dimensions from: a llama2.c file or a directory of a Hugging Face Llama",
            HelpName = "PATH",
        };
        Option<string?> json = new("--json") { Description = "Write the plan to this file", HelpName = "FILE" };
        Command command = new("plan", "Show the exact flights, bytes and corrections of a program.") { program, dims, model, json };
        command.SetAction(parsed =>
        {
            string name = parsed.GetValue(program)!;
            ProgramInterface declared = programs[name];
            string? report = parsed.GetValue(json);
            ReportFile.Check(report);
            PlanCosts costs = PlanCosts.Of(declared, name, Sizes(declared, name, parsed.GetValue(model), parsed.GetValue(dims)!));
            PlanTables.Write(console.Out, name, costs);
            if (report is not null)
            {
                PlanReport.Write(report, name, costs);
            }

            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>The class and the method, as a command line has them: llama.prefill.</summary>
    private static string ShortName(ProgramInterface program) => string.Join('.', program.Name.Split('.').TakeLast(2)).ToLowerInvariant();

    /// <summary>The model's sizes, and those that are given, which win.</summary>
    private static Dictionary<string, long> Sizes(ProgramInterface declared, string name, string? model, string[] dims)
    {
        Dictionary<string, long> sizes = model is null ? [] : new(LlamaPrograms.ModelDimensions(CheckpointFile.Open(model).Config));
        HashSet<string> given = [];
        foreach ((string dimension, long size) in dims.Select(d => Dimension(d)!.Value))
        {
            if (declared.Dimensions.All(d => d.Name != dimension))
            {
                throw new MPCacheException(
                    $"{name} has no dimension {dimension}",
                    $"Its dimensions are {string.Join(", ", declared.Dimensions.Select(d => d.Name))}");
            }

            if (!given.Add(dimension))
            {
                throw new MPCacheException($"the dimension {dimension} is given twice", "Give each --dim once");
            }

            sizes[dimension] = size;
        }

        // Where nothing is said of evicted tokens there are none: as many were read as are cached. Costs do not depend on it.
        if (declared.Dimensions.FirstOrDefault(d => d.Name == "position") is ProgramDimension position
            && sizes.TryGetValue("tokens", out long cached))
        {
            sizes.TryAdd("position", Math.Min(cached, position.Max));
        }

        return sizes;
    }

    private static (string Name, long Size)? Dimension(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 && long.TryParse(text.AsSpan(equals + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long size)
            ? (text[..equals], size)
            : null;
    }
}
