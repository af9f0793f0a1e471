using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;

namespace MPCache.FixedPoint;

/// <summary>Where a formula is not defined.</summary>
internal sealed class DomainException(ScalarExpression part, string reason) : Exception(reason)
{
    /// <summary>The part of the formula that has no value.</summary>
    public ScalarExpression Part { get; } = part;
}

/// <content>Intervals: whether a formula is defined on the whole of a range, and what it can be there.</content>
public sealed partial class ScalarExpression
{
    private const int LargestExponential = 60;

    /// <summary>All that the formula can be between two arguments, often more than that; arguments are multiples of a unit.</summary>
    /// <exception cref="DomainException">It may be undefined between them.</exception>
    internal (Fixed Low, Fixed High) Range(Fixed low, Fixed high, Fixed unit)
    {
        (Fixed Low, Fixed High) Of(int operand) => Operands[operand].Range(low, high, unit);
        switch (Name)
        {
            case "x":
                return (low, high);
            case "neg":
                return (-Of(0).High, -Of(0).Low);
            case "add":
                return (Of(0).Low + Of(1).Low, Of(0).High + Of(1).High);
            case "sub":
                return (Of(0).Low - Of(1).High, Of(0).High - Of(1).Low);
            case "mul":
                return Operands[0].ToString() == Operands[1].ToString() ? Even(Of(0), static v => v * v) : Product(Of(0), Of(1));
            case "div":
                return Product(Of(0), Inverse(Of(1)));
            case "min":
                return (Least(Of(0).Low, Of(1).Low), Least(Of(0).High, Of(1).High));
            case "max":
                return (Greatest(Of(0).Low, Of(1).Low), Greatest(Of(0).High, Of(1).High));
            case "abs":
                return Even(Of(0), static v => v.Sign < 0 ? -v : v);
            case "sqrt":
                Require(Of(0).Low.Sign >= 0, "it is the root of a negative number");
                return Rising(Of(0), FixedMath.Sqrt);
            case "log":
                Require(Of(0).Low.Sign > 0, "it is the logarithm of a number that is not positive");
                return Rising(Of(0), FixedMath.Log);
            case "exp":
                Require(Of(0).High <= LargestExponential, "it is larger than fixed point can hold");
                return Rising(Of(0), FixedMath.Exp);
            case "tanh":
                return Rising(Of(0), FixedMath.Tanh);
            case "erf":
                return Rising(Of(0), FixedMath.Erf);
            case "sigmoid":
                return Rising(Of(0), FixedMath.Sigmoid);
            case "sin" or "cos":
                return (-Fixed.One, Fixed.One);
            case "pow":
                return PowerRange(Of(0), Operands[1].Value);
            case "lt" or "le" or "eq" or "and" or "or" or "not":
                return Truth(low, high, unit) is bool known ? (Bit(known), Bit(known)) : (Fixed.Zero, Fixed.One);
            case "if":
                return Chosen(low, high, unit);
            case "within":
                throw new InvalidOperationException("a mirrored formula has no range of its own");
            default:
                return (Value, Value);
        }
    }

    private static (Fixed Low, Fixed High) Rising((Fixed Low, Fixed High) x, Func<Fixed, Fixed> function) =>
        (function(x.Low), function(x.High));

    /// <summary>The range of a function that falls towards 0 and rises from there.</summary>
    private static (Fixed Low, Fixed High) Even((Fixed Low, Fixed High) x, Func<Fixed, Fixed> function)
    {
        (Fixed a, Fixed b) = (function(x.Low), function(x.High));
        return (x.Low.Sign <= 0 && x.High.Sign >= 0 ? function(Fixed.Zero) : Least(a, b), Greatest(a, b));
    }

    private static (Fixed Low, Fixed High) Product((Fixed Low, Fixed High) a, (Fixed Low, Fixed High) b)
    {
        Fixed low = a.Low * b.Low;
        Fixed high = low;
        foreach (Fixed corner in new[] { a.Low * b.High, a.High * b.Low, a.High * b.High })
        {
            (low, high) = (Least(low, corner), Greatest(high, corner));
        }

        return (low, high);
    }

    private (Fixed Low, Fixed High) Inverse((Fixed Low, Fixed High) x)
    {
        Require(x.Low.Sign > 0 || x.High.Sign < 0, "it divides by 0");
        return (Fixed.One / x.High, Fixed.One / x.Low);
    }

