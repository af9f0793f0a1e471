using System.Collections.Generic;
using MPCache.Models.Transformers;
using MPCache.Models.Weights;

namespace MPCache.Models.Policies;

/// <summary>Every step attends to the whole cache.</summary>
public sealed class FullPolicy : CachePolicy
{
    /// <inheritdoc/>
    public override string Name => "full";

    /// <inheritdoc/>
    protected override IReadOnlyList<(string Key, string Value)> Options => [];

    /// <inheritdoc/>
    protected override IEnumerable<PolicyCall> Step(LlamaConfig config, int prompt, int step) =>
        [Decoding(Llama.DecodeProgram, prompt + step, prompt + step, Everywhere(config, prompt + step + 1))];
}
