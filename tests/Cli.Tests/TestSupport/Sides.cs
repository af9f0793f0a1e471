using System;
using System.Threading.Tasks;

namespace MPCache.Cli.Tests.TestSupport;

/// <summary>A dealer and a server, at ports of their own, for tests of the client.</summary>
internal sealed class Sides : IAsyncDisposable
{
    private Sides(RunningCommand deal, RunningCommand serve, string dealer, string server)
    {
        Deal = deal;
        Serve = serve;
        Dealer = dealer;
        Server = server;
    }

    public RunningCommand Deal { get; }

    public RunningCommand Serve { get; }

    public string Dealer { get; }

    public string Server { get; }

    /// <summary>Starts both; the server ends after one session unless stated.</summary>
    public static async Task<Sides> StartAsync(params string[] serveOptions)
    {
        RunningCommand deal = RunningCommand.Start("deal", "--listen", "127.0.0.1:0");
        string dealer = await deal.AddressAsync();
        RunningCommand serve = RunningCommand.Start(
        [
            "serve", "--dealer", dealer, "--listen", "127.0.0.1:0", .. serveOptions.Length == 0 ? ["--sessions", "1"] : serveOptions,
        ]);
        return new Sides(deal, serve, dealer, await serve.AddressAsync());
    }

    /// <summary>Starts a client.</summary>
    public RunningCommand Generate(params string[] options) =>
        RunningCommand.Start(["generate", "--dealer", Dealer, "--server", Server, .. options]);

    public async ValueTask DisposeAsync()
    {
        await Serve.DisposeAsync();
        await Deal.DisposeAsync();
    }
}
