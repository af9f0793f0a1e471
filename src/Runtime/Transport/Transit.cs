using System;

namespace MPCache.Transport;

/// <summary>When a message crosses one direction of an emulated network.</summary>
/// <param name="Departure">When its last byte leaves the sender: until then the link is busy.</param>
/// <param name="Arrival">When its last byte, and with it the message, is at the receiver.</param>
public readonly record struct Transit(TimeSpan Departure, TimeSpan Arrival);
