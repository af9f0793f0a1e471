using static MPCache.Functions;

namespace MPCache.Models.Layers;

/// <summary>Feed-forward layers.</summary>
public static class FeedForward
{
    /// <summary>
    /// The gated feed-forward layer of Llama, (SiLU(x·Gᵀ) ⊙ x·Uᵀ)·Dᵀ. The argument of the activation stays within ±15.5: pieces of a quarter
    /// cover a little less than a power of two, and ±16 would take twice as many.
    /// Source: Shazeer, GLU Variants Improve Transformer (2020).
    /// </summary>
    /// <param name="x">[rows, dim].</param>
    /// <param name="gate">[hidden, dim].</param>
    /// <param name="up">[hidden, dim].</param>
    /// <param name="down">[dim, hidden].</param>
    [Protocol]
    public static Tensor SwiGlu(Tensor x, Tensor gate, Tensor up, Tensor down)
    {
        Tensor gated = Silu(Linear(x, gate).Within(-15.5, 15.5)) * Linear(x, up).Within(-16, 16);
        return Linear(gated.Within(-64, 64), down).Within(-64, 64);
    }

    /// <summary>
    /// The feed-forward layer of GPT-2, GELU(x·Uᵀ + b)·Dᵀ + c. The argument of the activation lies within ±31, which its polynomials cover
    /// in pieces of a quarter: they are off by less than 2^−10.
    /// </summary>
    /// <param name="x">[rows, dim].</param>
    /// <param name="up">[hidden, dim].</param>
    /// <param name="upBias">[hidden].</param>
    /// <param name="down">[dim, hidden].</param>
    /// <param name="downBias">[dim].</param>
    [Protocol]
    public static Tensor Mlp(Tensor x, Tensor up, Tensor upBias, Tensor down, Tensor downBias)
    {
        Tensor hidden = Gelu((Linear(x, up) + upBias).Within(-31, 31));
        return (Linear(hidden, down) + downBias).Within(-4096, 4096);
    }
}
