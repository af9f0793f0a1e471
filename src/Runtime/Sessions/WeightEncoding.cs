using System;
using System.Globalization;
using MPCache.Contract;
using MPCache.Execution;

namespace MPCache.Sessions;

/// <summary>Weights as 16-bit integers at the scale of their declared range.</summary>
internal static class WeightEncoding
{
    /// <summary>round(w·2^g), to nearest, ties to even.</summary>
    /// <param name="schema">The class, for errors.</param>
    /// <param name="field">The tensor's declaration.</param>
    /// <param name="value">The weights.</param>
    /// <exception cref="MPCacheException">A weight is outside of the declared range.</exception>
    public static short[] Encode(ResidentSchema schema, ResidentField field, Tensor value)
    {
        double factor = Math.ScaleB(1.0, WeightScale.FractionBits(field.Low, field.High));
        ReadOnlySpan<float> weights = value.Values;
        short[] raw = new short[weights.Length];
        for (int i = 0; i < weights.Length; i++)
        {
            if (!(weights[i] >= field.Low && weights[i] <= field.High))
            {
                string place = Shapes.IndexText(i, value.Shape);
                throw new MPCacheException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{schema.Name}.{field.Name} is {weights[i]} at {place}, outside of [{field.Low}, {field.High}]"),
                    "Give weights of the declared range, or declare a wider one");
            }

            // A weight at a bound that is a power of two is 2^15, one more than 16 bits hold.
            raw[i] = (short)Math.Clamp(Math.Round(weights[i] * factor, MidpointRounding.ToEven), -short.MaxValue, short.MaxValue);
        }

        return raw;
    }
}
