using System;
using System.Collections.Generic;
using MPCache.Generator.Ir;

namespace MPCache.Generator.ProtocolIr;

/// <summary>The operations that take a flight, and who sends in it.</summary>
internal static class Communication
{
    private static readonly HashSet<string> Kinds = new(StringComparer.Ordinal)
    {
        "open", "openbits", "opento", "input", "reveal", "shuffle", "tell", "order.reveal", "locate",
    };

    public static bool Communicates(Op op) => Kinds.Contains(op.Kind);

    public static bool SentByServer(Op op) => op.Kind switch
    {
        "input" => op.Attributes.Text("owner") == "Server",
        "reveal" => op.Attributes.Text("to") == "Client",
        "opento" or "shuffle" or "tell" => op.Attributes.Text("from") == "server",
        _ => true,
    };

    public static bool SentByClient(Op op) => op.Kind switch
    {
        "input" => op.Attributes.Text("owner") == "Client",
        "reveal" => op.Attributes.Text("to") == "Server",
        "opento" or "shuffle" or "tell" => op.Attributes.Text("from") == "client",
        "open" => op.Attributes.Text("from") == "both",
        _ => true,
    };

    /// <summary>Whether an operation's result exists only when its message has come.</summary>
    public static bool MakesWhenTaken(string kind) => kind is "reveal" or "locate";
}
