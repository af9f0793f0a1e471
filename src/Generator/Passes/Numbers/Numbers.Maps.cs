using System;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Passes;

/// <summary>Functions of every element on its own, the language's and the author's: pieces of polynomials, fitted here.</summary>
internal sealed partial class Numbers
{
    private int Map(Op op) => Map(
        Use(op.Operands[0]), "the function", op.Attributes.Text("function"),
        (((RealAttr)Attribute(op, "low")).Decimal, ((RealAttr)Attribute(op, "high")).Decimal));

    private int Map(int x, string name, string function, (string Low, string High)? bounds = null)
    {
        Number number = numbers[x];
        double width = Real(number.High - number.Low, number.Scale);
        int scale = MapFit.InputBits;
        while (width * Math.Pow(2, scale) < 1 << (MapFit.InputBits - 2) && scale < fraction)
        {
            scale++;
        }

        bool rounds = number.Scale > scale;
        x = Align(AtMost(x, scale), scale);
        number = numbers[x];
        MapFit fit = MapFit.Choose(function, number.Low, number.High, scale, bounds) ?? throw new CompileError("MPC3004",
            FormattableString.Invariant($"{name} over [{Real(number.Low, scale):G4}, {Real(number.High, scale):G4}] ")
                + "is too wide; declare a narrower range with .Within(low, high)",
            site);
        if (fit.IsPoor)
        {
            throw new CompileError("MPC3010",
                $"no fit of this function comes nearer than {MapFit.RoundedUp(fit.Table.MaximumError)}: it jumps or bends too sharply; "
                + "choose between smooth functions with Select(Less(a, b), x, y), or narrow the bounds",
                site);
        }

        // A fit's own error is no part of where the function lies; truncations and what an argument was rounded by are.
        double error = fit.Table.MaximumError + (rounds ? fit.Slope * Math.Pow(2, -scale) : 0) + Math.Pow(2, -fraction);
        Number range = RawRange(fit.Least - error, fit.Most + error, fit.Table.FractionBits);
        return Emit("piecewise", [x],
            Attributes.Of(("function", fit.Function), ("start", (long)fit.Table.Low), ("inputScale", (long)scale),
                ("lowBits", (long)fit.Table.LowBits), ("highBits", (long)fit.Table.HighBits), ("degree", (long)fit.Table.Degree),
                ("bits", (long)fit.Table.FractionBits), ("error", new RealAttr(MapFit.RoundedUp(error)))),
            Shape(x), fit.Table.FractionBits, range.Low, range.High);
    }
}
