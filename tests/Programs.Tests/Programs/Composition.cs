using MPCache.Programs.Library;

namespace MPCache.Programs.Tests.Programs;

[Dim("rows", Max = 32)]
[Dim("dim", Max = 64)]
public static partial class Composition
{
    /// <summary>Protocols of this file, of another file and of another assembly; tuples; named and default arguments.</summary>
    [EntryPoint]
    public static (Tensor Mean, Tensor Variance, Tensor Standardized, Tensor Mixed) Apply(
        [Owned(Party.Client), Shape("rows, dim"), Range(-4, 4)] Tensor x, [Owned(Party.Server), Shape("rows, dim"), Range(-4, 4)] Tensor y)
    {
        (Tensor mean, Tensor variance) = Statistics.Moments(x);
        (_, Tensor other) = Mixing.Mix(b: y, a: x);
        return (
            mean.Reveal(Party.Client),
            variance.Reveal(Party.Server),
            Statistics.Standardize(y).Reveal(Party.Client),
            Twice(Mixing.Blend(x, other)).Reveal(Party.Client));
    }

    [Protocol]
    private static Tensor Twice(Tensor x) => x + x;
}
