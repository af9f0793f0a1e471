using System;
using MPCache.Execution;
using MPCache.Ring;

namespace MPCache.Gates;

/// <summary>
/// The low part l of a truncating opening's mask: uniform bits that the dealer alone knows, carried by the correction of the gate before
/// the opening, so that the truncation costs no tape of its own.
/// </summary>
internal static class LowBits
{
    private const ushort SecretPart = 1;

    /// <summary>Adds l to the dealt values, deals them, and returns the dealer's record of the offset.</summary>
    /// <param name="run">The call.</param>
    /// <param name="at">The gate's address.</param>
    /// <param name="value">The correction before l; overwritten and returned to the pool.</param>
    /// <param name="count">Elements.</param>
    /// <param name="ring">The ring's bits.</param>
    /// <param name="low">Bits of l.</param>
    public static RingValue Deal(Run run, in Address at, ulong[] value, int count, int ring, int low)
    {
        Span<ulong> dealt = value.AsSpan(0, count);
        ulong[]? offset = null;
        if (low > 0)
        {
            offset = run.Rent(count);
            run.ExpandSecret(at with { Inner = SecretPart }, offset.AsSpan(0, count), low);
            RingKernels.AddInPlace(dealt, offset.AsSpan(0, count));
        }

        run.Deal(at, dealt, ring);
        run.Return(value);
        return new RingValue(offset, null, count);
    }
}
