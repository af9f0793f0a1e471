using System.Collections.Generic;
using MPCache.Models.Transformers;
using MPCache.Models.Weights;

namespace MPCache.Models.Policies;

/// <summary>The tokens with the largest scores, head by head and step by step; as many as a share of the prompt's tokens.</summary>
public sealed class TopTokensPolicy : CachePolicy
{
    private readonly Ratio budget;

    internal TopTokensPolicy(PolicyText text) => budget = text.Share("budget", "0.3");

    /// <inheritdoc/>
    public override string Name => "toptokens";

    /// <inheritdoc/>
    protected override IReadOnlyList<(string Key, string Value)> Options => [("budget", budget.ToString())];

    /// <inheritdoc/>
    protected override IEnumerable<PolicyCall> Step(LlamaConfig config, int prompt, int step)
    {
        int kept = budget.CeilOf(prompt);
        return
        [
            kept > prompt + step
                ? Decoding(Llama.DecodeProgram, prompt + step, prompt + step, Everywhere(config, prompt + step + 1))
                : Decoding(Llama.DecodeTopTokensProgram, prompt + step, prompt + step, Everywhere(config, kept), ("kept", kept)),
        ];
    }
}
