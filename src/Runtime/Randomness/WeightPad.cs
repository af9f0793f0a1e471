using MPCache.Execution;

namespace MPCache.Randomness;

/// <summary>
/// Where the pad B of shared weights comes from, so that server and dealer expand the same: F = W − B is all that the client ever sees of
/// W.
/// </summary>
internal static class WeightPad
{
    /// <summary>The ring of F and B: every program's ring divides it.</summary>
    public const int RingBits = 64;

    /// <summary>The address of a tensor's pad.</summary>
    /// <param name="call">The ledger's entry that shares the weights.</param>
    /// <param name="tensor">The tensor's place in the schema.</param>
    public static Address At(uint call, int tensor) => new(call, checked((ushort)tensor), 0, 0, 0);
}
