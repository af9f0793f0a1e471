using System;

namespace MPCache.Programs.Tests.Programs;

[Dim("n", Max = 300)]
public static partial class Maps
{
    private const float Leak = 0.125f;
    private static readonly float Half = MathF.Sqrt(0.25f);

    /// <summary>Formulas of every kind: smooth and bent, defined everywhere and up to a bound, of wide and narrow arguments.</summary>
    [EntryPoint]
    public static (Tensor Mish, Tensor Root, Tensor Leaky, Tensor Wave, Tensor Logarithm, Tensor Semicircle) Apply(
        [Owned(Party.Client), Shape("n"), Range(-8, 8)] Tensor x, [Owned(Party.Server), Shape("n"), Range(0.0625, 4)] Tensor y)
    {
        return (
            x.Map(v => v * MathF.Tanh(MathF.Log(1 + MathF.Exp(v))), -8, 8).Reveal(Party.Client),
            (x * x).Map(v => MathF.Pow(1 + v, 0.5f), 0, 64).Reveal(Party.Client),
            x.Map(v => v > 0 ? v : Leak * v, -8, 8).Reveal(Party.Client),
            x.Map(v =>
            {
                float angle = Half * v;
                return MathF.Sin(angle) - (MathF.Cos(angle) / 2);
            }, -8, 8).Reveal(Party.Server),
            y.Map(v => MathF.Log(v), 0.0625, 4).Reveal(Party.Client),
            (x * 0.12f).Map(v => MathF.Sqrt(1.25f - (v * v)), -1, 1).Reveal(Party.Client));
    }
}
