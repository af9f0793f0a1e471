using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Cli.Roles;
using MPCache.Contract;
using MPCache.Models.Generation;
using MPCache.Models.Policies;
using MPCache.Models.Weights;

namespace MPCache.Cli.Reports;

/// <summary>What a generation under one policy gave and cost, held against another policy's.</summary>
/// <param name="Completion">The generation.</param>
/// <param name="Plain">The tokens of its plain run.</param>
/// <param name="Kept">Tokens of the prompt that stay in the cache.</param>
/// <param name="Attended">Tokens to which each layer attends in the last step; empty where there is none.</param>
/// <param name="Prompt">What reading the prompt cost, summaries of its clusters included.</param>
/// <param name="Step">What a token behind the first costs on average: its step, and its share of keeping summaries up to date.</param>
/// <param name="Baseline">What it is held against; null where it is that itself.</param>
internal sealed record ComparedPolicy(
    Completion Completion, IReadOnlyList<int> Plain, int Kept, IReadOnlyList<int> Attended, StepCost Prompt, StepCost Step,
    ComparedPolicy? Baseline)
{
    /// <summary>The policy's name and those of its options that are not as they are unless stated.</summary>
    public string Brief => PolicyName.Brief(Completion.Request.Policy);

    /// <summary>Tokens that equal the baseline's, from the first on.</summary>
    public int Agreeing => Completion.Tokens.Zip((Baseline ?? this).Completion.Tokens).TakeWhile(t => t.First == t.Second).Count();

    /// <summary>Tokens that equal the plain run's, from the first on.</summary>
    public int AgreeingWithPlain => Completion.Tokens.Zip(Plain).TakeWhile(t => t.First == t.Second).Count();

    /// <summary>Gathers a policy's figures.</summary>
    public static ComparedPolicy Of(LlamaConfig config, Completion completion, IReadOnlyList<int> plain, ComparedPolicy? baseline)
    {
        GenerationRequest request = completion.Request;
        int made = completion.Phases.Where(p => p.Name == "decode").Sum(p => p.Steps);
        PolicyCall? last = request.Policy.Schedule(config, request.Lengths(config) with { Tokens = made + 1 })
            .LastOrDefault(c => c.Attended.Count > 0);
        IEnumerable<GenerationPhase> steps = completion.Phases.Where(p => p.Name is "decode" or "updates");
        IEnumerable<GenerationPhase> prompt = completion.Phases.Where(p => p.Name is "prefill" or "summaries");
        return new ComparedPolicy(
            completion, plain, request.Policy.Kept(request.Prompt.Count), last?.Attended ?? [], StepCost.Of([.. prompt], 1),
            StepCost.Of([.. steps], Math.Max(1, made)), baseline);
    }
}

/// <summary>What a token costs on average, or all of a prompt.</summary>
/// <param name="Flights">Flights.</param>
/// <param name="Online">Bytes between the parties, both directions and what is prepared.</param>
/// <param name="Tape">Bytes from the dealer.</param>
/// <param name="Milliseconds">Time, preparation included.</param>
internal sealed record StepCost(double Flights, double Online, double Tape, double Milliseconds)
{
    /// <summary>Sums phases and divides by a number of steps.</summary>
    public static StepCost Of(IReadOnlyList<GenerationPhase> phases, double steps)
    {
        double Mean(Func<PlanTotals, long> cost) => phases.Sum(p => cost(p.Measured)) / steps;
        return new StepCost(
            Mean(t => t.Flights), Mean(t => t.ServerToClient + t.ClientToServer + t.Prepared), Mean(t => t.Tape),
            phases.Sum(p => (p.Offline + p.Online).TotalMilliseconds) / steps);
    }
}
