using System.Collections.Generic;
using MPCache.Models.Transformers;
using MPCache.Models.Weights;

namespace MPCache.Models.Policies;

/// <summary>TOVA: a cache of a share of the prompt's tokens, from which the least attended token leaves at every step.</summary>
public sealed class TovaPolicy : CachePolicy
{
    private readonly Ratio budget;

    internal TovaPolicy(PolicyText text) => budget = text.Share("budget", "0.3");

    /// <inheritdoc/>
    public override string Name => "tova";

    /// <inheritdoc/>
    protected override IReadOnlyList<(string Key, string Value)> Options => [("budget", budget.ToString())];

    /// <inheritdoc/>
    public override int Kept(int prompt) => budget.CeilOf(prompt);

    /// <inheritdoc/>
    protected override IEnumerable<PolicyCall> Prompt(int prompt) => Kept(prompt) == prompt
        ? base.Prompt(prompt)
        : [Reading(Llama.PrefillTovaProgram, prompt, ("kept", Kept(prompt)))];

    /// <inheritdoc/>
    protected override IEnumerable<PolicyCall> Step(LlamaConfig config, int prompt, int step) =>
        [Decoding(Llama.DecodeTovaProgram, Kept(prompt), prompt + step, Everywhere(config, Kept(prompt) + 1))];
}
