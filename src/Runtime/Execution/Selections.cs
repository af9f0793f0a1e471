namespace MPCache.Execution;

/// <summary>
/// A secret order of the rows of a tensor, one a group, as one role holds it: π = π_1∘π_0, π_0 known to the server, π_1 to the client, both
/// to the dealer; unknown to each party as long as the other keeps its part. Row i of the shuffled tensor is row π_0[π_1[i]] of the tensor.
/// </summary>
/// <param name="First">π_0, group after group; null at the client.</param>
/// <param name="Second">π_1, group after group; null at the server.</param>
/// <param name="Groups">Groups, each with a permutation of its own.</param>
/// <param name="Rows">Rows a group.</param>
public readonly record struct Permutation(int[]? First, int[]? Second, int Groups, int Rows);

/// <summary>
/// Rows of a shuffled tensor that were found while running, the same number in every group. Both parties know them; the dealer, who ran
/// ahead, does not, nor does a rehearsal. What they index is an additive share until it is masked anew.
/// </summary>
/// <param name="Rows">Rows within their group, group after group, −1 for an unused slot; null where they are unknown.</param>
/// <param name="Groups">Groups.</param>
/// <param name="Count">Slots a group.</param>
public readonly record struct Positions(int[]? Rows, int Groups, int Count);

/// <summary>
/// What revealed comparisons say so far about the largest rows of each group of a shuffled tensor. Known to both parties, not to the
/// dealer.
/// </summary>
/// <param name="Standing">For each row, group after group, where it stands; null where that is unknown.</param>
/// <param name="Groups">Groups.</param>
/// <param name="Rows">Rows a group.</param>
/// <param name="Keep">How many rows of each group are to be kept.</param>
public readonly record struct Ranking(Standing[]? Standing, int Groups, int Rows, int Keep);

/// <summary>Where a row stands.</summary>
public enum Standing : byte
{
    /// <summary>Neither among the kept nor among the dropped for certain.</summary>
    Undecided,

    /// <summary>Among the largest.</summary>
    Kept,

    /// <summary>Not among the largest.</summary>
    Dropped,
}
