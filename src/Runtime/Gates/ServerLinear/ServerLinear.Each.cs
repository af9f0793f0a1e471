using System;
using MPCache.Execution;
using MPCache.Ring;

namespace MPCache.Gates;

/// <content>Products with several matrices at once: experts, heads, whatever is computed side by side.</content>
public static partial class ServerLinear
{
    /// <summary>y[e, n, outputs] = x[e, n, inputs]·W[first + e]ᵀ for each of some matrices, as an additive share.</summary>
    /// <param name="run">The call.</param>
    /// <param name="at">The address of the correlation.</param>
    /// <param name="x">Masked value, [count, n, inputs]; or [n, inputs], which every matrix multiplies.</param>
    /// <param name="w">The weights, matrices [outputs, inputs] along one or more leading axes.</param>
    /// <param name="first">The first matrix.</param>
    /// <param name="count">How many.</param>
    /// <param name="outputs">Rows of a matrix.</param>
    /// <param name="inputs">Columns of a matrix.</param>
    /// <param name="n">Rows of x for each matrix.</param>
    /// <param name="ring">The ring's bits m.</param>
    /// <exception cref="ArgumentException">The value has another size, or there are fewer matrices.</exception>
    public static RingValue LinearEach<TRole>(
        Run run, in Address at, in RingValue x, ResidentTensor w, int first, int count, int outputs, int inputs, int n, int ring)
        where TRole : IRole
    {
        int total = checked(count * n * outputs);
        int own = checked(n * inputs);
        int step = x.Count == own ? 0 : own;
        CheckCount(x.Count, step == 0 ? own : checked(count * own));
        int size = checked(outputs * inputs);
        if (first < 0 || first > (Layout.Count(w.Shape) / Math.Max(1, size)) - count)
        {
            throw new ArgumentException(
                FormattableString.Invariant($"Weights of {Layout.Count(w.Shape)} elements have no {count} matrices of {size} from {first} on."),
                nameof(first));
        }

        if (TRole.IsDealer || TRole.IsRehearsal)
        {
            ulong[] product = run.Rent(total);
            ReadOnlyMemory<ulong> masked = TRole.IsDealer ? w.Pad : w.Published;
            for (int e = 0; e < count; e++)
            {
                ParallelMatMul.Linear(
                    masked.Slice((first + e) * size, size), x.SecondMemory.Slice(e * step, own),
                    product.AsMemory(e * n * outputs, n * outputs), outputs, inputs, n);
            }

            return TRole.IsDealer ? DealNegated(run, at, product, total, ring) : ClientShare<TRole>(run, at, product, total, ring);
        }

        if (!TRole.IsServer)
        {
            return Prepared(run, total, ring);
        }

        ulong[] known = Own(run, x);
        ulong[] share = run.Rent(total);
        for (int e = 0; e < count; e++)
        {
            ParallelMatMul.LinearInt16(
                w.Weights.AsMemory((first + e) * size, size), known.AsMemory(e * step, own),
                share.AsMemory(e * n * outputs, n * outputs), outputs, inputs, n, ring);
        }

        run.Return(known);
        return ServerShare<TRole>(run, at, share, total, ring);
    }
}
