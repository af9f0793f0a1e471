using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MPCache.Evaluation.Scoring;

/// <summary>
/// A summary as files: <c>summary.json</c> with everything, <c>summary.csv</c> with a line a policy, task and length, and where texts were
/// read <c>perplexity.csv</c> with a line a policy, text and length.
/// </summary>
public static class SummaryFiles
{
    /// <summary>The files' names.</summary>
    public const string Json = "summary.json";

    /// <inheritdoc cref="Json"/>
    public const string Csv = "summary.csv";

    /// <inheritdoc cref="Json"/>
    public const string PerplexityCsv = "perplexity.csv";

    private const string Header =
        "policy,task,length,samples,right,accuracy,low,high,promptTokens,kept,attended,promptBytes,promptTape,stepBytes,stepTape,"
        + "outOfRange,privateSamples,privateRight,privateAsPlain,privateAsClear";

    private const string PerplexityHeader =
        "policy,text,length,samples,tokens,nll,nllLow,nllHigh,perplexity,perplexityLow,perplexityHigh,ratio,ratioLow,ratioHigh,promptTokens,"
        + "kept,attended,promptBytes,promptTape,stepBytes,stepTape,outOfRange";

    /// <summary>Writes the files.</summary>
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
            File.WriteAllText(Path.Combine(folder, Csv), Table(Header, summary.Lines.Select(Row)));
            if (summary.Perplexities.Count > 0)
            {
                File.WriteAllText(Path.Combine(folder, PerplexityCsv), Table(PerplexityHeader, summary.Perplexities.Select(Row)));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MPCacheException(
                $"the summary cannot be written to '{folder}': {e.Message.TrimEnd('.')}", "Give a folder that may be written", e);
        }
    }

    // No field holds a comma or a quote: policies are written with spaces, tasks and texts have names without them.
    private static string Table(string header, IEnumerable<object?[]> rows)
    {
        StringBuilder text = new(header);
        text.Append('\n');
        foreach (object?[] row in rows)
        {
            text.AppendJoin(',', row.Select(value => value is double number
                ? number.ToString("0.####", CultureInfo.InvariantCulture)
                : Convert.ToString(value, CultureInfo.InvariantCulture)));
            text.Append('\n');
        }

        return text.ToString();
    }

    private static object?[] Row(SummaryLine line) =>
    [
        line.Policy, line.Task, line.Length, line.Samples, line.Right, line.Accuracy, line.Low, line.High, line.PromptTokens, line.Kept,
        line.Attended, line.PromptBytes, line.PromptTape, line.StepBytes, line.StepTape, line.OutOfRange, line.PrivateSamples,
        line.PrivateRight, line.PrivateAsPlain, line.PrivateAsClear,
    ];

    private static object?[] Row(PerplexityLine line) =>
    [
        line.Policy, line.Text, line.Length, line.Samples, line.Tokens, line.Nll, line.NllLow, line.NllHigh, line.Perplexity,
        line.PerplexityLow, line.PerplexityHigh, line.Ratio, line.RatioLow, line.RatioHigh, line.PromptTokens, line.Kept, line.Attended,
        line.PromptBytes, line.PromptTape, line.StepBytes, line.StepTape, line.OutOfRange,
    ];
}
