using System.Collections.Generic;
using MPCache.Execution;
using MPCache.Models.Weights;

namespace MPCache.Models.Policies;

/// <summary>
/// Quest: pages of adjacent tokens chosen by the exact bound at every step; the first layers use the whole cache. Nothing is evicted.
/// Source: Tang et al., Quest (ICML 2024).
/// </summary>
public sealed class QuestPolicy : CachePolicy
{
    private readonly Ratio budget;
    private readonly int page;
    private readonly int skip;

    internal QuestPolicy(PolicyText text)
    {
        budget = text.Share("budget", "0.3");
        page = text.Count("page", 1, 16);
        skip = text.Count("skip", 0, 2);
        if (page > MPCachePolicy.Largest)
        {
            throw new MPCacheException(
                $"page of the policy {Name} is {page}, more than {MPCachePolicy.Largest}",
                $"Give a page of at most {MPCachePolicy.Largest} tokens");
        }
    }

    /// <inheritdoc/>
    public override string Name => "quest";

    /// <inheritdoc/>
    public override IReadOnlyList<StateSchema> States => Pages(0).States;

    /// <inheritdoc/>
    protected override IReadOnlyList<(string Key, string Value)> Options =>
        [("budget", budget.ToString()), ("page", PolicyText.Text(page)), ("skip", PolicyText.Text(skip))];

    /// <inheritdoc/>
    protected override void Check(LlamaConfig config, int prompt) => Pages(prompt).Check(config);

    /// <inheritdoc/>
    protected override IEnumerable<PolicyCall> Step(LlamaConfig config, int prompt, int step) =>
        Pages(prompt).Step(config, prompt + step, prompt + step, first: step == 0);

    /// <summary>As many pages as hold the budget, whatever has been generated since.</summary>
    private ClusterSchedule Pages(int prompt)
    {
        int pages = (budget.CeilOf(prompt) + page - 1) / page;
        return new ClusterSchedule(page, 1, true, 0, _ => pages, _ => 0, 1, skip);
    }
}
