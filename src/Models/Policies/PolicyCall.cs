using System.Collections.Generic;
using MPCache.Execution;

namespace MPCache.Models.Policies;

/// <summary>One call of a generation under a cache policy. Everything in it is public and known before the generation starts.</summary>
/// <param name="Program">The program.</param>
/// <param name="States">Which of the policy's states it takes, in the order of its parameters.</param>
/// <param name="Sizes">Its dimensions beyond the model's: tokens, positions, counts.</param>
public sealed record PolicyCall(CompiledProgram Program, IReadOnlyList<int> States, IReadOnlyDictionary<string, long> Sizes)
{
    /// <summary>Public real numbers beyond the model's.</summary>
    public IReadOnlyDictionary<string, double> Reals { get; init; } = new Dictionary<string, double>();

    /// <summary>Tokens that the call reads; 0 where it only keeps something up to date.</summary>
    public int Reads { get; init; }

    /// <summary>Whether it gives the token that follows what it reads.</summary>
    public bool GivesToken { get; init; }

    /// <summary>Tokens to which each layer attends in a decoding step; empty for calls of another kind.</summary>
    public IReadOnlyList<int> Attended { get; init; } = [];
}
