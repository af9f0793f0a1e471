namespace MPCache.Programs.Tests.Programs;

/// <summary>A range that the author knows of a product of sums, and that inputs can leave all the same.</summary>
[Dim("n", Max = 64)]
public static partial class Asserted
{
    [EntryPoint]
    public static Tensor Apply([Owned(Party.Client), Shape("n"), Range(-4, 4)] Tensor x) => (x * x).Within(0, 4).Reveal(Party.Client);

    /// <summary>What is asserted is never opened: the factor behind it is taken on shares.</summary>
    [EntryPoint]
    public static Tensor ApplyShared([Owned(Party.Client), Shape("n"), Range(-4, 4)] Tensor x) =>
        ((x * x).Within(0, 4) * 0.3f).Reveal(Party.Client);
}
