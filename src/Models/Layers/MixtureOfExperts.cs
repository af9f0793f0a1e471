using static MPCache.Functions;

namespace MPCache.Models.Layers;

/// <summary>
/// A feed-forward layer of several experts of which each row uses few. Which ones is secret from both parties, so all experts are computed
/// and those that are not chosen weigh nothing: the layer costs what its experts cost together.
/// Source: Shazeer et al., Outrageously Large Neural Networks (ICLR 2017), section 2; the softmax over the chosen experts alone as in Jiang
/// et al., Mixtral of Experts (2024), section 2.1.
/// </summary>
public static class MixtureOfExperts
{
    /// <summary>How much each expert weighs in each row: a softmax over the row's largest scores, 0 for all others.</summary>
    /// <param name="scores">[rows, experts].</param>
    /// <param name="kept">How many experts a row uses.</param>
    /// <returns>[rows, experts]; every row sums to 1.</returns>
    [Protocol]
    public static Tensor Route(Tensor scores, int kept)
    {
        Selection chosen = TopK(scores, kept);
        return Scatter(Softmax(Gather(scores, chosen)), chosen);
    }

    /// <summary>
    /// Σ_e share_e · D_e·(SiLU(G_e·x) ⊙ U_e·x) for every row x. The weighted sum is one product: D_e weighs what the experts' hidden elements,
    /// scaled by their shares, hold one behind the other.
    /// </summary>
    /// <param name="x">[rows, dim].</param>
    /// <param name="shares">[rows, experts].</param>
    /// <param name="gate">[experts · hidden, dim], G.</param>
    /// <param name="up">[experts · hidden, dim], U.</param>
    /// <param name="down">[dim, experts · hidden], D.</param>
    /// <returns>[rows, dim].</returns>
    [Protocol]
    public static Tensor Mix([Shape("rows, dim")] Tensor x, [Shape("rows, experts")] Tensor shares, Tensor gate, Tensor up, Tensor down)
    {
        int rows = x.Size(0);
        int experts = shares.Size(1);
        int hidden = up.Size(0) / experts;
        Tensor gated = (Silu(Linear(x, gate).Within(-15.5, 15.5)) * Linear(x, up).Within(-16, 16)).Within(-64, 64);
        Tensor weighed = gated.Reshape(rows, experts, hidden) * shares.Reshape(rows, experts, 1);
        return Linear(weighed.Reshape(rows, experts * hidden), down).Within(-64, 64);
    }
}
