using System;
using System.Threading.Tasks;
using MPCache.Cli.Tests.TestSupport;
using MPCache.TestSupport;
using Xunit;

namespace MPCache.Cli.Tests;

/// <summary>Dealer, server and client as three processes.</summary>
public sealed class ThreeProcessTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [SharedModelFact]
    public async Task RealModelTellsTheKnownStory()
    {
        string json = folder.File("report.json");
        using CommandProcess deal = CommandProcess.Start("deal", "--listen", "127.0.0.1:0");
        string dealer = await deal.AddressAsync();
        using CommandProcess serve = CommandProcess.Start(
            "serve", "--dealer", dealer, "--listen", "127.0.0.1:0", "--model", SharedFiles.Checkpoint, "--sessions", "1");
        string server = await serve.AddressAsync();
        using CommandProcess generate = CommandProcess.Start(
            "generate", "--dealer", dealer, "--server", server, "--tokenizer", SharedFiles.Tokenizer, "--prompt", "Once upon a time",
            "--tokens", "24", "--json", json);

        Outcome client = (await generate.EndAsync()).Succeeds();
        (await serve.EndAsync()).Succeeds();
        deal.Interrupt();
        (await deal.EndAsync()).Succeeds();

        const string story = ", there was a little girl named Lily. She loved to play outside in the park.";
        Report report = Report.Read(json);
        report.IsConsistent(24);
        Assert.False(report.HasPlainTokens);
        Assert.StartsWith(report.Completion, story + " One day", StringComparison.Ordinal);
        Assert.StartsWith("Once upon a time" + report.Completion + "\n", client.Out, StringComparison.Ordinal);
    }

    /// <summary>The server is started without a policy and serves what each client asks for.</summary>
    [Fact]
    public async Task ClientsChooseTheirPolicies()
    {
        string json = folder.File("report.json");
        using CommandProcess deal = CommandProcess.Start("deal", "--listen", "127.0.0.1:0");
        string dealer = await deal.AddressAsync();
        using CommandProcess serve = CommandProcess.Start(
            "serve", "--dealer", dealer, "--listen", "127.0.0.1:0", "--sessions", "2", "--model", "built-in");
        string server = await serve.AddressAsync();
        foreach ((string policy, string full) in new[]
        {
            ("mpcache static=0.5", "mpcache static=0.5 observed=0.2 pool=1 window=0 levels=2 keep-coarse=0.5 keep=0.2 cluster=16 alpha=0.6 bound=linear "
                + "share=2 skip=0 lag=0"),
            ("h2o budget=0.8", "h2o budget=0.8 recent=0.5"),
        })
        {
            using CommandProcess generate = CommandProcess.Start(
                "generate", "--dealer", dealer, "--server", server, "--tokenizer", "built-in", "--policy", policy, "--tokens", "3",
                "--json", json);
            Outcome client = (await generate.EndAsync()).Succeeds();

            Report report = Report.Read(json);
            report.IsConsistent(3, full, policy.StartsWith("mpcache", StringComparison.Ordinal) ? 1 : 0);
            Assert.False(report.HasPlainTokens);
            Assert.StartsWith("the cat sat on the mat. the cat ", client.Out, StringComparison.Ordinal);
        }

        (await serve.EndAsync()).Succeeds();
        deal.Interrupt();
        (await deal.EndAsync()).Succeeds();
    }

    [Fact]
    public async Task EverythingEncryptedWithPinnedCertificates()
    {
        using CommandProcess deal = CommandProcess.Start("deal", "--listen", "127.0.0.1:0", "--certificate", folder.File("dealer.pem"));
        string dealer = await deal.AddressAsync();
        string dealerPin = await deal.ThumbprintAsync();
        using CommandProcess serve = CommandProcess.Start(
            "serve", "--dealer", dealer, "--dealer-pin", dealerPin, "--listen", "127.0.0.1:0", "--certificate", folder.File("server.pem"));
        string server = await serve.AddressAsync();
        string serverPin = await serve.ThumbprintAsync();

        using CommandProcess wrong = CommandProcess.Start(
            "generate", "--dealer", dealer, "--dealer-pin", serverPin, "--server", server, "--server-pin", serverPin);
        (await wrong.EndAsync()).Fails(1, "no dealer", dealerPin, serverPin, "pinned");

        using CommandProcess generate = CommandProcess.Start(
            "generate", "--dealer", dealer, "--dealer-pin", dealerPin, "--server", server, "--server-pin", serverPin, "--tokens", "4");
        Outcome client = (await generate.EndAsync()).Succeeds();
        // Without names, both have the shipped model and what belongs to it.
        Assert.Contains("copper lantern?\nAnswer: 7 2 9 4\n", client.Out, StringComparison.Ordinal);

        serve.Interrupt();
        deal.Interrupt();
        (await serve.EndAsync()).Succeeds();
        (await deal.EndAsync()).Succeeds();
    }

    [Fact]
    public async Task EachEndShapesWhatItSendsUpToItsLastByte()
    {
        const string network = "latency=2ms,bandwidth=200Mbit";
        using CommandProcess deal = CommandProcess.Start("deal", "--listen", "127.0.0.1:0");
        string dealer = await deal.AddressAsync();
        using CommandProcess serve = CommandProcess.Start(
            "serve", "--dealer", dealer, "--listen", "127.0.0.1:0", "--sessions", "1", "--network", network, "--model", "built-in");
        string server = await serve.AddressAsync();
        using CommandProcess generate = CommandProcess.Start(
            "generate", "--dealer", dealer, "--server", server, "--tokenizer", "built-in", "--tokens", "2", "--network", network);

        Outcome client = (await generate.EndAsync()).Succeeds();
        Assert.StartsWith("the cat sat on the mat. the cat s\n", client.Out, StringComparison.Ordinal);
        Assert.Contains("to the server takes an emulated custom (200 Mbit/s a direction, 2 ms", client.Error, StringComparison.Ordinal);
        Outcome ended = (await serve.EndAsync()).Succeeds();
        Assert.Contains("to the client takes an emulated custom (200 Mbit/s a direction, 2 ms", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServerThatDiesInTheMiddle()
    {
        (CommandProcess deal, CommandProcess serve, CommandProcess generate) = await StartAsync();
        using (deal)
        using (serve)
        using (generate)
        {
            serve.Kill();

            (await generate.EndAsync()).Fails(1, "server");
        }
    }

    [Fact]
    public async Task ClientThatDiesInTheMiddle()
    {
        (CommandProcess deal, CommandProcess serve, CommandProcess generate) = await StartAsync();
        using (deal)
        using (serve)
        using (generate)
        {
            generate.Kill();

            (await serve.EndAsync()).Fails(1, "client");
        }
    }

    [Fact]
    public async Task DealerThatDiesInTheMiddle()
    {
        (CommandProcess deal, CommandProcess serve, CommandProcess generate) = await StartAsync();
        using (deal)
        using (serve)
        using (generate)
        {
            deal.Kill();

            (await generate.EndAsync()).Fails(1);
            (await serve.EndAsync()).Fails(1);
        }
    }

    [Fact]
    public async Task ClientThatIsInterrupted()
    {
        (CommandProcess deal, CommandProcess serve, CommandProcess generate) = await StartAsync();
        using (deal)
        using (serve)
        using (generate)
        {
            generate.Interrupt();

            Outcome client = await generate.EndAsync();
            Assert.Equal(130, client.Code);
            Assert.EndsWith("interrupted\n", client.Error, StringComparison.Ordinal);
            (await serve.EndAsync()).Fails(1, "client");
        }
    }

    /// <summary>Three processes in the middle of a long generation.</summary>
    private static async Task<(CommandProcess Deal, CommandProcess Serve, CommandProcess Generate)> StartAsync()
    {
        CommandProcess deal = CommandProcess.Start("deal", "--listen", "127.0.0.1:0");
        string dealer = await deal.AddressAsync();
        CommandProcess serve = CommandProcess.Start("serve", "--dealer", dealer, "--listen", "127.0.0.1:0", "--sessions", "1");
        string server = await serve.AddressAsync();
        CommandProcess generate = CommandProcess.Start("generate", "--dealer", dealer, "--server", server, "--tokens", "220");
        await generate.WritesAsync(40);
        return (deal, serve, generate);
    }
}
