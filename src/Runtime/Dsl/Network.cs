using System;

namespace MPCache;

/// <summary>
/// The network profiles a program is compiled for. Each profile named by an <see cref="EntryPointAttribute"/> yields a program of its own,
/// because the best trade of flights against bytes differs.
/// </summary>
[Flags]
public enum Network
{
    /// <summary>A local network: latency is cheap, so bytes are saved at the price of flights.</summary>
    Lan = 1,

    /// <summary>A wide-area network: every flight is dear, so flights are saved at the price of bytes.</summary>
    Wan = 2,
}
