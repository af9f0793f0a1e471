using System;
using System.CommandLine;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Cli.Roles;
using MPCache.Models.Generation;
using MPCache.Randomness;
using MPCache.Transport;

namespace MPCache.Cli.Commands;

/// <summary>
/// <c>mpcache serve</c>: the server, one session after the other, until it is interrupted or has served as many as asked for.
/// </summary>
internal static class ServeCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        Option<TcpEndpoint> dealer = Endpoints.Address("--dealer", "Where the dealer is", Endpoints.Dealer);
        Option<TcpEndpoint> listen = Endpoints.Address("--listen", "Where to wait for the client", Endpoints.Server);
        Option<string?> model = TextOptions.Model();
        Option<string> session = Endpoints.Session();
        Option<int> sessions = Sessions();
        Option<double> patience = Endpoints.Patience();
        Option<NetworkProfile> network = Endpoints.Network(
            "what the server sends the client; give the same to the client, which shapes its own direction");
        Option<string?> certificate = Endpoints.Certificate();
        Option<string?> dealerPin = Endpoints.Pin("--dealer-pin", "dealer");
        Option<Network?> programs = Endpoints.Programs();
        Command command = new(
            "serve", "Run the server: it owns the weights, and learns the cache policy and the lengths of prompt and completion.")
        {
            dealer, listen, model, session, sessions, patience, network, programs, certificate, dealerPin,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            ModelSource source = ModelSource.Load(parsed.GetValue(model));
            ChannelTimeouts timeouts = new() { Connect = TimeSpan.FromSeconds(parsed.GetValue(patience)) };
            Site site = new(
                parsed.GetRequiredValue(dealer), parsed.GetValue(dealerPin), parsed.GetRequiredValue(session), timeouts,
                parsed.GetRequiredValue(network), parsed.GetValue(programs));
            Endpoints.Tell(console, site.Network, "client");
            using TlsIdentity? identity = Identity.Open(console, parsed.GetValue(certificate), "mpcache server");
            using Listener listener = Listener.Start(parsed.GetRequiredValue(listen), identity);
            await CheckDealerAsync(site, cancellation).ConfigureAwait(false);
            console.Progress($"model: {ModelCard.Write(source.Config)}");
            console.Progress($"server listens at {listener.Endpoint} with {source.Name}");
            Identity.Advise(console, site.Dealer, site.DealerPin is not null, "Give --dealer-pin");
            Identity.Advise(console, listener.Endpoint, identity is not null, "Give --certificate");
            ServerRole server = new(site, source.Config, source.Weights);
            return await ServeAsync(console, server, listener, parsed.GetValue(sessions), cancellation).ConfigureAwait(false);
        });
        return command;
    }

    /// <summary>Sessions that fail are reported; the next client is served all the same.</summary>
    private static async Task<int> ServeAsync(
        CommandConsole console, ServerRole server, Listener listener, int sessions, CancellationToken cancellation)
    {
        int failed = 0;
        for (int number = 1; sessions == 0 || number <= sessions; number++)
        {
            try
            {
                Connection connection = await listener.AcceptAsync(cancellation).ConfigureAwait(false);
                console.Progress(Invariant($"session {number} with {connection.Peer}"));
                (int prompt, int generated) = await server.ServeAsync(connection, cancellation).ConfigureAwait(false);
                console.Progress(Invariant($"session {number} is done: {generated} tokens after a prompt of {prompt}"));
            }
            catch (MPCacheException e)
            {
                console.Fail(e.Message);
                failed++;
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested && sessions == 0)
            {
                break;
            }
        }

        console.Progress("server ends");
        return failed > 0 && sessions > 0 ? ExitCode.Failed : ExitCode.Done;
    }

    /// <summary>A dealer that is not there or has other programs is told now, not when the first client has come.</summary>
    private static async Task CheckDealerAsync(Site site, CancellationToken cancellation)
    {
        Site check = site with { Session = Invariant($"{site.Session}, check by process {Environment.ProcessId}") };
        await using DealerClient seat = await check.JoinAsync(Party.Server, cancellation).ConfigureAwait(false);
    }

    private static Option<int> Sessions() => new("--sessions")
    {
        Description = "End after this many sessions, with exit code 1 if one failed; without it only Ctrl-C ends the server",
        HelpName = "COUNT",
        CustomParser = result =>
        {
            if (int.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out int count) && count > 0)
            {
                return count;
            }

            result.AddError($"--sessions {result.Tokens[0].Value} is no number of sessions. Give at least 1, or leave it out");
            return 0;
        },
    };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
