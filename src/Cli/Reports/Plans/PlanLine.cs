using System;
using System.Collections.Generic;
using System.Linq;

namespace MPCache.Cli.Reports.Plans;

/// <summary>What one gate does for one expression of the author's in a call, wherever in the program: a line of a review.</summary>
/// <param name="Expression">The author's expression.</param>
/// <param name="Gate">The gate.</param>
/// <param name="Opened">How often something is put into a flight.</param>
/// <param name="ServerToClient">Online bytes from server to client, without the messages' headers.</param>
/// <param name="ClientToServer">Online bytes from client to server, likewise.</param>
/// <param name="Prepared">Bytes that the client sends before the call.</param>
/// <param name="Tape">Bytes from dealer to client.</param>
internal sealed record PlanLine(
    string Expression, string Gate, long Opened, long ServerToClient, long ClientToServer, long Prepared, long Tape)
{
    /// <summary>All bytes.</summary>
    public long Bytes => ServerToClient + ClientToServer + Prepared + Tape;

    /// <summary>The gate without the part of it that a step is: <c>truncate.reduce</c> is a part of <c>truncate</c>.</summary>
    public static string GateOf(string step) => step.Split('.')[0];

    /// <summary>A plan's lines, in the order of the program.</summary>
    public static IReadOnlyList<PlanLine> Of(PlanCosts plan)
    {
        Dictionary<(string, string), int> places = [];
        List<PlanLine> lines = [];

        void Add(string expression, string step, Func<PlanLine, PlanLine> change)
        {
            string gate = GateOf(step);
            if (!places.TryGetValue((expression, gate), out int place))
            {
                place = places[(expression, gate)] = lines.Count;
                lines.Add(new PlanLine(expression, gate, 0, 0, 0, 0, 0));
            }

            lines[place] = change(lines[place]);
        }

        foreach ((FlightCost flight, EntryCost entry) in plan.Flights.SelectMany(f => f.Entries, (f, e) => (f, e)))
        {
            Add(entry.Expression, entry.Gate, line => line with
            {
                Opened = line.Opened + flight.Runs,
                ServerToClient = line.ServerToClient + entry.ServerToClient,
                ClientToServer = line.ClientToServer + entry.ClientToServer,
            });
        }

        foreach (PreparedCost part in plan.Prepared)
        {
            Add(part.Expression, part.Gate, line => line with { Prepared = line.Prepared + part.Bytes });
        }

        foreach (TapeCost slot in plan.Tape)
        {
            Add(slot.Expression, slot.Gate, line => line with { Tape = line.Tape + slot.Bytes });
        }

        return lines;
    }
}
