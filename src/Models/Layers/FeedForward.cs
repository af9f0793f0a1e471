using static MPCache.Functions;

namespace MPCache.Models.Layers;

/// <summary>Feed-forward layers.</summary>
public static class FeedForward
{
    /// <summary>
    /// The gated feed-forward layer of Llama, (SiLU(x·Gᵀ) ⊙ x·Uᵀ)·Dᵀ.
    /// Source: Shazeer, GLU Variants Improve Transformer (2020).
    /// </summary>
    /// <param name="x">[rows, dim].</param>
    /// <param name="gate">[hidden, dim].</param>
    /// <param name="up">[hidden, dim].</param>
    /// <param name="down">[dim, hidden].</param>
    [Protocol]
    public static Tensor SwiGlu(Tensor x, Tensor gate, Tensor up, Tensor down)
    {
        Tensor gated = Silu(Linear(x, gate).Within(-16, 16)) * Linear(x, up).Within(-16, 16);
        return Linear(gated.Within(-64, 64), down).Within(-64, 64);
    }

    /// <summary>The feed-forward layer of GPT-2 and BERT, GELU(x·Uᵀ + b)·Dᵀ + c.</summary>
    /// <param name="x">[rows, dim].</param>
    /// <param name="up">[hidden, dim].</param>
    /// <param name="upBias">[hidden], b.</param>
    /// <param name="down">[dim, hidden].</param>
    /// <param name="downBias">[dim], c.</param>
    [Protocol]
    public static Tensor GeluMlp(Tensor x, Tensor up, Tensor upBias, Tensor down, Tensor downBias)
    {
        Tensor hidden = Gelu((Linear(x, up) + upBias).Within(-32, 32));
        return (Linear(hidden, down) + downBias).Within(-64, 64);
    }
}
