using System;
using System.Security.Cryptography;
using MPCache.Execution;

namespace MPCache.Randomness;

/// <summary>The masks of one seed, expanded with AES in counter mode; see <see cref="AesCounter"/>.</summary>
public sealed class AesMaskSource : IMaskSource, IDisposable
{
    /// <summary>Bytes of a seed.</summary>
    public const int SeedBytes = AesCounter.KeyBytes;

    private readonly AesCounter counter;

    /// <summary>Starts from a seed.</summary>
    /// <param name="seed">Secret uniform bytes; the caller's copy may be cleared afterwards.</param>
    public AesMaskSource(ReadOnlySpan<byte> seed) => counter = new AesCounter(seed);

    /// <summary>A fresh seed from the operating system's generator.</summary>
    public static byte[] DrawSeed() => RandomNumberGenerator.GetBytes(SeedBytes);

    /// <inheritdoc/>
    public void Expand(in Address at, Span<ulong> destination, int ring) => counter.Expand(at, destination, ring);

    /// <summary>Clears the seed.</summary>
    public void Dispose() => counter.Dispose();
}
