using System.Collections.Generic;
using MPCache.Models.Transformers;
using MPCache.Models.Weights;

namespace MPCache.Models.Policies;

/// <summary>StreamingLLM: the first tokens and a window of recent ones, together a share of the prompt's tokens.</summary>
public sealed class StreamingPolicy : CachePolicy
{
    private readonly Ratio budget;
    private readonly int sinks;

    internal StreamingPolicy(PolicyText text)
    {
        budget = text.Share("budget", "0.3");
        sinks = text.Count("sinks", 0, 4);
    }

    /// <inheritdoc/>
    public override string Name => "streaming";

    /// <inheritdoc/>
    protected override IReadOnlyList<(string Key, string Value)> Options =>
        [("budget", budget.ToString()), ("sinks", PolicyText.Text(sinks))];

    /// <inheritdoc/>
    protected override void Check(LlamaConfig config, int prompt)
    {
        if (budget.CeilOf(prompt) <= sinks)
        {
            throw new MPCacheException(
                $"{budget} of {prompt} tokens are {budget.CeilOf(prompt)}, which {sinks} sinks use up",
                "Give a larger budget, or fewer sinks");
        }
    }

    /// <inheritdoc/>
    protected override IEnumerable<PolicyCall> Step(LlamaConfig config, int prompt, int step)
    {
        int kept = budget.CeilOf(prompt);
        return
        [
            kept > prompt + step
                ? Decoding(Llama.DecodeProgram, prompt + step, prompt + step, Everywhere(config, prompt + step + 1))
                : Decoding(
                    Llama.DecodeStreamingProgram, prompt + step, prompt + step, Everywhere(config, kept), ("sinks", sinks),
                    ("window", kept - sinks)),
        ];
    }
}
