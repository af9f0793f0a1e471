using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Contract;
using MPCache.Execution;

namespace MPCache.Bench.Decoding.Running;

/// <summary>What one part of a step takes at both parties, the mean over runs.</summary>
/// <param name="Name">A gate, or what is no gate.</param>
/// <param name="Server">The server's time.</param>
/// <param name="Client">The client's time.</param>
/// <param name="ServerAllocated">Bytes that the server allocates.</param>
/// <param name="ClientAllocated">Bytes that the client allocates.</param>
/// <param name="Times">How often it begins in a step, at the server.</param>
internal sealed record ProfileShare(
    string Name, TimeSpan Server, TimeSpan Client, double ServerAllocated, double ClientAllocated, double Times);

/// <summary>Where the online time of a step goes, by gate.</summary>
internal static class StepProfile
{
    /// <summary>What messages take: masks, packing, and taking apart what has arrived.</summary>
    private const string Openings = "openings";

    /// <summary>Names what was counted and puts the parties side by side, what takes longest first.</summary>
    /// <param name="plan">The program's plan, which names the gates of the slots that have a tape.</param>
    /// <param name="server">What was counted at the server.</param>
    /// <param name="client">What was counted at the client.</param>
    /// <param name="runs">Over how many steps.</param>
    public static IReadOnlyList<ProfileShare> Of(Plan plan, CallProfile server, CallProfile client, int runs)
    {
        Dictionary<int, string> gates = [];
        Name(plan.Nodes, gates);
        ILookup<string, ProfilePart> atServer = server.Parts.ToLookup(p => Name(p.Slot, gates));
        ILookup<string, ProfilePart> atClient = client.Parts.ToLookup(p => Name(p.Slot, gates));
        return
        [
            .. atServer.Select(p => p.Key).Union(atClient.Select(p => p.Key)).Select(name => new ProfileShare(
                name,
                Time(atServer[name]) / runs,
                Time(atClient[name]) / runs,
                atServer[name].Sum(p => p.Allocated) / (double)runs,
                atClient[name].Sum(p => p.Allocated) / (double)runs,
                atServer[name].Sum(p => p.Times) / (double)runs)).OrderByDescending(s => s.Server + s.Client),
        ];
    }

    private static TimeSpan Time(IEnumerable<ProfilePart> parts) => TimeSpan.FromTicks(parts.Sum(p => p.Time.Ticks));

    private static string Name(int slot, Dictionary<int, string> gates) => slot switch
    {
        CallProfile.Exchange => "exchanges: sending and waiting",
        CallProfile.Local => "linear maps and layout",
        CallProfile.Start => "reading the call",
        _ => gates.GetValueOrDefault(slot, Openings),
    };

    private static void Name(IReadOnlyList<PlanNode> nodes, Dictionary<int, string> gates)
    {
        foreach (PlanNode node in nodes)
        {
            switch (node)
            {
                case TapeNode tape:
                    gates[tape.Slot] = tape.Gate;
                    break;
                case LoopNode loop:
                    Name(loop.Body, gates);
                    break;
                case IfNode choice:
                    Name(choice.Then, gates);
                    Name(choice.Otherwise, gates);
                    break;
            }
        }
    }
}
