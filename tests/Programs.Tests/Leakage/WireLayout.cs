using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using MPCache.Contract;

namespace MPCache.Programs.Tests.Leakage;

/// <summary>A part of a message: what is opened, for which expression.</summary>
/// <param name="Gate">The gate.</param>
/// <param name="Expression">The author's expression.</param>
/// <param name="Bytes">Bytes in the message.</param>
/// <param name="Ring">Bits an element, where the plan says them; 0 for packed bits, and where the plan does not.</param>
internal sealed record WirePart(string Gate, string Expression, int Bytes, int Ring)
{
    /// <summary>Whether rows are opened that a scatter placed; see <see cref="Views.Scattered"/>.</summary>
    public bool IsScattered => Gate == "open to one" && Expression.StartsWith("Scatter(", StringComparison.Ordinal);

    /// <summary>Whether a bit of the part is one that elements leave unused.</summary>
    public bool IsPadding(int bit) => Ring > 0 && bit % (8 * ((Ring + 7) / 8)) >= Ring;
}

/// <summary>What a call's messages consist of, read off the plan: one list of parts a message, in order.</summary>
internal sealed partial record WireLayout(IReadOnlyList<IReadOnlyList<WirePart>> ToClient, IReadOnlyList<IReadOnlyList<WirePart>> ToServer)
{
    public static WireLayout Of(Plan plan, IReadOnlyDictionary<string, long> dimensions)
    {
        List<IReadOnlyList<WirePart>> toClient = [];
        List<IReadOnlyList<WirePart>> toServer = [];
        Walk(plan.Nodes, name => dimensions[name]);
        return new WireLayout(toClient, toServer);

        void Walk(IReadOnlyList<PlanNode> nodes, Func<string, long> value)
        {
            foreach (PlanNode node in nodes)
            {
                switch (node)
                {
                    case FlightNode flight:
                        Add(toClient, flight.ServerSends, flight.Entries, e => e.ServerToClient, value);
                        Add(toServer, flight.ClientSends, flight.Entries, e => e.ClientToServer, value);
                        break;
                    case IfNode choice:
                        Walk(choice.Taken(value), value);
                        break;
                    case LoopNode loop:
                        long high = loop.High.Evaluate(value);
                        for (long i = loop.Low.Evaluate(value); i < high; i++)
                        {
                            long at = i;
                            Walk(loop.Body, name => name == loop.Index ? at : value(name));
                        }

                        break;
                }
            }
        }
    }

    private static void Add(
        List<IReadOnlyList<WirePart>> messages, bool sends, IReadOnlyList<PlanEntry> entries, Func<PlanEntry, Expr> bytes,
        Func<string, long> value)
    {
        if (sends)
        {
            messages.Add([.. entries.Select(e => new WirePart(e.Gate, e.Expression, (int)bytes(e).Evaluate(value), Ring(e.Argument)))]);
        }
    }

    private static int Ring(string argument) =>
        Bits().Match(argument) is { Success: true } match ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"uniform (?:mask|pad) of (\d+) bits")]
    private static partial Regex Bits();
}
