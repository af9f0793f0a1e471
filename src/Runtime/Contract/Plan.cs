using System;
using System.Collections.Generic;
using System.Linq;

namespace MPCache.Contract;

/// <summary>What one opening, reveal, input or correction adds to the plan, and for which expression of the author's.</summary>
/// <param name="Gate">The gate's name, such as <c>product</c>.</param>
/// <param name="Expression">The author's expression; empty where a gate serves none in particular.</param>
/// <param name="ServerToClient">Payload bytes from server to client.</param>
/// <param name="ClientToServer">Payload bytes from client to server.</param>
/// <param name="Argument">Why what is opened tells nothing: the mask that covers it, or what the author's reveal says.</param>
public sealed record PlanEntry(string Gate, string Expression, Expr ServerToClient, Expr ClientToServer, string Argument);

/// <summary>A node of a plan.</summary>
public abstract record PlanNode;

/// <summary>One flight: one one-way latency in which each direction carries at most one message.</summary>
/// <param name="Id">The flight's number, the same in the generated program.</param>
/// <param name="Entries">What it carries, in the order on the wire.</param>
public sealed record FlightNode(int Id, IReadOnlyList<PlanEntry> Entries) : PlanNode
{
    /// <summary>Whether the server sends a message.</summary>
    public bool ServerSends => Entries.Any(e => e.ServerToClient.AsConstant != 0);

    /// <summary>Whether the client sends a message.</summary>
    public bool ClientSends => Entries.Any(e => e.ClientToServer.AsConstant != 0);

    /// <summary>Bytes from server to client, the frame's header included.</summary>
    public Expr ServerToClient => Expr.Total(Entries.Select(e => e.ServerToClient).Append(ServerSends ? Wire.HeaderBytes : 0));

    /// <summary>Bytes from client to server, the frame's header included.</summary>
    public Expr ClientToServer => Expr.Total(Entries.Select(e => e.ClientToServer).Append(ClientSends ? Wire.HeaderBytes : 0));
}

/// <summary>Corrections of one slot: bytes on the tape from dealer to client.</summary>
public sealed record TapeNode(int Slot, string Gate, string Expression, Expr Bytes) : PlanNode;

/// <summary>A part of the message that the client sends before the call: its half of a product with the server's weights.</summary>
public sealed record PreparedNode(string Gate, string Expression, Expr Bytes) : PlanNode;

/// <summary>A loop over a public range.</summary>
public sealed record LoopNode(string Index, Expr Low, Expr High, IReadOnlyList<PlanNode> Body) : PlanNode;

/// <summary>Two courses, of which the session's dimensions choose one.</summary>
/// <param name="Condition">What the first needs.</param>
/// <param name="Then">What happens where the condition holds.</param>
/// <param name="Otherwise">What happens where it does not.</param>
public sealed record IfNode(Condition Condition, IReadOnlyList<PlanNode> Then, IReadOnlyList<PlanNode> Otherwise) : PlanNode
{
    /// <summary>The course that is taken.</summary>
    /// <param name="value">The value of each dimension and loop index.</param>
    public IReadOnlyList<PlanNode> Taken(Func<string, long> value) => Condition.Evaluate(value) ? Then : Otherwise;
}

/// <summary>Two expressions that the session's dimensions must make equal, or ordered; checked before anything is sent.</summary>
/// <param name="Left">The left side.</param>
/// <param name="Right">The right side.</param>
/// <param name="Expression">The author's expression.</param>
/// <param name="Comparison">How the sides must compare: <c>==</c> or <c>&lt;=</c>.</param>
public sealed record CheckNode(Expr Left, Expr Right, string Expression, string Comparison = CheckNode.Equal) : PlanNode
{
    /// <summary>Both sides are equal.</summary>
    public const string Equal = "==";

    /// <summary>The left side is not larger than the right one.</summary>
    public const string AtMost = "<=";

    /// <summary>Whether sizes are allowed.</summary>
    /// <param name="value">The value of each dimension and loop index.</param>
    /// <returns>What is wrong with them; null where nothing is.</returns>
    public string? Violation(Func<string, long> value)
    {
        (long left, long right) = (Left.Evaluate(value), Right.Evaluate(value));
        return Comparison == AtMost
            ? left <= right ? null
                : Left.AsConstant is not null ? FormattableString.Invariant($"{Right} is {right}, but {Expression} needs at least {left}")
                : FormattableString.Invariant($"{Left} is {left}, but {Expression} needs at most {Right}, which is {right}")
            : left == right ? null
                : FormattableString.Invariant($"{Left} is {left}, {Right} is {right}, but {Expression} needs them equal");
    }
}

/// <summary>A function of one number as the pieces of polynomials that it is computed by; costs nothing by itself.</summary>
/// <param name="Function">The formula, or a function of the language by its formula.</param>
/// <param name="Expression">The author's expression.</param>
/// <param name="Degree">Degree of the polynomials.</param>
/// <param name="Pieces">How many there are.</param>
/// <param name="Error">What a result is off by at most, the rounding of argument and result included, as a decimal.</param>
public sealed record FitNode(string Function, string Expression, int Degree, int Pieces, string Error) : PlanNode;

/// <summary>A way of computing something that the compiler chose among several; costs nothing by itself.</summary>
/// <param name="Expression">The author's expression.</param>
/// <param name="Chosen">What was chosen.</param>
/// <param name="Reason">Why, and what the other way would have taken.</param>
public sealed record ChoiceNode(string Expression, string Chosen, string Reason) : PlanNode;

