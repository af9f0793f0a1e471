using System.Globalization;
using System.Numerics;

namespace MPCache.Generator.Emission;

/// <summary>
/// Exact conversion of decimal text to fixed point, without a floating-point step that platforms might round differently.
/// </summary>
internal static class DecimalText
{
    /// <summary>The integer nearest to text · 2^bits, halves away from zero.</summary>
    public static BigInteger Raw(string text, int bits)
    {
        string mantissa = text;
        int exponent = 0;
        int e = text.IndexOfAny(['e', 'E']);
        if (e >= 0)
        {
            mantissa = text.Substring(0, e);
            exponent = int.Parse(text.Substring(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        }

        int point = mantissa.IndexOf('.');
        if (point >= 0)
        {
            exponent -= mantissa.Length - point - 1;
            mantissa = mantissa.Remove(point, 1);
        }

        BigInteger numerator = BigInteger.Parse(mantissa, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) << bits;
        BigInteger denominator = BigInteger.One;
        if (exponent >= 0)
        {
            numerator *= BigInteger.Pow(10, exponent);
        }
        else
        {
            denominator = BigInteger.Pow(10, -exponent);
        }

        BigInteger magnitude = ((BigInteger.Abs(numerator) * 2) + denominator) / (denominator * 2);
        return numerator.Sign < 0 ? -magnitude : magnitude;
    }
}
