using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading.Tasks;

namespace MPCache.Cli.Tests.TestSupport;

/// <summary>A command that runs as a process of its own.</summary>
internal sealed class CommandProcess : IDisposable
{
    private static readonly TimeSpan HangGuard = TimeSpan.FromSeconds(120);

    private readonly Process process;
    private readonly Recorder output = new();
    private readonly Recorder error = new();
    private readonly Task copying;

    private CommandProcess(string[] args)
    {
        ProcessStartInfo start = new(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "mpcache.dll"));
        foreach (string arg in args)
        {
            start.ArgumentList.Add(arg);
        }

        process = Process.Start(start)!;
        copying = Task.WhenAll(CopyAsync(process.StandardOutput, output), CopyAsync(process.StandardError, error));
    }

    /// <summary>Starts a command.</summary>
    public static CommandProcess Start(params string[] args) => new(args);

    /// <summary>Waits for the line in which a dealer or server says where it listens.</summary>
    public async Task<string> AddressAsync()
    {
        const string word = " listens at ";
        string text = await error.UntilAsync(
            t => t.Contains(word, StringComparison.Ordinal) && t.IndexOf('\n', t.IndexOf(word, StringComparison.Ordinal)) >= 0);
        string line = text.Split('\n').First(l => l.Contains(word, StringComparison.Ordinal));
        return line[(line.IndexOf(word, StringComparison.Ordinal) + word.Length)..].Split(' ')[0].Trim();
    }

    /// <summary>Waits for the thumbprint of the certificate.</summary>
    public async Task<string> ThumbprintAsync()
    {
        const string word = "certificate: ";
        string text = await error.UntilAsync(
            t => t.Contains(word, StringComparison.Ordinal) && t.Contains(" listens at ", StringComparison.Ordinal));
        return text[(text.IndexOf(word, StringComparison.Ordinal) + word.Length)..].Split('\n')[0].Trim();
    }

    /// <summary>Waits until standard output has at least so many characters.</summary>
    public Task WritesAsync(int characters) => output.UntilAsync(t => t.Length >= characters);

    /// <summary>Ends the process without a word, as a crash does.</summary>
    public void Kill() => process.Kill();

    /// <summary>Sends what Ctrl-C sends.</summary>
    public void Interrupt()
    {
        using Process kill = Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Waits for the end.</summary>
    public async Task<Outcome> EndAsync()
    {
        await process.WaitForExitAsync().WaitAsync(HangGuard);
        await copying.WaitAsync(HangGuard);
        return new Outcome(process.ExitCode, output.Text, error.Text);
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        process.Dispose();
    }

    private static async Task CopyAsync(StreamReader from, Recorder to)
    {
        char[] buffer = new char[1024];
        for (int count = await from.ReadAsync(buffer); count > 0; count = await from.ReadAsync(buffer))
        {
            to.Write(new string(buffer, 0, count));
        }
    }
}
