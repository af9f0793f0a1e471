using System;

namespace MPCache;

/// <summary>
/// Marks a class of tensors that lives between calls and grows: a key-value cache. Entry points take it as a parameter and assign its
/// properties, as in <c>cache.Keys = cache.Keys.Append(rows)</c>. Several entry points share one state, so how it is held is declared
/// here, and the <see cref="ShapeAttribute">shape</see> and <see cref="RangeAttribute">range</see> of each property there, never inferred.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class StateAttribute : Attribute
{
    /// <summary>
    /// The dimension along which the tensors grow: the leading axis of each, behind the axis that counts an array's tensors. "tokens"
    /// unless stated.
    /// </summary>
    public string Grows { get; set; } = "tokens";

    /// <summary>The fixed-point scale between calls: a value v is held as round(v·2^FractionBits). 16 unless stated.</summary>
    public int FractionBits { get; set; } = 16;

    /// <summary>The ring of the tensors between calls, in bits: values are held modulo 2^RingBits. 48 unless stated.</summary>
    public int RingBits { get; set; } = 48;
}
