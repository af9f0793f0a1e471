using System;

namespace MPCache.Transport;

/// <summary>
/// What a message between the parties belongs to, in 32 bits: the call's number modulo 2^18 and the flight's number in the program. The
/// three largest numbers of a flight stand for what a call sends outside of its flights.
/// </summary>
internal static class FlightTag
{
    /// <summary>The client's half of products with the server's weights, sent before a call.</summary>
    public const int Prepared = (1 << FlightBits) - 1;

    /// <summary>A public note between calls.</summary>
    public const int Note = Prepared - 1;

    /// <summary>What is public of weights, told before they are shared.</summary>
    public const int Setup = Prepared - 2;

    private const int FlightBits = 14;
    private const uint Calls = 1u << (32 - FlightBits);

    /// <summary>Folds a call and a flight.</summary>
    public static uint Of(uint call, int flight)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(flight);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(flight, Prepared);
        return (call % Calls << FlightBits) | (uint)flight;
    }

    /// <summary>A tag in words.</summary>
    public static string Describe(uint tag)
    {
        int flight = (int)(tag & ((1 << FlightBits) - 1));
        return flight == Note ? "telling a note between calls"
            : flight == Setup ? "sharing weights"
             : FormattableString.Invariant($"in call {tag >> FlightBits}, {Flight(flight)}");
    }

    /// <summary>A flight's number in words.</summary>
    public static string Flight(int flight) => flight == Prepared ? "its preparation" : FormattableString.Invariant($"flight {flight}");
}
