using System.IO;
using Spectre.Console;

namespace MPCache.Cli.Reports;

/// <summary>A console that tables are written to: as wide as the terminal, or wide enough for them where there is none.</summary>
internal static class WideConsole
{
    private const int RedirectedWidth = 140;

    /// <summary>The console on an output.</summary>
    /// <param name="output">Where to.</param>
    public static IAnsiConsole On(TextWriter output)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        if (!console.Profile.Out.IsTerminal)
        {
            console.Profile.Width = RedirectedWidth;
        }

        return console;
    }
}
