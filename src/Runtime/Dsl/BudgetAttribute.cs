using System;

namespace MPCache;

/// <summary>
/// Limits what a call of an <see cref="EntryPointAttribute">entry point</see> may cost; the compiler holds its exact plan against it and
/// reports an error where a limit is exceeded, with the cost it found and the expression that costs most. A method may have several, for
/// several sizes.
/// </summary>
/// <example>
/// <code>
/// [EntryPoint]
/// [Budget(Flights = 400, Bytes = 2_000_000, Dims = "tokens = 512, layers = 5")]
/// [Budget(DealerBytes = 50_000_000, Dims = "tokens = 4096, layers = 5")]
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class BudgetAttribute : Attribute
{
    /// <summary>The most online flights. Negative: not limited.</summary>
    public long Flights { get; set; } = -1;

    /// <summary>
    /// The most bytes between the two parties: both directions, the messages' headers, and what the client sends before the call. Negative:
    /// not limited.
    /// </summary>
    public long Bytes { get; set; } = -1;

    /// <summary>The most bytes of corrections from the dealer. Negative: not limited.</summary>
    public long DealerBytes { get; set; } = -1;

    /// <summary>
    /// The sizes at which the limits hold, as in <c>"tokens = 512, layers = 5"</c>. A dimension that is not named has the size that
    /// <see cref="DimAttribute.Typical"/> declares; one on which no limited cost depends needs none.
    /// </summary>
    public string Dims { get; set; } = "";
}
