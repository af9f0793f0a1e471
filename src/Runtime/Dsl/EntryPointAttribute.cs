using System;

namespace MPCache;

/// <summary>
/// Marks a static method over <see cref="Tensor"/> that is compiled to a two-party program. The method itself stays an ordinary method that
/// computes in plain floating point. Precision and network profile belong here and hold for everything the method calls.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EntryPointAttribute : Attribute
{
    /// <summary>The fixed-point precision: a secret value v is held as the integer round(v·2^FractionBits). 16 unless stated.</summary>
    public int FractionBits { get; set; } = 16;

    /// <summary>The network profiles to compile for, one program each. <see cref="Network.Lan"/> unless stated.</summary>
    public Network Networks { get; set; } = Network.Lan;
}
