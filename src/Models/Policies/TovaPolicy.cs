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
    protected override IEnumerable<PolicyCall> Prompt(GenerationLengths lengths) => Kept(lengths.Prompt) == lengths.Prompt
        ? base.Prompt(lengths)
        : Reading(Llama.PrefillTovaProgram, lengths, 1, ("kept", Kept(lengths.Prompt)));

    /// <inheritdoc/>
    protected override IEnumerable<PolicyCall> Step(LlamaConfig config, int prompt, int step) =>
        [Decoding(Llama.DecodeTovaProgram, Kept(prompt), prompt + step, Everywhere(config, Kept(prompt) + 1))];
}
