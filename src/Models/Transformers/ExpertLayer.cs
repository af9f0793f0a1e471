using MPCache.Models.Layers;
using static MPCache.Functions;

namespace MPCache.Models.Transformers;

/// <summary>
/// A feed-forward layer with two experts a row and its residual connection, on the client's rows. Neither party learns which experts a row
/// uses.
/// </summary>
[Dim("dim", Max = 4096, Typical = 64)]
[Dim("experts", Max = 64, Typical = 8)]
[Dim("hidden", Max = 4096, Typical = 128)]
[Dim("rows", Max = 4096, Typical = 16)]
public static partial class ExpertLayer
{
    /// <summary>x + Σ over the two best experts of a row.</summary>
    /// <param name="weights">The server's weights.</param>
    /// <param name="x">The client's rows.</param>
    /// <returns>[rows, dim], to the client.</returns>
    [EntryPoint]
    public static Tensor Apply(ExpertWeights weights, [Owned(Party.Client), Shape("rows, dim"), Range(-16, 16)] Tensor x)
    {
        Tensor h = Normalization.RmsNorm(x, weights.Gain);
        Tensor shares = MixtureOfExperts.Route(Linear(h, weights.Router).Within(-32, 32), 2);
        return (x + MixtureOfExperts.Mix(h, shares, weights.Gate, weights.Up, weights.Down)).Reveal(Party.Client);
    }
}
