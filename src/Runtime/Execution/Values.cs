using System;

namespace MPCache.Execution;

/// <summary>
/// A tensor of ring elements as one role holds it, in row-major order, in one of two forms which the compiler tracks.
/// <para>Masked, x̂ = x + r: a party holds the opened values x̂ in <see cref="A"/> and its mask share r_b in <see cref="B"/>; the dealer
/// holds the mask's shares r_0 in <see cref="A"/> and r_1 in <see cref="B"/>. Linear maps treat both planes alike; public constants are
/// added to x̂ only.</para>
/// <para>Additive: a party holds its share in <see cref="A"/>; the dealer holds nothing, or in <see cref="B"/> the sign of a value shared up
/// to a sign. Unused planes are null.</para>
/// </summary>
/// <param name="A">First plane; longer than <paramref name="Count"/> where the buffer is pooled.</param>
/// <param name="B">Second plane.</param>
/// <param name="Count">Elements.</param>
public readonly record struct RingValue(ulong[]? A, ulong[]? B, int Count)
{
    /// <summary>The first plane's elements: x̂, an additive share, or r_0.</summary>
    public Span<ulong> First => A.AsSpan(0, A is null ? 0 : Count);

    /// <summary>The second plane's elements: r_b, or r_1.</summary>
    public Span<ulong> Second => B.AsSpan(0, B is null ? 0 : Count);

    /// <summary><see cref="First"/> for work that several cores share.</summary>
    public Memory<ulong> FirstMemory => A.AsMemory(0, A is null ? 0 : Count);

    /// <summary><see cref="Second"/> for work that several cores share.</summary>
    public Memory<ulong> SecondMemory => B.AsMemory(0, B is null ? 0 : Count);
}

/// <summary>
/// Bits of a tensor as one role holds them, stored as planes of ⌈Count / 64⌉ words: plane p holds bit p of every element, 64 elements a
/// word, bits beyond the last element zero. Forms and planes A, B as in <see cref="RingValue"/>, with XOR in the place of addition.
/// </summary>
/// <param name="A">b̂ at a party (its XOR share, before the opening), ρ_0 at the dealer.</param>
/// <param name="B">ρ_b at a party, ρ_1 at the dealer.</param>
/// <param name="Planes">Bits an element.</param>
/// <param name="Count">Elements.</param>
public readonly record struct BitValue(ulong[]? A, ulong[]? B, int Planes, int Count)
{
    /// <summary>Words a plane.</summary>
    public int Words => (Count + 63) >> 6;

    /// <summary>One plane of <see cref="A"/>.</summary>
    public Span<ulong> First(int plane) => A is null ? [] : A.AsSpan(plane * Words, Words);

    /// <summary>One plane of <see cref="B"/>.</summary>
    public Span<ulong> Second(int plane) => B is null ? [] : B.AsSpan(plane * Words, Words);
}
