using System.Linq;

namespace MPCache.Contract;

// Multiples of one quotient: positions that stay the same for several numbers in a row and then move on.
public sealed partial class Expr
{
    /// <summary>The expression as a factor times ⌊a / b⌋; null where it is nothing of that form.</summary>
    internal (Expr Factor, Expr Dividend, Expr Divisor)? AsQuotient()
    {
        FunctionAtom? quotient = terms.Length == 0 ? null
            : terms[0].Atoms.OfType<FunctionAtom>().FirstOrDefault(f => f.Name == "floordiv");
        if (quotient is null || !terms.All(t => t.Atoms.Count(a => a.Text == quotient.Text) == 1))
        {
            return null;
        }

        Expr factor = Normal(terms.Select(t => new Term(t.Coefficient, [.. t.Atoms.Where(a => a.Text != quotient.Text)])).ToList());
        return (factor, quotient.Arguments[0], quotient.Arguments[1]);
    }
}
