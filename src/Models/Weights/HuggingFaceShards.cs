using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;

namespace MPCache.Models.Weights;

/// <summary>
/// The tensors of a Hugging Face checkpoint by name, in whatever files they are: one <c>model.safetensors</c>, or several, which
/// <c>model.safetensors.index.json</c> lists. Only headers are read.
/// </summary>
internal static class HuggingFaceShards
{
    private const string Single = "model.safetensors";
    private const string Index = "model.safetensors.index.json";
    private const string Extension = ".safetensors";
    private const int LargestIndex = 1 << 26;
    private const string Cure = "Use a checkpoint as it was published, complete and unchanged";

    /// <summary>Reads the headers of a checkpoint's files.</summary>
    /// <param name="path">A directory, or a safetensors file that holds everything.</param>
    /// <exception cref="MPCacheException">There are no such files, or they are damaged or contradict each other.</exception>
    public static IReadOnlyDictionary<string, SafetensorsTensor> Read(string path)
    {
        if (!Directory.Exists(path))
        {
            return SafetensorsFile.ReadHeader(path).ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        }

        if (File.Exists(Path.Combine(path, Single)))
        {
            return Read(Path.Combine(path, Single));
        }

        string index = Path.Combine(path, Index);
        return File.Exists(index) ? ReadIndexed(path, index) : throw NoWeights(path);
    }

    private static Dictionary<string, SafetensorsTensor> ReadIndexed(string directory, string index)
    {
        Dictionary<string, string> files = ReadIndex(index);
        Dictionary<string, SafetensorsTensor> tensors = new(StringComparer.Ordinal);
        foreach (string file in files.Values.Distinct().Order(StringComparer.Ordinal))
        {
            foreach (SafetensorsTensor tensor in SafetensorsFile.ReadHeader(Path.Combine(directory, file)))
            {
                string expected = files.GetValueOrDefault(tensor.Name, "no file");
                if (expected != file)
                {
                    throw new MPCacheException(
                        $"'{tensor.Path}' holds the tensor {JsonFile.Short(tensor.Name)}, which by '{index}' is in "
                            + JsonFile.Short(expected),
                        Cure);
                }

                tensors.Add(tensor.Name, tensor);
            }
        }

        foreach ((string name, string file) in files)
        {
            if (!tensors.ContainsKey(name))
            {
                throw new MPCacheException(
                    $"'{Path.Combine(directory, file)}' lacks the tensor {JsonFile.Short(name)}, which '{index}' says it holds", Cure);
            }
        }

        return tensors;
    }

    /// <summary>Each tensor's file, by a plain name: an index that comes from elsewhere must not reach out of its directory.</summary>
    private static Dictionary<string, string> ReadIndex(string path)
    {
        using JsonDocument document = JsonFile.Read(path, "an index of safetensors files", LargestIndex);
        if (!document.RootElement.TryGetProperty("weight_map", out JsonElement map) || map.ValueKind != JsonValueKind.Object)
        {
            throw new MPCacheException($"'{path}' has no weight_map, an object from tensors to files", Cure);
        }

        Dictionary<string, string> files = new(StringComparer.Ordinal);
        foreach (JsonProperty entry in map.EnumerateObject())
        {
            string? file = entry.Value.ValueKind == JsonValueKind.String ? entry.Value.GetString() : null;
            if (file is null || !IsPlainName(file))
            {
                throw new MPCacheException(
                    $"'{path}' puts the tensor {JsonFile.Short(entry.Name)} into {JsonFile.Text(entry.Value)}, which is no name of a "
                        + "safetensors file in its own directory",
                    Cure);
            }

            files.Add(entry.Name, file);
        }

        return files;
    }

    /// <summary>Refuses what is a path on any operating system, not only on this one.</summary>
    private static bool IsPlainName(string file) =>
        file.Length > Extension.Length && file.EndsWith(Extension, StringComparison.Ordinal)
        && file.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    private static MPCacheException NoWeights(string directory)
    {
        string[] pickles = ["pytorch_model.bin", "pytorch_model.bin.index.json"];
        bool pickled = pickles.Any(name => File.Exists(Path.Combine(directory, name)));
        return new MPCacheException(
            $"The directory '{directory}' has neither {Single} nor {Index}{(pickled ? ", only PyTorch's own format" : "")}",
            pickled
                ? "Convert the checkpoint with transformers: save_pretrained(…, safe_serialization=True)"
                : "Name the directory of a Hugging Face Llama checkpoint, or its .safetensors file");
    }
}
