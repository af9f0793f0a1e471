using System;
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

    /// <summary>Words that are expanded at an address: pads are made piece by piece, so that nobody needs room for another copy.</summary>
    public const int PieceWords = 1 << 15;

    /// <summary>The address of a piece of a tensor's pad.</summary>
    /// <param name="call">The ledger's entry that shares the weights.</param>
    /// <param name="tensor">The tensor's place in the schema.</param>
    /// <param name="piece">The piece's number.</param>
    public static Address At(uint call, int tensor, int piece) => new(call, checked((ushort)tensor), checked((ushort)piece), 0, 0);

    /// <summary>Expands a tensor's whole pad.</summary>
    /// <param name="masks">The masks that server and dealer share.</param>
    /// <param name="call">The ledger's entry that shares the weights.</param>
    /// <param name="tensor">The tensor's place in the schema.</param>
    /// <param name="pad">Receives the pad.</param>
    public static void Expand(IMaskSource masks, uint call, int tensor, Span<ulong> pad)
    {
        for (int piece = 0; piece * PieceWords < pad.Length; piece++)
        {
            int start = piece * PieceWords;
            masks.Expand(At(call, tensor, piece), pad.Slice(start, Math.Min(PieceWords, pad.Length - start)), RingBits);
        }
    }
}
