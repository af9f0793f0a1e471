using System.IO;
using System.Threading.Tasks;
using MPCache.Cli.Tests.TestSupport;

namespace MPCache.Cli.Tests;

/// <summary>Runs a command line in this process.</summary>
internal static class InProcess
{
    public static async Task<(int Exit, string Output, string Error)> RunAsync(params string[] args)
    {
        await using StringWriter output = new() { NewLine = "\n" };
        await using StringWriter error = new() { NewLine = "\n" };
        int exit = await CommandLine.RunAsync(BuiltInModelArguments.Of(args), new CommandConsole(output, error));
        return (exit, output.ToString(), error.ToString());
    }
}
