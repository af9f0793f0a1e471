using System;

namespace MPCache.Models.Weights;

/// <summary>The attention matrices of one layer of a checkpoint, written entry by entry; the rest stays zero.</summary>
/// <param name="model">The checkpoint.</param>
/// <param name="layer">Which layer.</param>
internal sealed class LayerWeights(LlamaCheckpoint model, int layer)
{
    private readonly LlamaConfig _config = model.Config;

    /// <summary>Entry <paramref name="row"/> of a head's query takes a dimension of the residual stream times a weight.</summary>
    public void Query(int head, int row, int dimension, double weight) =>
        model.Query[Index(_config.Dim, (head * _config.HeadSize) + row, dimension)] = (float)weight;

    /// <summary>Entry <paramref name="row"/> of the first key head takes a dimension of the residual stream times a weight.</summary>
    public void Key(int row, int dimension, double weight) => model.Key[Index(_config.KeyValueDim, row, dimension)] = (float)weight;

    /// <summary>Entry <paramref name="row"/> of the first value head takes a dimension of the residual stream times a weight.</summary>
    public void Value(int row, int dimension, double weight) => model.Value[Index(_config.KeyValueDim, row, dimension)] = (float)weight;

    /// <summary>A dimension of the residual stream gets entry <paramref name="row"/> of a head's result times a weight.</summary>
    public void Output(int dimension, int head, int row, double weight) =>
        model.Output[Index(_config.Dim, dimension, (head * _config.HeadSize) + row)] = (float)weight;

    /// <summary>Sets every gain of both norms.</summary>
    public void Norms(double attention, double feedForward)
    {
        model.AttentionNorm.AsSpan(layer * _config.Dim, _config.Dim).Fill((float)attention);
        model.FeedForwardNorm.AsSpan(layer * _config.Dim, _config.Dim).Fill((float)feedForward);
    }

    private int Index(int rows, int row, int column) => (((layer * rows) + row) * _config.Dim) + column;
}
