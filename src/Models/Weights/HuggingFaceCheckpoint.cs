using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace MPCache.Models.Weights;

/// <summary>
/// A Llama checkpoint as Hugging Face publishes them: <c>config.json</c> and safetensors files. Opening reads the configuration and the
/// headers, and holds one against the other; only then are weights read.
/// </summary>
internal sealed class HuggingFaceCheckpoint : CheckpointFile
{
    private const string Cure = "Use config.json and safetensors files that belong together, complete and unchanged";

    private readonly HuggingFaceConfig _config;
    private readonly IReadOnlyList<(HuggingFaceTensor Wanted, SafetensorsTensor Stored)> _tensors;

    private HuggingFaceCheckpoint(HuggingFaceConfig config, IReadOnlyList<(HuggingFaceTensor, SafetensorsTensor)> tensors)
    {
        _config = config;
        _tensors = tensors;
    }

    /// <inheritdoc/>
    public override LlamaConfig Config => _config.Model;

    /// <summary>Opens a checkpoint.</summary>
    /// <param name="path">Its directory, or a safetensors file beside its config.json.</param>
    /// <exception cref="MPCacheException">A file is missing or damaged, or they describe no plain Llama.</exception>
    public static new HuggingFaceCheckpoint Open(string path)
    {
        string directory = Directory.Exists(path) ? path : Path.GetDirectoryName(Path.GetFullPath(path))!;
        string settings = Path.Combine(directory, "config.json");
        if (!File.Exists(settings))
        {
            throw new MPCacheException(
                $"There is no '{settings}', which tells the dimensions of a Hugging Face checkpoint",
                "Name a directory that has config.json and model.safetensors, or a llama2.c checkpoint");
        }

        HuggingFaceConfig config = HuggingFaceConfig.Read(settings);
        return new HuggingFaceCheckpoint(config, Match(config, settings, HuggingFaceShards.Read(path)));
    }

    /// <inheritdoc/>
    public override LlamaCheckpoint Load()
    {
        LlamaCheckpoint checkpoint = new(Config, _config.SharesClassifier);
        float[][] targets = [.. checkpoint.Tensors.Select(tensor => tensor.Values)];
        foreach (IGrouping<string, (HuggingFaceTensor Wanted, SafetensorsTensor Stored)> shard in _tensors.GroupBy(t => t.Stored.Path))
        {
            using FileStream file = ModelFile.Open(shard.Key, "a safetensors file");
            try
            {
                foreach ((HuggingFaceTensor wanted, SafetensorsTensor stored) in shard.OrderBy(t => t.Stored.Start))
                {
                    Span<float> target = targets[wanted.Target].AsSpan((int)(wanted.Layer * wanted.Count), (int)wanted.Count);
                    Read(file, wanted, stored, target);
                }
            }
            catch (Exception error) when (ModelFile.IsFileError(error))
            {
                throw ModelFile.Unreadable(shard.Key, error);
            }
        }

        return checkpoint;
    }

    /// <summary>What the configuration implies and what the files hold must be the same: no tensor less, none more, each as large.</summary>
    private static List<(HuggingFaceTensor, SafetensorsTensor)> Match(
        HuggingFaceConfig config, string settings, IReadOnlyDictionary<string, SafetensorsTensor> stored)
    {
        List<(HuggingFaceTensor, SafetensorsTensor)> matched = [];
        HashSet<string> wanted = new(StringComparer.Ordinal);
        foreach (HuggingFaceTensor tensor in HuggingFaceTensor.Of(config))
        {
            if (!stored.TryGetValue(tensor.Name, out SafetensorsTensor? found))
            {
                throw new MPCacheException($"The checkpoint lacks the tensor {tensor.Name}, which its '{settings}' implies", Cure);
            }

            if (!found.Shape.SequenceEqual(tensor.Shape))
            {
                throw new MPCacheException(
                    $"'{found.Path}' has the tensor {tensor.Name} as {SafetensorsTensor.Text(found.Shape)}, by '{settings}' it is "
                        + SafetensorsTensor.Text(tensor.Shape),
                    Cure);
            }

            if (found.Type.Widen is null)
            {
                throw new MPCacheException(
                    $"'{found.Path}' stores the tensor {tensor.Name} as {found.Type.Name}, weights may be F16, BF16, F32 or F64",
                    "Use a checkpoint that is not quantized");
            }

            matched.Add((tensor, found));
            wanted.Add(tensor.Name);
        }

        if (stored.Values.FirstOrDefault(t => !wanted.Contains(t.Name) && !IsRedundant(config, t.Name)) is SafetensorsTensor unknown)
        {
            throw new MPCacheException(
                $"'{unknown.Path}' has a tensor {JsonFile.Short(unknown.Name)}, which a Llama of its '{settings}' has not", Cure);
        }

        return matched;
    }

    /// <summary>The angles of the rotary embedding, which older checkpoints store, and a classifier that is the embedding.</summary>
    private static bool IsRedundant(HuggingFaceConfig config, string name) =>
        name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal)
        || (config.SharesClassifier && name == HuggingFaceTensor.ClassifierName);

    private void Read(FileStream file, HuggingFaceTensor wanted, SafetensorsTensor stored, Span<float> target)
    {
        const int piece = 1 << 17;
        int size = stored.Type.Size;
        byte[] bytes = new byte[Math.Min(piece, target.Length) * size];
        float[] values = new float[Math.Min(piece, target.Length)];
        file.Position = stored.Start;
        int start = 0;
        while (start < target.Length)
        {
            Span<float> part = values.AsSpan(0, Math.Min(piece, target.Length - start));
            Span<byte> raw = bytes.AsSpan(0, part.Length * size);
            file.ReadExactly(raw);
            stored.Type.Widen!(raw, part);
            CheckFinite(wanted, stored, part, start);
            Place(wanted, part, start, target);
            start += part.Length;
        }
    }

    /// <summary>Puts numbers where they belong, row by row.</summary>
    private void Place(HuggingFaceTensor wanted, ReadOnlySpan<float> values, int start, Span<float> target)
    {
        if (!wanted.TurnsHalves)
        {
            values.CopyTo(target[start..]);
            return;
        }

        int columns = (int)wanted.Shape[1];
        while (values.Length > 0)
        {
            (int row, int column) = Math.DivRem(start, columns);
            int count = Math.Min(columns - column, values.Length);
            values[..count].CopyTo(target[((RotaryRows.Neighbouring(row, Config.HeadSize) * columns) + column)..]);
            values = values[count..];
            start += count;
        }
    }

    private static void CheckFinite(HuggingFaceTensor wanted, SafetensorsTensor stored, ReadOnlySpan<float> values, int start)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
            {
                int columns = (int)wanted.Shape[^1];
                string place = wanted.Shape.Length == 1
                    ? string.Create(CultureInfo.InvariantCulture, $"{start + i}")
                    : string.Create(CultureInfo.InvariantCulture, $"{(start + i) / columns}, {(start + i) % columns}");
                string number = float.IsNaN(values[i]) ? "not a number" : "infinite, or beyond single precision";
                throw new MPCacheException($"'{stored.Path}' is damaged: {wanted.Name}[{place}] is {number}", Cure);
            }
        }
    }
}
