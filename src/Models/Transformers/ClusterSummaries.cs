namespace MPCache.Models.Transformers;

/// <summary>What the linear similarity keeps of each complete cluster: α·max + (1−α)·min of its keys, element by element.</summary>
[State(Grows = "clusters", FractionBits = 8, RingBits = 48)]
public sealed class ClusterAnchors
{
    /// <summary>The anchors.</summary>
    [Shape("layers, clusters, groups, size"), Range(-64, 64)]
    public required Tensor[] Anchors { get; set; }
}

/// <summary>The same of each complete coarse cluster.</summary>
[State(Grows = "coarse", FractionBits = 8, RingBits = 48)]
public sealed class CoarseAnchors
{
    /// <summary>The anchors.</summary>
    [Shape("layers, coarse, groups, size"), Range(-64, 64)]
    public required Tensor[] Anchors { get; set; }
}

/// <summary>What the exact bound keeps of each complete cluster: the largest and the smallest of its keys, element by element.</summary>
[State(Grows = "clusters", FractionBits = 8, RingBits = 48)]
public sealed class ClusterBounds
{
    /// <summary>The maxima.</summary>
    [Shape("layers, clusters, groups, size"), Range(-64, 64)]
    public required Tensor[] Maxima { get; set; }

    /// <summary>The minima.</summary>
    [Shape("layers, clusters, groups, size"), Range(-64, 64)]
    public required Tensor[] Minima { get; set; }
}

/// <summary>The same of each complete coarse cluster.</summary>
[State(Grows = "coarse", FractionBits = 8, RingBits = 48)]
public sealed class CoarseBounds
{
    /// <summary>The maxima.</summary>
    [Shape("layers, coarse, groups, size"), Range(-64, 64)]
    public required Tensor[] Maxima { get; set; }

    /// <summary>The minima.</summary>
    [Shape("layers, coarse, groups, size"), Range(-64, 64)]
    public required Tensor[] Minima { get; set; }
}
