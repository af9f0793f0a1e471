using System;
using System.CommandLine;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Bench.Commands;
using MPCache.Bench.Decoding.Commands;
using MPCache.Cli;

namespace MPCache.Bench;

/// <summary>The command line as a whole: parses, runs, and turns every failure into one line and an exit code.</summary>
internal static class BenchCommandLine
{
    /// <summary>Runs a command line.</summary>
    /// <param name="args">Its words.</param>
    /// <param name="console">Where it writes.</param>
    /// <param name="cancellation">Ends the command.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] args, CommandConsole console, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(console);
        RootCommand root = new("Cost tables of cache policies, from runs between two parties that equal their plans.")
        {
            AttentionCommand.Create(console),
            BreakEvenCommand.Create(console),
            DecodeCommand.Create(console),
            PrefillCommand.Create(console),
        };
        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0 && !parsed.Tokens.Any(t => t.Value is "--help" or "-h" or "-?"))
        {
            console.Fail($"{Cause(parsed).TrimEnd('.')}. See 'bench{Path(parsed)} --help'.");
            return ExitCode.Usage;
        }

        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration { Output = console.Out, Error = console.Error, EnableDefaultExceptionHandler = false },
                cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            console.Progress("interrupted");
            return ExitCode.Interrupted;
        }
        catch (MPCacheException e)
        {
            console.Fail(e.Message);
            return ExitCode.Failed;
        }
    }

    private static string Cause(ParseResult parsed) =>
        parsed.UnmatchedTokens.Count > 0 ? $"'{parsed.UnmatchedTokens[0]}' is no command or option here"
        : parsed.CommandResult.Command is RootCommand ? "no command is given"
        : parsed.Errors[0].Message;

    private static string Path(ParseResult parsed) =>
        parsed.CommandResult.Command is RootCommand ? "" : $" {parsed.CommandResult.Command.Name}";
}
