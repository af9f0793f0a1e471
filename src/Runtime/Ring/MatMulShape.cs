namespace MPCache.Ring;

/// <summary>
/// The sizes of a batch of matrix products c[b] = a[b]·b[b], all row-major and contiguous.
/// </summary>
/// <param name="Batch">How many independent products.</param>
/// <param name="Rows">Rows of a and of c.</param>
/// <param name="Inner">Columns of a: the length of each dot product.</param>
/// <param name="Columns">Columns of c.</param>
/// <param name="TransposeB">Whether b is stored as [Columns, Inner], one row an output column, instead of [Inner, Columns].</param>
public readonly record struct MatMulShape(int Batch, int Rows, int Inner, int Columns, bool TransposeB)
{
    /// <summary>Words in the left operand.</summary>
    public long LeftLength => (long)Batch * Rows * Inner;

    /// <summary>Words in the right operand.</summary>
    public long RightLength => (long)Batch * Inner * Columns;

    /// <summary>Words in the result.</summary>
    public long ResultLength => (long)Batch * Rows * Columns;
}
