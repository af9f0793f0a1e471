namespace MPCache.Contract;

/// <summary>The version of what generated programs and the runtime agree on; it enters every fingerprint and every greeting.</summary>
public static class ContractVersion
{
    /// <summary>This version.</summary>
    public const int Current = 3;
}
