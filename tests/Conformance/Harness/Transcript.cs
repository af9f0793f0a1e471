using MPCache.Contract;
using Xunit;

namespace MPCache.Conformance.Harness;

/// <summary>What an execution of a gate program in all roles showed.</summary>
/// <param name="Values">Each output as the two parties' shares give it.</param>
/// <param name="Clear">Each output of the clear role.</param>
/// <param name="Flights">Flights.</param>
/// <param name="ServerBytes">Online bytes from server to client.</param>
/// <param name="ClientBytes">Online bytes from client to server.</param>
/// <param name="PreparedBytes">Bytes that the client sent before the call.</param>
/// <param name="TapeBytes">Bytes from dealer to client.</param>
/// <param name="SeenByServer">All that the server received.</param>
/// <param name="SeenByClient">All that the client received, the tape included.</param>
public sealed record Transcript(
    ulong[][] Values, ulong[][] Clear, int Flights, long ServerBytes, long ClientBytes, long PreparedBytes, long TapeBytes,
    byte[] SeenByServer, byte[] SeenByClient)
{
    /// <summary>Fails unless the measured cost is exactly this.</summary>
    public void AssertCost(int flights, Expr eachWay, Expr tape) => AssertCost(flights, eachWay, eachWay, Expr.Zero, tape);

    /// <summary>Fails unless the measured cost is exactly this.</summary>
    public void AssertCost(int flights, Expr fromServer, Expr fromClient, Expr prepared, Expr tape)
    {
        Assert.Equal(
            (flights, fromServer.AsConstant, fromClient.AsConstant, prepared.AsConstant, tape.AsConstant),
            (Flights, ServerBytes, ClientBytes, PreparedBytes, TapeBytes));
    }
}
