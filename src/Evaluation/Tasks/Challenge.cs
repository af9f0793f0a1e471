using System.Collections.Generic;
using MPCache.Evaluation.Documents;

namespace MPCache.Evaluation.Tasks;

/// <summary>What a task puts into a document, and what it asks.</summary>
/// <param name="Statements">Sentences that go into the document, in this order, with any others between them.</param>
/// <param name="Questions">Questions about them; where only one is asked, it is the first.</param>
internal sealed record Challenge(IReadOnlyList<Sentence> Statements, IReadOnlyList<ChallengeQuestion> Questions);
