namespace MPCache.Models.Transformers;

/// <summary>What each selecting layer has chosen for the next token: from the clusters between the first and the newest of that time.</summary>
[State(Grows = "between")]
public sealed class ChosenClusters
{
    /// <summary>The selections.</summary>
    [Shape("selecting, between, groups*repeat, slots")]
    public required Selection[] Chosen { get; set; }
}
