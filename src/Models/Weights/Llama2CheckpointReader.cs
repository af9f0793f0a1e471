using System;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.IO;
using System.Runtime.InteropServices;

namespace MPCache.Models.Weights;

/// <summary>
/// Reads llama2.c checkpoints of format version 0: seven little-endian 32-bit integers (width, feed-forward width, layers, query heads,
/// key/value heads, vocabulary, context; a negative vocabulary says that the classifier is stored separately), then the tensors of
/// <see cref="LlamaCheckpoint.Shapes"/> as 32-bit floats, with two tables of rotary angles before the classifier that nothing needs.
/// The rotary base and the norm epsilon are not in the file: they are 10000 and 10⁻⁵, as in llama2.c.
/// </summary>
public static class Llama2CheckpointReader
{
    private const int HeaderBytes = 7 * sizeof(int);
    private const string Cure = "Use a llama2.c checkpoint of format version 0, complete and unchanged";

    /// <summary>Reads a checkpoint. Everything that can be known from the header and the file's length is checked before memory is
    /// allocated for the weights.</summary>
    /// <param name="path">Where the checkpoint is.</param>
    /// <exception cref="MPCacheException">The file is missing, not a checkpoint, damaged, or holds a weight that is not a finite
    /// number.</exception>
    public static LlamaCheckpoint Read(string path)
    {
        using FileStream file = ModelFile.Open(path, "a llama2.c checkpoint");
        try
        {
            LlamaConfig config = ReadHeader(file, path, out bool sharedClassifier);
            CheckLength(file, path, config, sharedClassifier);

            LlamaCheckpoint checkpoint = new(config, sharedClassifier);
            foreach ((LlamaTensorShape shape, float[] values) in checkpoint.Tensors)
            {
                if (shape.Name == nameof(LlamaCheckpoint.Classifier))
                {
                    file.Seek((long)RotaryTableBytes(config), SeekOrigin.Current);
                }

                ReadTensor(file, path, shape, values);
            }

            return checkpoint;
        }
        catch (Exception error) when (ModelFile.IsFileError(error))
        {
            throw ModelFile.Unreadable(path, error);
        }
    }

    /// <summary>Reads a checkpoint's dimensions, checked against the file's length.</summary>
    /// <param name="path">Where the checkpoint is.</param>
    /// <exception cref="MPCacheException">The file is missing, not a checkpoint, or of another length than its header says.</exception>
    public static LlamaConfig ReadConfig(string path)
    {
        using FileStream file = ModelFile.Open(path, "a llama2.c checkpoint");
        try
        {
            LlamaConfig config = ReadHeader(file, path, out bool sharedClassifier);
            CheckLength(file, path, config, sharedClassifier);
            return config;
        }
        catch (Exception error) when (ModelFile.IsFileError(error))
        {
            throw ModelFile.Unreadable(path, error);
        }
    }

    private static LlamaConfig ReadHeader(FileStream file, string path, out bool sharedClassifier)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        int read = file.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false);
        if (ModelFile.ForeignKind(header[..read]) is string kind)
        {
            throw new MPCacheException($"'{path}' is {kind}, not a llama2.c checkpoint of version 0", Cure);
        }

        if (read < HeaderBytes)
        {
            throw new MPCacheException($"'{path}' is truncated: the header alone takes {HeaderBytes} bytes, the file has {read}", Cure);
        }

        Span<int> numbers = stackalloc int[7];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = BinaryPrimitives.ReadInt32LittleEndian(header[(i * sizeof(int))..]);
        }

        sharedClassifier = numbers[5] > 0;
        try
        {
            // The smallest integer has no positive counterpart; left as it is, the configuration refuses it.
            int vocabulary = numbers[5] == int.MinValue ? int.MinValue : Math.Abs(numbers[5]);
            return new LlamaConfig(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], vocabulary, numbers[6]);
        }
        catch (MPCacheException error)
        {
            throw new MPCacheException(
                $"'{path}' is not a llama2.c checkpoint of version 0, or its header is damaged. {error.Cause}",
                Cure,
                error);
        }
    }

    private static void CheckLength(FileStream file, string path, LlamaConfig config, bool sharedClassifier)
    {
        ImmutableArray<LlamaTensorShape> shapes = LlamaCheckpoint.Shapes(config);
        Int128 expected = HeaderBytes + RotaryTableBytes(config);
        for (int i = 0; i < shapes.Length - (sharedClassifier ? 1 : 0); i++)
        {
            expected += sizeof(float) * shapes[i].Count;
        }

        if (file.Length != expected)
        {
            string cause = file.Length < expected ? "is truncated" : "has trailing bytes";
            throw new MPCacheException($"'{path}' {cause}: its header describes {expected} bytes, the file has {file.Length}", Cure);
        }
    }

    /// <summary>The tables of cosines and sines, ContextLength × HeadSize/2 each.</summary>
    private static Int128 RotaryTableBytes(LlamaConfig config) => (Int128)sizeof(float) * config.ContextLength * config.HeadSize;

    private static void ReadTensor(FileStream file, string path, LlamaTensorShape shape, float[] values)
    {
        // In pieces: the byte view of a large array has more bytes than a span can have.
        const int piece = 1 << 20;
        int start = 0;
        while (start < values.Length)
        {
            Span<float> part = values.AsSpan(start, Math.Min(piece, values.Length - start));
            file.ReadExactly(MemoryMarshal.AsBytes(part));
            if (!BitConverter.IsLittleEndian)
            {
                Span<int> words = MemoryMarshal.Cast<float, int>(part);
                BinaryPrimitives.ReverseEndianness(words, words);
            }

            for (int i = 0; i < part.Length; i++)
            {
                if (!float.IsFinite(part[i]))
                {
                    string number = float.IsNaN(part[i]) ? "not a number" : "infinite";
                    throw new MPCacheException($"'{path}' is damaged: {shape.Element(start + i)} is {number}", Cure);
                }
            }

            start += part.Length;
        }
    }
}
