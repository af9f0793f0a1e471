namespace MPCache.Programs.Tests.Programs;

[Dim("steps", Max = 16)]
[Dim("n", Max = 32)]
public static partial class Loops
{
    /// <summary>
    /// Loops over a parameter, a size and a constant, nested, with several carried values, one that only passes, and one swapped for
    /// another; no step at all is possible.
    /// </summary>
    [EntryPoint]
    public static (Tensor Sum, Tensor Product, Tensor Swapped) Apply(
        [Owned(Party.Client), Shape("steps, n"), Range(-1, 1)] Tensor x,
        [Owned(Party.Server), Shape("n"), Range(-1, 1)] Tensor start,
        int times)
    {
        Tensor sum = start;
        Tensor product = start * 0.5f;
        Tensor other = x.Sum(0).Reshape(x.Size(1));
        for (int i = 0; i < x.Size(0); i++)
        {
            for (int j = 0; j < times; j++)
            {
                sum = (sum * 0.5f + x[i] * (1f / 3f)).Within(-4, 4);
            }

            product = (product * x[x.Size(0) - 1 - i]).Within(-1, 1);
        }

        for (int k = 0; k < 3; k++)
        {
            Tensor kept = sum;
            sum = other.Within(-16, 16);
            other = kept.Within(-16, 16);
        }

        return (sum.Reveal(Party.Client), product.Reveal(Party.Client), other.Reveal(Party.Client));
    }
}

[Dim("steps", Max = 16)]
[Dim("n", Max = 32)]
public static partial class Branches
{
    private const bool Squared = true;
    private static readonly bool Negated = false;

    /// <summary>Constant conditions, compound assignment, and integers computed from sizes and the loop's counter.</summary>
    [EntryPoint]
    public static Tensor Apply([Owned(Party.Client), Shape("steps, n"), Range(-2, 2)] Tensor x)
    {
        int steps = x.Size(0);
        Tensor total = x.Slice(0, steps / 2, 1);
        for (int i = 1; i < System.Math.Min(steps, 5); i++)
        {
            int from = System.Math.Max(0, (i * 2 - 1) % steps);
            total = (total + x.Slice(0, from, 1)).Within(-64, 64);
        }

        if (Squared)
        {
            total *= total;
        }

        if (Negated)
        {
            total = -total;
        }
        else
        {
            total += 1;
        }

        return total.Reveal(Party.Client);
    }
}
