using System;
using System.IO;
using System.Text;

namespace MPCache.Cli;

/// <summary>Where a command writes: results to one side, progress and errors to the other.</summary>
/// <param name="Out">Standard output.</param>
/// <param name="Error">Standard error.</param>
/// <param name="HandlesSignals">Whether Ctrl-C and a request to terminate end the command in an orderly way.</param>
internal sealed record CommandConsole(TextWriter Out, TextWriter Error, bool HandlesSignals = false)
{
    /// <summary>Writes nowhere.</summary>
    public static CommandConsole Silent { get; } = new(TextWriter.Null, TextWriter.Null);

    /// <summary>The process's own streams.</summary>
    public static CommandConsole OfProcess()
    {
        // Without a byte order mark: what is piped on begins with the text.
        Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        return new CommandConsole(Console.Out, TextWriter.Synchronized(Console.Error), HandlesSignals: true);
    }

    /// <summary>Writes a line of progress.</summary>
    public void Progress(string line) => Error.WriteLine(OneLine(line));

    /// <summary>Writes an error as one line.</summary>
    public void Fail(string message) => Error.WriteLine(OneLine($"error: {message}"));

    /// <summary>Text that may come from a file or a peer, without what would break the line or command a terminal.</summary>
    private static string OneLine(string text) => string.Create(text.Length, text, static (line, source) =>
    {
        for (int i = 0; i < line.Length; i++)
        {
            line[i] = char.IsControl(source[i]) ? ' ' : source[i];
        }
    });
}
