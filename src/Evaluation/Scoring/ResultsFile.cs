using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading;

namespace MPCache.Evaluation.Scoring;

/// <summary>
/// The results of an evaluation in a file <c>results.jsonl</c>: a line about model and seed, then a line for each finished case, written
/// out at once. An evaluation that begins again reads what is there and does the rest; a last line that was torn is cut off. Policies,
/// tasks, lengths and numbers of samples may differ from one time to the next, because a case has the same result in all of them.
/// </summary>
public sealed class ResultsFile : IDisposable
{
    /// <summary>The file's name in its folder.</summary>
    public const string Name = "results.jsonl";

    private readonly Lock gate = new();
    private readonly Dictionary<EvaluationCase, EvaluationResult> results = [];
    private readonly FileStream file;

    private ResultsFile(FileStream file) => this.file = file;

    /// <summary>The results so far.</summary>
    public IReadOnlyDictionary<EvaluationCase, EvaluationResult> Results => results;

    /// <summary>Opens the file of a folder, or begins it; the folder is created where it does not exist.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="model">The model's fingerprint.</param>
    /// <param name="seed">What the samples are made from.</param>
    /// <exception cref="MPCacheException">The file belongs to another model or seed, is damaged, in use, or cannot be written.</exception>
    public static ResultsFile Open(string folder, string model, ulong seed)
    {
        string path = Path.Combine(folder, Name);
        FileStream file;
        try
        {
            Directory.CreateDirectory(folder);
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new MPCacheException(
                $"the results '{path}' cannot be written: {e.Message.TrimEnd('.')}",
                "Give a folder that may be written and is not in use", e);
        }

        ResultsFile opened = new(file);
        try
        {
            opened.Load(path, new ResultsHeader(ResultsHeader.Current, model, seed));
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>Adds a result and writes it out; from any thread.</summary>
    /// <param name="result">The result of a case that has none yet.</param>
    /// <exception cref="MPCacheException">It cannot be written.</exception>
    public void Add(EvaluationResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        lock (gate)
        {
            Append(result, ResultsJson.Default.EvaluationResult);
            results.Add(result.Case, result);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    private void Load(string path, ResultsHeader expected)
    {
        byte[] all = new byte[file.Length];
        file.ReadExactly(all);
        int complete = all.AsSpan().LastIndexOf((byte)'\n') + 1;
        file.SetLength(complete);
        file.Position = complete;
        string[] lines = Encoding.UTF8.GetString(all, 0, complete).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length == 0)
        {
            Append(expected, ResultsJson.Default.ResultsHeader);
            return;
        }

        Check(path, Parse(path, lines, 0, ResultsJson.Default.ResultsHeader), expected);
        for (int i = 1; i < lines.Length; i++)
        {
            EvaluationResult result = Parse(path, lines, i, ResultsJson.Default.EvaluationResult);
            results[result.Case] = result;
        }
    }

    private static void Check(string path, ResultsHeader found, ResultsHeader expected)
    {
        string? difference =
            found.Format != expected.Format ? $"have the format {found.Format}, not {expected.Format}"
            : found.Model != expected.Model ? $"belong to the model {found.Model}, not {expected.Model}"
            : found.Seed != expected.Seed ? $"were made with --seed {found.Seed}, not {expected.Seed}"
            : null;
        if (difference is not null)
        {
            throw new MPCacheException($"the results '{path}' {difference}", "Give another folder, or the settings they were made with");
        }
    }

    private static T Parse<T>(string path, string[] lines, int index, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(lines[index], type) ?? throw new JsonException("there is nothing");
        }
        catch (JsonException e)
        {
            throw new MPCacheException(
                $"line {index + 1} of the results '{path}' cannot be read: {e.Message.TrimEnd('.')}",
                "Delete the line, or give another folder", e);
        }
    }

    private void Append<T>(T value, JsonTypeInfo<T> type)
    {
        try
        {
            file.Write([.. JsonSerializer.SerializeToUtf8Bytes(value, type), (byte)'\n']);
            file.Flush();
        }
        catch (IOException e)
        {
            throw new MPCacheException(
                $"a result cannot be written: {e.Message.TrimEnd('.')}", "Make room on the disk, and begin again", e);
        }
    }
}
