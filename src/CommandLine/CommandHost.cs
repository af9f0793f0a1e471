using System;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace MPCache.Cli;

/// <summary>Runs a command line: parses it, invokes the command, and turns every failure into one line and an exit code.</summary>
internal static class CommandHost
{
    private static readonly TimeSpan TerminationTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Runs a command line.</summary>
    /// <param name="program">What the program is called, as in "See 'program --help'".</param>
    /// <param name="root">Its commands.</param>
    /// <param name="args">The command line's words.</param>
    /// <param name="console">Where it writes.</param>
    /// <param name="cancellation">Ends the command.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(
        string program, RootCommand root, string[] args, CommandConsole console, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(root);
        ArgumentNullException.ThrowIfNull(console);
        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0 && !parsed.Tokens.Any(IsHelp))
        {
            console.Fail($"{Cause(parsed).TrimEnd('.')}. See '{program}{Path(parsed)} --help'.");
            return ExitCode.Usage;
        }

        InvocationConfiguration invocation = new()
        {
            Output = console.Out,
            Error = console.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = console.HandlesSignals ? TerminationTimeout : null,
        };
        try
        {
            return await parsed.InvokeAsync(invocation, cancellation).ConfigureAwait(false);
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

    private static bool IsHelp(Token token) => token.Value is "--help" or "-h" or "-?";

    private static string Cause(ParseResult parsed) =>
        parsed.UnmatchedTokens.Count > 0 ? $"'{parsed.UnmatchedTokens[0]}' is no command or option here"
        : parsed.CommandResult.Command is RootCommand { Subcommands.Count: > 0 } ? "no command is given"
        : parsed.Errors[0].Message;

    private static string Path(ParseResult parsed) =>
        parsed.CommandResult.Command is RootCommand ? "" : $" {parsed.CommandResult.Command.Name}";
}
