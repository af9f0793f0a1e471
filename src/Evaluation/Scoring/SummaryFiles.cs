using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MPCache.Evaluation.Scoring;

/// <summary>A summary as files: <c>summary.json</c> with everything, <c>summary.csv</c> with a line a policy, task and length.</summary>
public static class SummaryFiles
{
    /// <summary>The names of both files.</summary>
    public const string Json = "summary.json";

    /// <inheritdoc cref="Json"/>
    public const string Csv = "summary.csv";

    private const string Header =
        "policy,task,length,samples,right,accuracy,low,high,promptTokens,kept,attended,promptBytes,promptTape,stepBytes,stepTape,"
        + "outOfRange,privateSamples,privateRight,privateAsPlain,privateAsClear";

    /// <summary>Writes both files.</summary>
    /// <param name="folder">The folder, which exists.</param>
    /// <param name="summary">The summary.</param>
    /// <exception cref="MPCacheException">They cannot be written.</exception>
    public static void Write(string folder, Summary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        try
        {
            // Relaxed: the file is read by programs and people, not embedded in a page.
            JsonSerializerOptions options = new(ResultsJson.Default.Options)
            {
                WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            };
            File.WriteAllText(
                Path.Combine(folder, Json), JsonSerializer.Serialize(summary, new ResultsJson(options).Summary) + "\n");
            File.WriteAllText(Path.Combine(folder, Csv), Table(summary));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MPCacheException(
                $"the summary cannot be written to '{folder}': {e.Message.TrimEnd('.')}", "Give a folder that may be written", e);
        }
    }

    private static string Table(Summary summary)
    {
        StringBuilder text = new(Header);
        text.Append('\n');
        foreach (SummaryLine line in summary.Lines)
        {
            // No field holds a comma or a quote: policies are written with spaces and tasks are words.
            text.AppendJoin(',', new object[]
            {
                line.Policy, line.Task, line.Length, line.Samples, line.Right, line.Accuracy, line.Low, line.High, line.PromptTokens,
                line.Kept, line.Attended, line.PromptBytes, line.PromptTape, line.StepBytes, line.StepTape, line.OutOfRange,
                line.PrivateSamples, line.PrivateRight, line.PrivateAsPlain, line.PrivateAsClear,
            }.Select(value => value is double number
                ? number.ToString("0.####", CultureInfo.InvariantCulture)
                : Convert.ToString(value, CultureInfo.InvariantCulture)));
            text.Append('\n');
        }

        return text.ToString();
    }
}