    private (Fixed Low, Fixed High) PowerRange((Fixed Low, Fixed High) x, Fixed y)
    {
        if (WholeExponent(y) is not int exponent)
        {
            Require(x.Low.Sign > 0, "it is a broken power of a number that is not positive");
            (Fixed a, Fixed b) = (Power(x.Low, y), Power(x.High, y));
            return (Least(a, b), Greatest(a, b));
        }

        Fixed size = Fixed.FromRaw(BigInteger.Abs(y.Raw));
        (Fixed Low, Fixed High) power = exponent % 2 == 0 ? Even(x, v => Power(v, size)) : Rising(x, v => Power(v, size));
        return exponent < 0 ? Inverse(power) : power;
    }

    /// <summary>Either alternative where the condition is not known, each where it can be taken: what x is compared with bounds it.</summary>
    private (Fixed Low, Fixed High) Chosen(Fixed low, Fixed high, Fixed unit)
    {
        if (Operands[0].Truth(low, high, unit) is bool taken)
        {
            return Operands[taken ? 1 : 2].Range(low, high, unit);
        }

        (Fixed Low, Fixed High)? range = null;
        foreach (bool truth in new[] { true, false })
        {
            foreach ((Fixed from, Fixed to) in Operands[0].Where(truth, low, high, unit))
            {
                (Fixed Low, Fixed High) part = Operands[truth ? 1 : 2].Range(from, to, unit);
                range = range is not { } other ? part : (Least(part.Low, other.Low), Greatest(part.High, other.High));
            }
        }

        return range!.Value;
    }

    /// <summary>A condition's truth where it is the same for all arguments.</summary>
    private bool? Truth(Fixed low, Fixed high, Fixed unit)
    {
        switch (Name)
        {
            case "not":
                return !Operands[0].Truth(low, high, unit);
            case "and" or "or":
                bool decides = Name == "or";
                bool? first = Operands[0].Truth(low, high, unit);
                bool? second = first == decides ? decides : Operands[1].Truth(low, high, unit);
                return first == decides || second == decides ? decides : first is null || second is null ? null : !decides;
        }

        (Fixed Low, Fixed High) a = Operands[0].Range(low, high, unit);
        (Fixed Low, Fixed High) b = Operands[1].Range(low, high, unit);
        return Name switch
        {
            "lt" => a.High < b.Low ? true : a.Low >= b.High ? false : null,
            "le" => a.High <= b.Low ? true : a.Low > b.High ? false : null,
            _ => a.Low == a.High && a == b ? true : a.High < b.Low || a.Low > b.High ? false : null,
        };
    }

    /// <summary>The arguments for which a condition may have a truth: narrower than all of them where x is compared with a number.</summary>
    private IEnumerable<(Fixed Low, Fixed High)> Where(bool truth, Fixed low, Fixed high, Fixed unit)
    {
        if (Name == "not")
        {
            return Operands[0].Where(!truth, low, high, unit);
        }

        if (Name == (truth ? "and" : "or"))
        {
            return Operands[0].Where(truth, low, high, unit).SelectMany(p => Operands[1].Where(truth, p.Low, p.High, unit));
        }

        List<(Fixed Low, Fixed High)> parts = [(low, high)];
        bool reversed = Operands[0].IsNumber;
        if (Name is "lt" or "le" or "eq" && Operands[reversed ? 1 : 0].Name == "x" && Operands[reversed ? 0 : 1].IsNumber)
        {
            Fixed bound = Operands[reversed ? 0 : 1].Value;
            bool below = reversed != truth;
            bool strict = Name == "lt" == truth;
            (Fixed before, Fixed behind) = Neighbours(bound, unit);
            parts = Name != "eq" ? [below ? (low, strict ? before : bound) : (strict ? behind : bound, high)]
                : truth ? [(bound, bound)] : [(low, before), (behind, high)];
        }

        return parts.ConvertAll(p => (Greatest(p.Low, low), Least(p.High, high))).FindAll(p => p.Item1 <= p.Item2);
    }

    /// <summary>The multiples of a unit next to a number, below and above it.</summary>
    private static (Fixed Before, Fixed Behind) Neighbours(Fixed number, Fixed unit)
    {
        BigInteger whole = BigInteger.DivRem(number.Raw, unit.Raw, out BigInteger rest);
        whole -= rest.Sign < 0 ? 1 : 0;
        return (Fixed.FromRaw((rest.IsZero ? whole - 1 : whole) * unit.Raw), Fixed.FromRaw((whole + 1) * unit.Raw));
    }

    private void Require(bool condition, string reason)
    {
        if (!condition)
        {
            throw new DomainException(this, reason);
        }
    }
}
