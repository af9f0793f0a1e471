using static MPCache.Functions;

namespace MPCache.Models.Attention;

/// <summary>Attention of every token to every token, as encoders use it.</summary>
public static class SelfAttention
{
    /// <summary>
    /// softmax(q·kᵀ/√size)·v in each head, without a mask. Source: Vaswani et al., Attention Is All You Need (NeurIPS 2017), section 3.2.
    /// </summary>
    /// <param name="query">[tokens, heads · size].</param>
    /// <param name="key">[tokens, heads · size].</param>
    /// <param name="value">[tokens, heads · size].</param>
    /// <param name="heads">How many heads.</param>
    /// <returns>[tokens, heads · size].</returns>
    [Protocol]
    public static Tensor Attend(
        [Shape("tokens, dim")] Tensor query, [Shape("tokens, dim")] Tensor key, [Shape("tokens, dim")] Tensor value, int heads)
    {
        int tokens = query.Size(0);
        int dim = query.Size(1);
        int size = dim / heads;
        Tensor queries = query.Reshape(tokens, heads, size).Permute(1, 0, 2);
        Tensor keys = key.Reshape(tokens, heads, size).Permute(1, 0, 2);
        Tensor values = value.Reshape(tokens, heads, size).Permute(1, 0, 2);
        Tensor scores = (MatMul(queries, keys.Transpose()) * InverseSqrt(size)).Within(-64, 64);
        return MatMul(Softmax(scores), values).Permute(1, 0, 2).Reshape(tokens, dim);
    }
}
