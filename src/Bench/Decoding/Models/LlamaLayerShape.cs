using System;
using System.Collections.Generic;
using MPCache.Execution;
using MPCache.Models.Policies;
using MPCache.Models.Transformers;
using MPCache.Models.Weights;

namespace MPCache.Bench.Decoding.Models;

/// <summary>Layers of a Llama without embedding and classifier.</summary>
/// <param name="Name">What the command line calls it.</param>
/// <param name="Config">Its dimensions, with a vocabulary of 1.</param>
internal sealed record LlamaLayerShape(string Name, LlamaConfig Config) : LlamaShape(Name, Config)
{
    /// <inheritdoc/>
    public override IReadOnlyList<CompiledProgram> Programs => [LlamaLayers.ForwardProgram, LlamaLayers.ForwardHierarchicalProgram];

    /// <inheritdoc/>
    public override CompiledProgram? Decoding(PolicyCall step) =>
        step.Program == Llama.DecodeProgram ? LlamaLayers.ForwardProgram
        : step.Program == Llama.DecodeHierarchicalProgram ? LlamaLayers.ForwardHierarchicalProgram
        : null;

    /// <inheritdoc/>
    public override CompiledProgram Prefill(bool last) => LlamaLayers.ForwardProgram;

    /// <inheritdoc/>
    public override Tensor Rows(int rows, Random random)
    {
        float[] values = new float[rows * Config.Dim];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (2 * random.NextSingle()) - 1;
        }

        return Tensor.From(values, rows, Config.Dim);
    }

    /// <inheritdoc/>
    public override int[] RowsShape(int rows) => [rows, Config.Dim];
}