/// <summary>What a call costs once its dimensions are known.</summary>
/// <param name="Flights">Online flights.</param>
/// <param name="ServerToClient">Online bytes from server to client.</param>
/// <param name="ClientToServer">Online bytes from client to server.</param>
/// <param name="Prepared">Bytes that the client sends before the call, its header included; 0 without such a message.</param>
/// <param name="Tape">Bytes from dealer to client.</param>
public readonly record struct PlanTotals(long Flights, long ServerToClient, long ClientToServer, long Prepared, long Tape)
{
    /// <summary>Sums two calls.</summary>
    public static PlanTotals operator +(PlanTotals a, PlanTotals b) => new(
        a.Flights + b.Flights, a.ServerToClient + b.ServerToClient, a.ClientToServer + b.ClientToServer, a.Prepared + b.Prepared,
        a.Tape + b.Tape);

    /// <summary>The same call several times.</summary>
    public static PlanTotals operator *(PlanTotals call, long times) => checked(new(
        call.Flights * times, call.ServerToClient * times, call.ClientToServer * times, call.Prepared * times, call.Tape * times));
}

/// <summary>
/// The communication plan of a program: exact flights, bytes and corrections as expressions over its dimensions. The runtime holds every
/// call against it, to the byte.
/// </summary>
/// <param name="Program">The program's name.</param>
/// <param name="Nodes">Flights, corrections, loops, conditions and checks in program order.</param>
public sealed record Plan(string Program, IReadOnlyList<PlanNode> Nodes)
{
    /// <summary>The costs of a call.</summary>
    /// <param name="dimension">The value of each dimension.</param>
    public PlanTotals Evaluate(Func<string, long> dimension)
    {
        PlanTotals totals = Evaluate(Nodes, dimension);
        return totals.Prepared == 0 ? totals : totals with { Prepared = totals.Prepared + Wire.HeaderBytes };
    }

    private static PlanTotals Evaluate(LoopNode loop, Func<string, long> value)
    {
        long low = loop.Low.Evaluate(value);
        long high = loop.High.Evaluate(value);
        if (high <= low)
        {
            return default;
        }

        PlanTotals sum = Evaluate(loop.Body, name => name == loop.Index ? low : value(name));
        if (!Mentions(loop.Body, loop.Index))
        {
            return sum * (high - low);
        }

        for (long i = low + 1; i < high; i++)
        {
            long at = i;
            sum += Evaluate(loop.Body, name => name == loop.Index ? at : value(name));
        }

        return sum;
    }

    /// <summary>Whether an inner loop's bounds or a condition depend on an index, and with them how many flights there are.</summary>
    internal static bool BoundsMention(IReadOnlyList<PlanNode> nodes, string index) => nodes.Any(node => node switch
    {
        LoopNode loop => loop.Low.Mentions(index) || loop.High.Mentions(index) || (loop.Index != index && BoundsMention(loop.Body, index)),
        IfNode choice => choice.Condition.Mentions(index) || BoundsMention(choice.Then, index) || BoundsMention(choice.Otherwise, index),
        _ => false,
    });

    /// <summary>Whether what nodes cost depends on an index.</summary>
    internal static bool Mentions(IReadOnlyList<PlanNode> nodes, string index) => nodes.Any(node => node switch
    {
        FlightNode flight => flight.Entries.Any(e => e.ServerToClient.Mentions(index) || e.ClientToServer.Mentions(index)),
        TapeNode tape => tape.Bytes.Mentions(index),
        PreparedNode prepared => prepared.Bytes.Mentions(index),
        LoopNode loop => loop.Low.Mentions(index) || loop.High.Mentions(index) || (loop.Index != index && Mentions(loop.Body, index)),
        IfNode choice => choice.Condition.Mentions(index) || Mentions(choice.Then, index) || Mentions(choice.Otherwise, index),
        _ => false,
    });

    /// <summary>
    /// Entry by entry: a session does this in every call, and summing numbers is a hundred times cheaper than summing expressions.
    /// </summary>
    private static PlanTotals Evaluate(FlightNode flight, Func<string, long> value)
    {
        long serverToClient = flight.ServerSends ? Wire.HeaderBytes : 0;
        long clientToServer = flight.ClientSends ? Wire.HeaderBytes : 0;
        foreach (PlanEntry entry in flight.Entries)
        {
            serverToClient += entry.ServerToClient.Evaluate(value);
            clientToServer += entry.ClientToServer.Evaluate(value);
        }

        return new PlanTotals(1, serverToClient, clientToServer, 0, 0);
    }

    private static PlanTotals Evaluate(IReadOnlyList<PlanNode> nodes, Func<string, long> value)
    {
        PlanTotals sum = default;
        foreach (PlanNode node in nodes)
        {
            switch (node)
            {
                case FlightNode flight:
                    sum += Evaluate(flight, value);
                    break;
                case TapeNode tape:
                    sum += new PlanTotals(0, 0, 0, 0, tape.Bytes.Evaluate(value));
                    break;
                case PreparedNode prepared:
                    sum += new PlanTotals(0, 0, 0, prepared.Bytes.Evaluate(value), 0);
                    break;
                case LoopNode loop:
                    sum += Evaluate(loop, value);
                    break;
                case IfNode choice:
                    sum += Evaluate(choice.Taken(value), value);
                    break;
            }
        }

        return sum;
    }
}
