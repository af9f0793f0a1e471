using System;
using System.Collections.Generic;
using MPCache.Models.Transformers;
using MPCache.Models.Weights;

namespace MPCache.Models.Policies;

/// <summary>SnapKV: the prompt is evicted once, head by head, down to a share of its tokens; what is generated stays.</summary>
public sealed class SnapKvPolicy : CachePolicy
{
    private readonly Ratio budget;
    private readonly int window;

    internal SnapKvPolicy(PolicyText text)
    {
        budget = text.Share("budget", "0.3");
        window = text.Count("window", 1, 16);
    }

    /// <inheritdoc/>
    public override string Name => "snapkv";

    /// <inheritdoc/>
    protected override IReadOnlyList<(string Key, string Value)> Options =>
        [("budget", budget.ToString()), ("window", PolicyText.Text(window))];

    /// <inheritdoc/>
    public override int Kept(int prompt) => budget.CeilOf(prompt);

    /// <inheritdoc/>
    protected override void Check(LlamaConfig config, int prompt)
    {
        if (Kept(prompt) < Math.Min(window, prompt))
        {
            throw new MPCacheException(
                $"{budget} of {prompt} tokens are {Kept(prompt)}, fewer than the window of {window}",
                "Give a larger budget, or a shorter window");
        }
    }

    /// <inheritdoc/>
    protected override IEnumerable<PolicyCall> Prompt(GenerationLengths lengths) => Kept(lengths.Prompt) == lengths.Prompt
        ? base.Prompt(lengths)
        : Reading(Llama.PrefillSnapKvProgram, lengths, window, ("window", window), ("kept", Kept(lengths.Prompt) - window));

    /// <inheritdoc/>
    protected override IEnumerable<PolicyCall> Step(LlamaConfig config, int prompt, int step)
    {
        int cached = Kept(prompt) + step;
        return [Decoding(Llama.DecodeProgram, cached, prompt + step, Everywhere(config, cached + 1))];
    }
}
