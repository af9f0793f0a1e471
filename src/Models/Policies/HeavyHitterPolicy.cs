using System.Collections.Generic;
using MPCache.Execution;
using MPCache.Models.Transformers;
using MPCache.Models.Weights;

namespace MPCache.Models.Policies;

/// <summary>
/// H2O: each key-value head has a cache of a share of the prompt's tokens; a part of it are the recent ones, the others those that received
/// most attention.
/// </summary>
public sealed class HeavyHitterPolicy : CachePolicy
{
    private readonly Ratio budget;
    private readonly Ratio recent;

    internal HeavyHitterPolicy(PolicyText text)
    {
        budget = text.Share("budget", "0.3");
        recent = text.Share("recent", "0.5");
    }

    /// <inheritdoc/>
    public override string Name => "h2o";

    /// <inheritdoc/>
    public override IReadOnlyList<StateSchema> States => [HeavyHitterCacheSchema.Instance];

    /// <inheritdoc/>
    protected override IReadOnlyList<(string Key, string Value)> Options =>
        [("budget", budget.ToString()), ("recent", recent.ToString())];

    /// <inheritdoc/>
    public override int Kept(int prompt) => budget.CeilOf(prompt);

    /// <inheritdoc/>
    protected override IEnumerable<PolicyCall> Prompt(GenerationLengths lengths)
    {
        int recent = Recent(lengths.Prompt);
        return Reading(
            Llama.PrefillPartHeavyHittersProgram, Llama.PrefillHeavyHittersProgram, lengths, 1,
            ("heavy", Kept(lengths.Prompt) - recent), ("recent", recent));
    }

    /// <inheritdoc/>
    protected override IEnumerable<PolicyCall> Step(LlamaConfig config, int prompt, int step) =>
    [
        Decoding(
            Llama.DecodeHeavyHittersProgram, Kept(prompt), prompt + step, Everywhere(config, Kept(prompt) + 1),
            ("recent", Recent(prompt))),
    ];

    private int Recent(int prompt) => recent.CeilOf(Kept(prompt));
}
