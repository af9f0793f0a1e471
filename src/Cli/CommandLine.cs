using System.CommandLine;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Cli.Commands;

namespace MPCache.Cli;

/// <summary>The commands of the program.</summary>
internal static class CommandLine
{
    /// <summary>Runs a command line.</summary>
    /// <param name="args">Its words.</param>
    /// <param name="console">Where it writes.</param>
    /// <param name="cancellation">Ends the command.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static Task<int> RunAsync(string[] args, CommandConsole console, CancellationToken cancellation = default)
    {
        RootCommand root = new("Private text generation between a server that owns the weights and a client that owns the prompt.")
        {
            DemoCommand.Create(console),
            DealCommand.Create(console),
            ServeCommand.Create(console),
            GenerateCommand.Create(console),
            PlanCommand.Create(console),
            TraceCommand.Create(console),
            CalibrateCommand.Create(console),
            CorpusCommand.Create(console),
            EvaluateCommand.Create(console),
        };
        return CommandHost.RunAsync("mpcache", root, args, console, cancellation);
    }
}
