using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.Linq;
using MPCache.Cli.Reports.Plans;
using MPCache.Execution;
using MPCache.Models.Generation;
using MPCache.Models.Weights;
using MPCache.Transport;

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
        Option<string?> html = new("--html")
        {
            Description = "Write the plan to this file as a page to look at, which needs nothing else",
            HelpName = "FILE",
        };
        Option<string?> against = new("--against")
        {
            Description = "Compare with a plan that --json wrote before, and show what differs; sizes that are not given are its",
            HelpName = "FILE",
        };
        Option<bool> fail = new("--fail-on-increase")
        {
            Description = "With --against: exit code 3 where flights or bytes of any direction have grown",
        };
        Option<IReadOnlyList<NetworkProfile>> networks = Networks();
        Command command = new("plan", "Show the exact flights, bytes and corrections of a program.")
        {
            program, dims, model, networks, json, html, against, fail,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(fail) && result.GetResult(against) is null)
            {
                result.AddError("--fail-on-increase compares with a plan from before. Add --against FILE");
            }
        });
        command.SetAction(parsed =>
        {
            string name = parsed.GetValue(program)!;
            ProgramInterface declared = programs[name];
            (string? report, string? page) = (parsed.GetValue(json), parsed.GetValue(html));
            PlanCosts? before = parsed.GetValue(against) is string old ? PlanReport.Read(old) : null;
            ReportFile.Check(report);
            ReportFile.Check(page, "--html");
            Dictionary<string, long> sizes = Sizes(
                declared, name, parsed.GetValue(model), parsed.GetValue(dims)!, before?.Dimensions);
            PlanCosts costs = PlanCosts.Of(declared, name, sizes);
            IReadOnlyList<NetworkProfile> on = parsed.GetRequiredValue(networks);
            PlanComparison? comparison = before is null ? null : new(before, costs);
            if (comparison is null)
            {
                PlanTables.Write(console.Out, costs, on);
            }
            else
            {
                ComparisonTables.Write(console.Out, comparison, on);
            }

            if (report is not null)
            {
                PlanReport.Write(report, costs, on);
            }

            if (page is not null)
            {
                PlanPage.Write(page, costs, on);
            }

            return comparison is not null && parsed.GetValue(fail) ? Judged(console, comparison) : ExitCode.Done;
        });
        return command;
    }

    private static int Judged(CommandConsole console, PlanComparison comparison)
    {
        if (comparison.Sizes.Any())
        {
            throw new MPCacheException(
                $"the plans are not for the same sizes: {string.Join(", ", comparison.Sizes.Select(s => s.Name))}",
                "Compare at the sizes of the plan from before: leave --dim and --model out");
        }

        TotalChange[] grown = [.. comparison.Increases];
        if (grown.Length == 0)
        {
            return ExitCode.Done;
        }

        console.Fail($"{comparison.After.Program} costs more than before: "
            + string.Join(", ", grown.Select(t => FormattableString.Invariant($"{t.Name} {t.Before:N0} → {t.After:N0}"))));
        return ExitCode.Increased;
    }

    private static Option<IReadOnlyList<NetworkProfile>> Networks() => new("--network")
    {
        Description = "Estimate the time on this network: lan, wan, loopback, or latency=20ms,bandwidth=200Mbit; once for each; "
            + "lan and wan unless stated",
        HelpName = "NETWORK",
        DefaultValueFactory = _ => [NetworkProfile.Lan, NetworkProfile.Wan],
        Arity = ArgumentArity.OneOrMore,
        CustomParser = result =>
        {
            try
            {
                return [.. result.Tokens.Select(t => NetworkProfile.Parse(t.Value))];
            }
            catch (MPCacheException e)
            {
                result.AddError($"--network: {e.Message}");
                return [];
            }
        },
    };

    /// <summary>The class and the method, as a command line has them: llama.prefill.</summary>
    private static string ShortName(ProgramInterface program) => string.Join('.', program.Name.Split('.').TakeLast(2)).ToLowerInvariant();

    /// <summary>The sizes from before, the model's over them, and over both those that are given.</summary>
    private static Dictionary<string, long> Sizes(
        ProgramInterface declared, string name, string? model, string[] dims, IReadOnlyDictionary<string, long>? before)
    {
        Dictionary<string, long> sizes = before is null ? [] : new(before);
        if (model is not null)
        {
            foreach ((string dimension, long size) in LlamaPrograms.ModelDimensions(CheckpointFile.Open(model).Config))
            {
                sizes[dimension] = size;
            }
        }

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
