namespace MPCache.Ring;

/// <summary>
/// The sizes of a batch of matrix products c[b] = a[b]·b[b], row-major. a and c are contiguous; b is too unless it has strides, by which it is
/// read where it stands in a tensor whose axes have another order.
/// </summary>
/// <param name="Batch">How many independent products.</param>
/// <param name="Rows">Rows of a and of c.</param>
/// <param name="Inner">Columns of a: the length of each dot product.</param>
/// <param name="Columns">Columns of c.</param>
/// <param name="TransposeB">Whether b is stored as [Columns, Inner], one row an output column, instead of [Inner, Columns].</param>
public readonly record struct MatMulShape(int Batch, int Rows, int Inner, int Columns, bool TransposeB)
{
    /// <summary>Words from one product's b to the next one's; meaningful with <see cref="RowStride"/>.</summary>
    public int BatchStride { get; init; }

    /// <summary>Words from one stored row of b to the next; 0 where b is contiguous. The elements of a row are always contiguous.</summary>
    public int RowStride { get; init; }

    /// <summary>Words in the left operand.</summary>
    public long LeftLength => (long)Batch * Rows * Inner;

    /// <summary>Words in the right operand.</summary>
    public long RightLength => (long)Batch * Inner * Columns;

    /// <summary>Words in the result.</summary>
    public long ResultLength => (long)Batch * Rows * Columns;

    /// <summary>Rows of b as it is stored.</summary>
    internal int StoredRows => TransposeB ? Columns : Inner;

    /// <summary>Elements of a row of b as it is stored.</summary>
    internal int StoredColumns => TransposeB ? Inner : Columns;

    /// <summary>One more than the last word of b that is read.</summary>
    internal long RightReach => RightLength == 0 ? 0
        : RowStride == 0 ? RightLength
        : ((Batch - 1) * (long)BatchStride) + ((StoredRows - 1) * (long)RowStride) + StoredColumns;

    /// <summary>The same with the strides that a contiguous b has, and with one column as a row, which is the same.</summary>
    internal MatMulShape Explicit()
    {
        MatMulShape strided = RowStride != 0 ? this : this with { RowStride = StoredColumns, BatchStride = Inner * Columns };
        return Columns == 1 && !TransposeB && strided.RowStride == 1 ? strided with { TransposeB = true, RowStride = Inner } : strided;
    }
}
