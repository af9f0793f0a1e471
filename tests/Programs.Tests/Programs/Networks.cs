using static MPCache.Functions;

namespace MPCache.Programs.Tests.Programs;

/// <summary>Compiled for both networks; what depends on the network is in it: softmax alone and weighing values, and an arg-max.</summary>
[Dim("rows", Max = 16)]
[Dim("n", Max = 512)]
[Dim("size", Max = 16)]
public static partial class Distances
{
    [EntryPoint(Networks = Network.Lan | Network.Wan)]
    public static (Tensor Mixed, Tensor Probabilities, Tensor Best) Apply(
        [Owned(Party.Client), Shape("rows, n"), Range(-300, 100)] Tensor scores,
        [Owned(Party.Server), Shape("n, size"), Range(-8, 8)] Tensor values)
    {
        return (
            MatMul(Softmax(scores), values).Reveal(Party.Client),
            Softmax(scores, CausalMask(scores.Size(0), scores.Size(1))).Reveal(Party.Client),
            ArgMax(scores).Reveal(Party.Server));
    }
}
