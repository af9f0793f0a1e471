using System.CommandLine;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Models.Generation;
using MPCache.Randomness;
using MPCache.Transport;

namespace MPCache.Cli.Commands;

/// <summary><c>mpcache deal</c>: the dealer, for any number of sessions, until it is interrupted.</summary>
internal static class DealCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        Option<TcpEndpoint> listen = Endpoints.Address("--listen", "Where to wait for server and client", Endpoints.Dealer);
        Option<string?> certificate = Endpoints.Certificate();
        Command command = new("deal", "Run the dealer: it hands out correlated randomness and sees no input, no message and no output.")
        {
            listen, certificate,
        };
        command.SetAction((parsed, cancellation) =>
            DealAsync(console, parsed.GetRequiredValue(listen), parsed.GetValue(certificate), cancellation));
        return command;
    }

    private static async Task<int> DealAsync(
        CommandConsole console, TcpEndpoint endpoint, string? certificate, CancellationToken cancellation)
    {
        using TlsIdentity? identity = Identity.Open(console, certificate, "mpcache dealer");
        using Listener listener = Listener.Start(endpoint, identity);
        console.Progress($"dealer listens at {listener.Endpoint}");
        Identity.Advise(console, listener.Endpoint, identity is not null, "Give --certificate");
        DealerService dealer = new(LlamaPrograms.All, new DealerSettings { Log = console.Progress });
        await dealer.RunAsync(listener, cancellation).ConfigureAwait(false);
        console.Progress("dealer ends");
        return ExitCode.Done;
    }
}
