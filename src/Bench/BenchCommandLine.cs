using System.CommandLine;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Bench.Commands;
using MPCache.Bench.Decoding.Commands;
using MPCache.Cli;

namespace MPCache.Bench;

/// <summary>The commands of the program.</summary>
internal static class BenchCommandLine
{
    /// <summary>Runs a command line.</summary>
    /// <param name="args">Its words.</param>
    /// <param name="console">Where it writes.</param>
    /// <param name="cancellation">Ends the command.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static Task<int> RunAsync(string[] args, CommandConsole console, CancellationToken cancellation = default)
    {
        RootCommand root = new("Measures kernels, gates and cache policies; what crosses the wire equals its plan, or nothing is reported.")
        {
            AttentionCommand.Create(console),
            BreakEvenCommand.Create(console),
            DecodeCommand.Create(console),
            PrefillCommand.Create(console),
            KernelsCommand.Create(console),
            GatesCommand.Create(console),
            ReportCommand.Create(console),
        };
        return CommandHost.RunAsync("bench", root, args, console, cancellation);
    }
}
