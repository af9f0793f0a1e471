using System.Globalization;
using MPCache.Generator.Ir;

namespace MPCache.Generator.FrontEnd;

/// <summary>
/// The shortest decimal that reads back as the same number: <c>0.1f</c> is 0.1, as the author wrote it. Digits are tried one by one
/// because the "R" format differs between the platforms that run generators.
/// </summary>
internal static class RealText
{
    public static RealAttr Of(float value)
    {
        for (int digits = 6; digits < 9; digits++)
        {
            string text = value.ToString("G" + digits, CultureInfo.InvariantCulture);
            if (float.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture) == value)
            {
                return new RealAttr(text);
            }
        }

        return new RealAttr(value.ToString("G9", CultureInfo.InvariantCulture));
    }

    public static RealAttr Of(double value)
    {
        for (int digits = 15; digits < 17; digits++)
        {
            string text = value.ToString("G" + digits, CultureInfo.InvariantCulture);
            if (double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture) == value)
            {
                return new RealAttr(text);
            }
        }

        return new RealAttr(value.ToString("G17", CultureInfo.InvariantCulture));
    }
}
