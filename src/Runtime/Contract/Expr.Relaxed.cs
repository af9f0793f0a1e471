using System.Collections.Generic;
using System.Linq;

namespace MPCache.Contract;

// What is known of minima, maxima and quotients beyond their intervals: how they compare with their own arguments.
public sealed partial class Expr
{
    /// <summary>
    /// Expressions of which none is larger than a positive multiple of this one, each with a minimum, a maximum or a quotient less: where
    /// one of them is not negative, this one is not either.
    /// </summary>
    internal IEnumerable<Expr> Relaxed()
    {
        foreach (Term term in terms)
        {
            for (int at = 0; at < term.Atoms.Length; at++)
            {
                if (term.Atoms[at] is FunctionAtom function)
                {
                    Expr others = new([new Term(1, [.. term.Atoms.Where((_, i) => i != at)])]);
                    foreach (Expr relaxed in Relaxed(this - new Expr([term]), term.Coefficient, others, function))
                    {
                        yield return relaxed;
                    }
                }
            }
        }
    }

    /// <summary>The same of a sum of some rest and the product of a number, other factors and a function.</summary>
    private static IEnumerable<Expr> Relaxed(Expr rest, long coefficient, Expr others, FunctionAtom function)
    {
        bool isAlone = others.AsConstant == 1;
        if (function.Name == (coefficient < 0 ? "min" : "max") && isAlone)
        {
            foreach (Expr argument in function.Arguments)
            {
                yield return rest + (coefficient * argument);
            }
        }
        else if (function.Name is "floordiv" or "ceildiv")
        {
            // b·⌊a / b⌋ is at most a and at least a − b + 1; b·⌈a / b⌉ is at most a + b − 1 and at least a. A divisor is positive.
            (Expr a, Expr b) = (function.Arguments[0], function.Arguments[1]);
            Expr bound = (function.Name, coefficient < 0) switch
            {
                ("floordiv", false) => a - b + 1,
                ("ceildiv", true) => a + b - 1,
                _ => a,
            };
            if (others.Equals(b))
            {
                yield return rest + (coefficient * bound);
            }
            else if (isAlone && b.AsConstant is long divisor and > 0)
            {
                yield return (divisor * rest) + (coefficient * bound);
            }
        }
    }
}
