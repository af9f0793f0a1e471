using System.Collections.Generic;
using System.Linq;
using MPCache.Bench.Decoding.Models;
using MPCache.Execution;
using MPCache.Sessions;

namespace MPCache.Bench.Decoding.Running;

/// <summary>A call that both parties make.</summary>
/// <param name="Program">The program.</param>
/// <param name="States">Its states.</param>
/// <param name="Sizes">Its dimensions.</param>
/// <param name="Inputs">What the client brings.</param>
internal sealed record ModelCall(
    CompiledProgram Program, IReadOnlyList<(StateHandle Server, StateHandle Client)> States, IReadOnlyDictionary<string, long> Sizes,
    IReadOnlyList<Tensor> Inputs)
{
    /// <summary>Its public real numbers.</summary>
    public IReadOnlyDictionary<string, double> Reals { get; init; } = new Dictionary<string, double>();

    /// <summary>Rows that it adds to what is handed on.</summary>
    public int Answers => Program.Interface.States.Any(s => s.Class == HiddenRowsSchema.Instance.Name) ? 1 : 0;

    /// <summary>What is announced of it.</summary>
    /// <param name="session">Where.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="answers">Rows that calls before it have handed on.</param>
    public CallAnnouncement Announcement(PartySession session, (ResidentHandle Server, ResidentHandle Client) weights, int answers) => new()
    {
        Dimensions = Sizes.ToDictionary(s => s.Key, s => s.Key == "answers" ? answers : s.Value),
        Residents = Residents(session, weights),
        States = Handles(session),
        Reals = RealValues,
    };

    /// <summary>The call itself.</summary>
    /// <param name="session">Where.</param>
    /// <param name="weights">The weights.</param>
    public CallRequest Request(PartySession session, (ResidentHandle Server, ResidentHandle Client) weights) => new()
    {
        Inputs = [.. Inputs.Select(i => session.Party == Party.Client ? Input.Of(i) : Input.Of(i.Shape.ToArray()))],
        Residents = Residents(session, weights),
        States = Handles(session),
        Reals = RealValues,
        Integers = [.. Program.Interface.Integers.Select(name => Sizes[name])],
    };

    private double[] RealValues => [.. Program.Interface.Reals.Select(r => Reals[r.Name])];

    private StateHandle[] Handles(PartySession session) =>
        [.. States.Select(s => session.Party == Party.Server ? s.Server : s.Client)];

    private ResidentHandle[] Residents(PartySession session, (ResidentHandle Server, ResidentHandle Client) weights) =>
        Program.Interface.Residents.Count == 0 ? [] : [session.Party == Party.Server ? weights.Server : weights.Client];
}
