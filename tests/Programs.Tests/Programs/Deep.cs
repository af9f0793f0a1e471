using static MPCache.Functions;

namespace MPCache.Programs.Tests.Programs;

/// <summary>A tournament inside two loops of the author's.</summary>
[Dim("n", Max = 16)]
public static partial class Deep
{
    [EntryPoint]
    public static Tensor Run([Owned(Party.Client), Shape("n"), Range(-4, 4)] Tensor x)
    {
        for (int i = 0; i < 2; i++)
        {
            for (int j = 0; j < 3; j++)
            {
                x = (x - Softmax(x)).Within(-8, 8);
            }
        }

        return x.Reveal(Party.Client);
    }
}
