using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Execution;
using MPCache.Models.Policies;
using MPCache.Models.Weights;

namespace MPCache.Bench.Decoding.Models;

/// <summary>A model of random weights whose steps are measured: its dimensions, its programs, and how they are called.</summary>
/// <param name="Name">What the command line calls it.</param>
/// <param name="Config">Its dimensions, as cache policies take them; the vocabulary is 1 where there is no embedding.</param>
internal abstract record ModelShape(string Name, LlamaConfig Config)
{
    /// <summary>The shapes that the command line knows.</summary>
    public static IReadOnlyList<ModelShape> All { get; } =
    [
        new Gpt2Shape("gpt2", new LlamaConfig(768, 3072, 12, 12, 12, 50257, 1024)),
        new Gpt2Shape("gpt2-long", new LlamaConfig(768, 3072, 12, 12, 12, 50257, 8192)),
        new LlamaLayerShape("llama7b-layer", new LlamaConfig(4096, 11008, 1, 32, 32, 1, 4096)),
        new LlamaShape("llama2c", new LlamaConfig(64, 172, 5, 8, 4, 512, 512)),
    ];

    /// <summary>The class of the weights.</summary>
    public abstract ResidentSchema Schema { get; }

    /// <summary>The weights of the matrices that a plain step multiplies with, by rows and columns.</summary>
    public abstract IReadOnlyList<(int Rows, int Columns)> Matrices { get; }

    /// <summary>All programs.</summary>
    public abstract IReadOnlyList<CompiledProgram> Programs { get; }

    /// <summary>The program of a decoding step under a policy; null where the shape has none.</summary>
    /// <param name="step">The call as a Llama makes it.</param>
    public abstract CompiledProgram? Decoding(PolicyCall step);

    /// <summary>The program that reads a part of a prompt.</summary>
    /// <param name="last">Whether it is the last part.</param>
    public abstract CompiledProgram Prefill(bool last);

    /// <summary>Random weights.</summary>
    public abstract object Weights();

    /// <summary>What the client brings for a number of rows.</summary>
    /// <param name="rows">How many.</param>
    /// <param name="random">Where it comes from.</param>
    public virtual Tensor Rows(int rows, Random random)
    {
        float[] tokens = new float[rows];
        for (int i = 0; i < rows; i++)
        {
            tokens[i] = random.Next(Config.Vocabulary);
        }

        return Tensor.From(tokens, rows);
    }

    /// <summary>The shape of what the client brings.</summary>
    /// <param name="rows">How many rows.</param>
    public virtual int[] RowsShape(int rows) => [rows];

    /// <summary>Checks that tokens fit the context.</summary>
    /// <param name="tokens">How many.</param>
    /// <exception cref="MPCacheException">They are more.</exception>
    public void CheckContext(int tokens)
    {
        if (tokens > Config.ContextLength)
        {
            throw new MPCacheException(
                FormattableString.Invariant($"{tokens} tokens are more than the context of {Name}, which has {Config.ContextLength}"),
                "Give fewer tokens, those that follow in a batch included");
        }
    }

    /// <summary>Finds a shape.</summary>
    /// <exception cref="MPCacheException">There is none of this name.</exception>
    public static ModelShape Parse(string name) => All.FirstOrDefault(s => s.Name == name)
        ?? throw new MPCacheException($"'{name}' is no shape", $"Choose {string.Join(", ", All.Select(s => s.Name))}");

    /// <inheritdoc/>
    public sealed override string ToString() => Name;
}
