using System.Threading.Tasks;
using MPCache.Execution;

namespace MPCache.Sessions;

/// <summary>What an announced call has before its first flight.</summary>
/// <param name="Tape">The corrections; empty at the server.</param>
/// <param name="TapeBytes">How many bytes of them there are, known to both parties.</param>
/// <param name="Halves">At the client, the rehearsal's halves of products with the server's weights.</param>
internal readonly record struct Preparation(Tape Tape, long TapeBytes, Tape Halves);

/// <summary>A call in the ledger that is not made yet.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Binding">What is public of it.</param>
/// <param name="Ready">Its preparation under way.</param>
internal sealed record PreparedCall(uint Number, CallBinding Binding, Task<Preparation> Ready);
