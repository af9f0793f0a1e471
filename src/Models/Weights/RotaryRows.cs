namespace MPCache.Models.Weights;

/// <summary>
/// The order of the rows of a query or key projection. Rotary embedding turns pairs of a head's elements by angles; here, as in llama2.c,
/// a pair are the neighbours 2i and 2i + 1, in Hugging Face checkpoints elements i and i + HeadSize/2 ("rotate half"). Attention multiplies
/// queries with keys, so both give the same where the rows of both matrices are put into the other order.
/// Source: transformers, convert_llama_weights_to_hf.py, whose <c>permute</c> is undone here.
/// </summary>
internal static class RotaryRows
{
    /// <summary>Where a row belongs when pairs are neighbours.</summary>
    /// <param name="row">The row when pairs are half a head apart.</param>
    /// <param name="headSize">Rows a head; even.</param>
    public static int Neighbouring(int row, int headSize)
    {
        int inHead = row % headSize;
        int half = headSize / 2;
        return row - inHead + (inHead < half ? 2 * inHead : (2 * (inHead - half)) + 1);
    }
}
