using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Models.Policies;

namespace MPCache.Evaluation.Scoring;

/// <summary>Generates between two parties.</summary>
/// <param name="prompt">The prompt's text.</param>
/// <param name="policy">The cache policy.</param>
/// <param name="tokens">How many tokens to generate at most.</param>
/// <param name="cancellation">Ends the generation.</param>
/// <returns>The generated tokens, without the one that ends a text.</returns>
public delegate Task<IReadOnlyList<int>> PrivateRun(string prompt, CachePolicy policy, int tokens, CancellationToken cancellation);
