using System.Collections.Generic;

namespace MPCache.Bench.Compiler.Sources;

/// <summary>The edits of src/Models whose consequences are measured. A test holds them to the sources.</summary>
internal static class ModelEdits
{
    /// <summary>
    /// Edits that change no program, and then edits of protocols that many, some and one entry point reach, and of an entry point.
    /// </summary>
    public static IReadOnlyList<SourceEdit> All { get; } =
    [
        new("a comment elsewhere", null, "Policies/FullPolicy.cs", "/// <summary>Every step", "// An edit.\n/// <summary>Every step"),
        new("a body elsewhere", null, "Policies/TopTokensPolicy.cs", "kept > prompt + step", "kept >= prompt + step"),
        new(
            "a line above protocols", null, "Layers/Normalization.cs", "/// <summary>Normalisation layers.",
            "// An edit.\n/// <summary>Normalisation layers."),
        new("a protocol", "Normalization.RmsNorm", "Layers/Normalization.cs", "Within(-32, 32)", "Within(-31, 31)"),
        new("a protocol", "SelectedAttention.Mix", "Attention/SelectedAttention.cs", "Within(-16, 16)", "Within(-15, 15)"),
        new("a protocol", "SnapKv.Importance", "Attention/SnapKv.cs", "1f / 7", "1f / 8"),
        new(
            "an entry point", "Llama.DecodeHierarchical", "Transformers/Llama.Clusters.cs", "NextToken(weights, x)",
            "NextToken(weights, x.Within(-63, 63))"),
    ];
}
