using System;
using System.IO;
using System.Text;
using System.Threading.Tasks;

namespace MPCache.Cli.Tests.TestSupport;

/// <summary>A text that grows while others wait for something to stand in it.</summary>
internal sealed class Recorder : TextWriter
{
    private static readonly TimeSpan HangGuard = TimeSpan.FromSeconds(120);

    private readonly StringBuilder text = new();
    private TaskCompletionSource grown = New();

    public override Encoding Encoding => Encoding.UTF8;

    public string Text
    {
        get
        {
            lock (text)
            {
                return text.ToString();
            }
        }
    }

    public override void Write(char value) => Write(value.ToString());

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(string? value)
    {
        TaskCompletionSource before;
        lock (text)
        {
            text.Append(value);
            before = grown;
            grown = New();
        }

        before.SetResult();
    }

    public override void WriteLine(string? value) => Write(value + "\n");

    public override void WriteLine() => Write("\n");

    /// <summary>Waits until the text fulfils a condition.</summary>
    public async Task<string> UntilAsync(Func<string, bool> condition)
    {
        while (true)
        {
            Task next;
            string present;
            lock (text)
            {
                next = grown.Task;
                present = text.ToString();
            }

            if (condition(present))
            {
                return present;
            }

            try
            {
                await next.WaitAsync(HangGuard);
            }
            catch (TimeoutException)
            {
                throw new TimeoutException($"Nothing more was written after: {present}");
            }
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
