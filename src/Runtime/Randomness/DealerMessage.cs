namespace MPCache.Randomness;

/// <summary>The kinds of messages between a party and the dealer.</summary>
internal static class DealerMessage
{
    /// <summary>Party to dealer: the ledger's next entry.</summary>
    public const byte Announce = 1;

    /// <summary>Dealer to party: the session's name and the party's seed.</summary>
    public const byte Welcome = 2;

    /// <summary>Dealer to both: a call is dealt; its number, the tape's bytes and, to the client, how many segments follow.</summary>
    public const byte Dealt = 3;

    /// <summary>Dealer to client: the tape's next segment.</summary>
    public const byte Segment = 4;

    /// <summary>Dealer to both: it is at work.</summary>
    public const byte Busy = 5;

    /// <summary>Dealer to party: the session is over; cause and cure.</summary>
    public const byte Failed = 6;

    /// <summary>The longest control message; segments are bounded by their tape.</summary>
    public const int MaximumBytes = 1 << 20;
}
