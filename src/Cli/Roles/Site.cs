using System.Threading;
using System.Threading.Tasks;
using MPCache.Models.Generation;
using MPCache.Randomness;
using MPCache.Sessions;
using MPCache.Transport;

namespace MPCache.Cli.Roles;

/// <summary>What server and client need to find the dealer and each other.</summary>
/// <param name="Dealer">Where the dealer listens.</param>
/// <param name="DealerPin">SHA-256 of its certificate; null for plain TCP.</param>
/// <param name="Session">The session's name at the dealer.</param>
/// <param name="Timeouts">How long to wait.</param>
/// <param name="Network">What is emulated between server and client; the connections to the dealer stay as they are.</param>
/// <param name="Programs">The network whose programs are called; null for those that suit the emulated one.</param>
internal sealed record Site(
    TcpEndpoint Dealer, string? DealerPin, string Session, ChannelTimeouts Timeouts, NetworkProfile Network, Network? Programs)
{
    /// <summary>How sessions of a generation are opened.</summary>
    public SessionSettings Settings => new()
    {
        Options = LlamaPrograms.Options, Timeouts = Timeouts, Network = Network, Programs = Programs ?? Network.Programs,
    };

    /// <summary>Joins the session at the dealer.</summary>
    /// <exception cref="MPCacheException">The dealer is not there, or does not admit this party.</exception>
    public Task<DealerClient> JoinAsync(Party party, CancellationToken cancellation) =>
        DealerClient.ConnectAsync(Dealer, party, Session, LlamaPrograms.All, DealerPin, Timeouts, cancellation);
}
