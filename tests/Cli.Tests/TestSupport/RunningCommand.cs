using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace MPCache.Cli.Tests.TestSupport;

/// <summary>A command that runs in this process, with streams of its own.</summary>
internal sealed class RunningCommand : IAsyncDisposable
{
    private static readonly TimeSpan HangGuard = TimeSpan.FromSeconds(120);

    private readonly Recorder output = new();
    private readonly Recorder error = new();
    private readonly CancellationTokenSource interrupt = new();
    private readonly Task<int> ending;

    private RunningCommand(string[] args)
    {
        CommandConsole console = new(output, error);
        ending = Task.Run(() => CommandLine.RunAsync(BuiltInModelArguments.Of(args), console, interrupt.Token));
    }

    /// <summary>Starts a command.</summary>
    public static RunningCommand Start(params string[] args) => new(args);

    /// <summary>Runs a command to its end.</summary>
    public static async Task<Outcome> RunAsync(params string[] args)
    {
        await using RunningCommand command = Start(args);
        return await command.EndAsync();
    }

    /// <summary>Waits for the line in which a dealer or server says where it listens.</summary>
    public async Task<string> AddressAsync()
    {
        const string word = " listens at ";
        string text = await error.UntilAsync(t => ending.IsCompleted || Complete(t).Contains(word, StringComparison.Ordinal));
        string line = text.Split('\n').FirstOrDefault(l => l.Contains(word, StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"It does not listen: {text}");
        return line[(line.IndexOf(word, StringComparison.Ordinal) + word.Length)..].Split(' ')[0];
    }

    /// <summary>Waits until standard error has these words.</summary>
    public Task SaysAsync(string words) => error.UntilAsync(t => t.Contains(words, StringComparison.Ordinal));

    /// <summary>Waits until standard output has at least so many characters.</summary>
    public Task WritesAsync(int characters) => output.UntilAsync(t => t.Length >= characters);

    /// <summary>Waits for the end.</summary>
    public async Task<Outcome> EndAsync() => new(await ending.WaitAsync(HangGuard), output.Text, error.Text);

    /// <summary>Does what Ctrl-C does, and waits for the end.</summary>
    public Task<Outcome> InterruptAsync()
    {
        interrupt.Cancel();
        return EndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await interrupt.CancelAsync();
        await ending.WaitAsync(HangGuard);
        interrupt.Dispose();
    }

    private static string Complete(string text) => text[..(text.LastIndexOf('\n') + 1)];
}
