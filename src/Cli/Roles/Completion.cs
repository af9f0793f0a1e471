using System.Collections.Generic;
using MPCache.Models.Generation;

namespace MPCache.Cli.Roles;

/// <summary>What a client has at the end.</summary>
/// <param name="Prompt">The prompt.</param>
/// <param name="Request">Its tokens and what was asked for.</param>
/// <param name="Text">The completion.</param>
/// <param name="Tokens">The completion's tokens.</param>
/// <param name="Phases">What it cost.</param>
internal sealed record Completion(
    string Prompt, GenerationRequest Request, string Text, IReadOnlyList<int> Tokens, IReadOnlyList<GenerationPhase> Phases);
