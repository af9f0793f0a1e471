using System;
using MPCache.Execution;
using MPCache.Ring;

namespace MPCache.Gates;

/// <summary>
/// Truncates an additive share and shrinks its ring, before it is opened: the server keeps ⌊z_0 / 2^k⌋, the client ⌈z_1 / 2^k⌉, both in
/// Z_2^(m−k).
/// <para>A wrap of z_0 + z_1 is a multiple of 2^m and vanishes with the high bits, so the sum is exactly ⌊z / 2^k⌋, or one more where
/// z_0 mod 2^k is below z mod 2^k. With a uniform z_0 that happens with probability (z mod 2^k) / 2^k: unbiased, and exact for multiples of
/// 2^k. In the clear it is the floor. Unlike the local truncation of SecureML it keeps no high bits, and so cannot fail.</para>
/// </summary>
internal static class ShareTruncation
{
    /// <summary>Writes a role's truncated share.</summary>
    /// <param name="share">The share in Z_2^m, reduced or not.</param>
    /// <param name="truncated">Receives the share in Z_2^(m−k).</param>
    /// <param name="ring">The ring's bits m.</param>
    /// <param name="by">Low bits k to discard.</param>
    public static void Apply<TRole>(ReadOnlySpan<ulong> share, Span<ulong> truncated, int ring, int by)
        where TRole : IRole
    {
        if (by == 0)
        {
            share.CopyTo(truncated);
            return;
        }

        bool up = TRole.IsClient && !TRole.IsServer;
        if (up)
        {
            RingKernels.Negate(share, truncated);
        }
        else
        {
            share.CopyTo(truncated);
        }

        RingKernels.Reduce(truncated, ring);
        RingKernels.ShiftRightLogical(truncated, by, truncated);
        if (up)
        {
            RingKernels.Negate(truncated, truncated);
        }
    }
}
