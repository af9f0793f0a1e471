namespace MPCache.Execution;

/// <summary>
/// Where a piece of randomness belongs: every mask and every correction of a session has its own address, and within it its elements
/// are numbered. An address is used for one purpose only; two uses would reuse a mask.
/// </summary>
/// <param name="Call">Number of the call in the session's ledger.</param>
/// <param name="Slot">Number of the mask or correction in the compiled program.</param>
/// <param name="Outer">Index of the outermost enclosing loop, 0 outside loops.</param>
/// <param name="Middle">Index of the second enclosing loop.</param>
/// <param name="Inner">Index of the third enclosing loop.</param>
public readonly record struct Address(uint Call, ushort Slot, ushort Outer, ushort Middle, ushort Inner);
