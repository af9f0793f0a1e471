using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;
using MPCache.Cli.Tests.TestSupport;
using MPCache.Execution;
using MPCache.Models.Generation;
using MPCache.Models.Transformers;
using MPCache.Models.Weights;
using MPCache.Randomness;
using MPCache.Sessions;
using MPCache.Transport;
using Xunit;

namespace MPCache.Cli.Tests;

/// <summary>Sides that are absent, foreign, of another version, silent, or that break off: one line, exit code 1, no hang.</summary>
public sealed class FailureTests
{
    private const string Shape = "dim=128,hidden=8,layers=3,heads=2,groups=1,vocabulary=61,context=256,theta=1000000000000";

    [Theory]
    [InlineData("generate")]
    [InlineData("serve")]
    public async Task DealerThatIsNotThere(string command)
    {
        Outcome outcome = await RunningCommand.RunAsync([command, "--dealer", FreeAddress(), "--patience", "0.3", .. Anywhere(command)]);

        outcome.Fails(1, "no dealer", "nobody listens at 127.0.0.1:", "Start the other side");
    }

    [Fact]
    public async Task ServerThatIsNotThere()
    {
        await using Sides sides = await Sides.StartAsync();

        Outcome outcome = await RunningCommand.RunAsync(
            "generate", "--dealer", sides.Dealer, "--server", FreeAddress(), "--patience", "0.3");

        outcome.Fails(1, "no server", "nobody listens at 127.0.0.1:", "Start the other side");
    }

    [Theory]
    [InlineData("deal")]
    [InlineData("serve")]
    public async Task PortInUse(string command)
    {
        using TcpListener occupied = new(IPAddress.Loopback, 0);
        occupied.Start();

        (await RunningCommand.RunAsync(command, "--listen", occupied.LocalEndpoint.ToString()!)).Fails(1, "is in use", "another port");
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n", "does not speak MPCache's protocol: it begins with 'HTTP/1.1 400 Bad'")]
    [InlineData("MPCACHE\0\u0063\0\u0002\0\0\0\0\0", "speaks protocol version 99, this side 1")]
    [InlineData("", "does not answer the greeting")]
    public async Task DealerOfAnotherKindOrVersion(string greeting, string words)
    {
        await using ForeignListener foreign = new(Encoding.Latin1.GetBytes(greeting));

        Outcome outcome = await RunningCommand.RunAsync("generate", "--dealer", foreign.Address, "--patience", "5");

        outcome.Fails(1, words);
    }

    [Fact]
    public async Task ServerOfAnotherProtocolVersion()
    {
        await using Sides sides = await Sides.StartAsync();
        await using ForeignListener foreign = new(Encoding.Latin1.GetBytes("MPCACHE\0\u0063\0\0\0\0\0\0\0"));

        Outcome outcome = await RunningCommand.RunAsync("generate", "--dealer", sides.Dealer, "--server", foreign.Address);

        outcome.Fails(1, "speaks protocol version 99, this side 1", "Install the same version");
    }

    [Theory]
    [InlineData("generate")]
    [InlineData("serve")]
    public async Task DealerWithAnotherProgram(string command)
    {
        using Listener listener = Listener.Start(new TcpEndpoint("127.0.0.1", 0));
        using System.Threading.CancellationTokenSource ending = new();
        DealerService dealer = new([Llama.PrefillPartProgram, Llama.PrefillProgram, new AnotherVersion(Llama.DecodeProgram)]);
        Task dealing = dealer.RunAsync(listener, ending.Token);

        Outcome outcome = await RunningCommand.RunAsync([command, "--dealer", listener.Endpoint.ToString(), .. Anywhere(command)]);
        await ending.CancelAsync();
        await dealing;

        outcome.Fails(1, "the program MPCache.Models.Transformers.Llama.Decode differs: fingerprint", "Install the same version");
    }

    [Fact]
    public async Task ServerWithOtherOptions()
    {
        await using Sides sides = await Sides.StartAsync();
        Dictionary<string, string> options = new(LlamaPrograms.Options) { ["model"] = "gpt" };
        await using FakeServer server = new(sides.Dealer, options, _ => Task.CompletedTask);

        Outcome outcome = await RunningCommand.RunAsync("generate", "--dealer", sides.Dealer, "--server", server.Address);

        outcome.Fails(1, "the option 'model' is llama at this party and gpt at the server");
        MPCacheException other = await Assert.ThrowsAsync<MPCacheException>(() => server.Ending);
        Assert.Contains("the option 'model' is gpt at this party and llama at the client", other.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServerWithAModelOfAnotherShape()
    {
        await using Sides sides = await Sides.StartAsync();
        string expected = Shape.Replace("layers=3", "layers=4", StringComparison.Ordinal);

        (await sides.Generate("--shape", expected).EndAsync()).Fails(1, "another shape", "layers is 3, not 4");

        (await sides.Serve.EndAsync()).Fails(1, "the client refuses", "another shape");
    }

    [Fact]
    public async Task ServerWithTheExpectedModel()
    {
        await using Sides sides = await Sides.StartAsync();

        (await sides.Generate("--shape", Shape, "--tokens", "1").EndAsync()).Succeeds();

        (await sides.Serve.EndAsync()).Succeeds();
    }

    [Fact]
    public async Task TokenizerThatDoesNotFitTheServersModel()
    {
        using TemporaryFolder folder = new();
        string tokenizer = folder.Write("tokenizer.bin", TinyModel.Tokenizer());
        await using Sides sides = await Sides.StartAsync();

        (await sides.Generate("--tokenizer", tokenizer).EndAsync()).Fails(1, "has 8 tokens, the model has 61");

        (await sides.Serve.EndAsync()).Fails(1, "the client refuses");
    }

    [Fact]
    public async Task PromptLongerThanTheServersContextTellsTheServerNothingOfIt()
    {
        await using Sides sides = await Sides.StartAsync();

        Outcome client = await sides.Generate("--prompt", new string('x', 300)).EndAsync();
        client.Fails(1, "the prompt has 301 tokens", "context 256", "Shorten the prompt");

        Outcome server = await sides.Serve.EndAsync();
        server.Fails(1, "the client refuses");
        Assert.DoesNotContain("301", server.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FailedSessionDoesNotEndTheService()
    {
        await using Sides sides = await Sides.StartAsync("--sessions", "2");
        (await sides.Generate("--prompt", "the cät").EndAsync()).Fails(1, "no token for 'ä'");

        Outcome second = (await sides.Generate("--tokens", "2").EndAsync()).Succeeds();

        Assert.StartsWith("the cat sat on the mat. the cat s\n", second.Out, StringComparison.Ordinal);
        (await sides.Serve.EndAsync()).Fails(1, "the client refuses");
    }

    [Fact]
    public async Task ClientThatNeverReachesTheServerLeavesNoTrace()
    {
        await using Sides sides = await Sides.StartAsync();
        Outcome astray = await RunningCommand.RunAsync(
            "generate", "--dealer", sides.Dealer, "--server", FreeAddress(), "--patience", "0.3");
        astray.Fails(1, "no server");

        (await sides.Generate("--tokens", "1").EndAsync()).Succeeds();

        (await sides.Serve.EndAsync()).Succeeds();
    }

    [Fact]
    public async Task SecondClientOfTheSameName()
    {
        await using Sides sides = await Sides.StartAsync();
        await using RunningCommand first = sides.Generate("--tokens", "200");
        await first.WritesAsync(33);

        Outcome second = await RunningCommand.RunAsync("generate", "--dealer", sides.Dealer, "--server", sides.Server, "--patience", "5");

        second.Fails(1, "session 'default' already has a client", "another session name");
    }

    [Theory]
    [InlineData(100)]
    [InlineData(700_000)]
    [InlineData(1_500_000)]
    [InlineData(3_000_000)]
    public async Task ConnectionToTheServerThatDrops(long bytes)
    {
        await using Sides sides = await Sides.StartAsync();
        using Relay relay = new(sides.Server, bytes);
        await using RunningCommand client =
            RunningCommand.Start("generate", "--dealer", sides.Dealer, "--server", relay.Address, "--tokens", "100");

        (await client.EndAsync()).Fails(1);
        (await sides.Serve.EndAsync()).Fails(1);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(1_000_000)]
    [InlineData(2_500_000)]
    public async Task TapeThatEndsEarly(long bytes)
    {
        await using Sides sides = await Sides.StartAsync();
        using Relay relay = new(sides.Dealer, bytes);
        await using RunningCommand client =
            RunningCommand.Start("generate", "--dealer", relay.Address, "--server", sides.Server, "--tokens", "100");

        // The server may hear of it from the dealer and close its connection before the client needs the next tape.
        (await client.EndAsync()).Fails(1, "the peer closed it");
        if (bytes > 1000)
        {
            (await sides.Serve.EndAsync()).Fails(1);
        }
    }

    [Fact]
    public async Task PartyWhoseCallDiffersFromTheLedger()
    {
        await using Sides sides = await Sides.StartAsync();
        await using FakeServer server = new(sides.Dealer, LlamaPrograms.Options, async session =>
        {
            LlamaConfig config = ModelCard.Read(Shape);
            LlamaCheckpoint checkpoint = BuiltInModel.Create().Checkpoint;
            await session.TellAsync("model " + Shape);
            Assert.Equal("generate 5 2 256 full", await session.ListenAsync());
            ResidentHandle weights = await session.ShareAsync(LlamaWeightsSchema.Instance, CheckpointWeights.From(checkpoint));
            StateHandle cache = await session.CreateStateAsync(
                KeyValueCacheSchema.Instance, new Dictionary<string, long> { ["layers"] = 3, ["groups"] = 1, ["size"] = 64 });

            // The client has five tokens.
            await Llama.PrefillAsync(session, weights, cache, Input.Of(7), config.RopeTheta);
        });

        Outcome outcome = await RunningCommand.RunAsync(
            "generate", "--dealer", sides.Dealer, "--server", server.Address, "--prompt", "abab", "--tokens", "2");

        outcome.Fails(1, "do not make the same call 2", "dimension rows = 7 at the server", "5 at the client");
        MPCacheException other = await Assert.ThrowsAsync<MPCacheException>(() => server.Ending);
        Assert.Contains("do not make the same call 2", other.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServerThatSaysWhatNobodyUnderstandsCannotCommandTheTerminal()
    {
        await using Sides sides = await Sides.StartAsync();
        await using FakeServer server = new(
            sides.Dealer, LlamaPrograms.Options, session => session.TellAsync("hello\n\u001b[2J\rerror: fake"));

        Outcome outcome = await RunningCommand.RunAsync("generate", "--dealer", sides.Dealer, "--server", server.Address);

        outcome.Fails(1, "the server says 'hello", "Install the same version");
        Assert.DoesNotContain('\u001b', outcome.Error);
        Assert.DoesNotContain('\r', outcome.Error);
    }

    [Fact]
    public async Task ServerThatSaysNothing()
    {
        await using Sides sides = await Sides.StartAsync();
        await using FakeServer server = new(sides.Dealer, LlamaPrograms.Options, _ => Task.CompletedTask);

        Outcome outcome = await RunningCommand.RunAsync(
            "generate", "--dealer", sides.Dealer, "--server", server.Address, "--patience", "5");

        outcome.Fails(1, "the server said nothing for 5 s");
    }

    [Theory]
    [InlineData("model dim=8", "a model's shape lacks hidden")]
    [InlineData("model dim=8,dim=9", "a model's shape does not read 'dim=9'")]
    [InlineData("model dim=0,hidden=8,layers=1,heads=2,groups=1,vocabulary=61,context=256,theta=10000", "dim is 0, it must be positive")]
    [InlineData("model dim=8,hidden=8,layers=1,heads=2,groups=1,vocabulary=61,context=1e9,theta=10000", "a model's context is '1e9'")]
    public async Task ServerWhoseModelIsNone(string says, string words)
    {
        await using Sides sides = await Sides.StartAsync();
        await using FakeServer server = new(sides.Dealer, LlamaPrograms.Options, session => session.TellAsync(says));

        (await RunningCommand.RunAsync("generate", "--dealer", sides.Dealer, "--server", server.Address)).Fails(1, words);
    }

    [Theory]
    [InlineData("generate 0 5 256 full", "the prompt is empty")]
    [InlineData("generate 5 0 256 full", "0 tokens are asked for")]
    [InlineData("generate 257 1 256 full", "the prompt has 257 tokens, the model's context 256")]
    [InlineData("generate 5 1 0 full", "in chunks of 0 tokens")]
    [InlineData("generate 5 1 8193 full", "in chunks of 8193 tokens")]
    [InlineData("generate 250 8 256 full", "asks for 8 tokens after 250, the context has 256")]
    [InlineData("generate 5", "the client says 'generate 5'")]
    [InlineData("generate 5 5", "the client says 'generate 5 5'")]
    [InlineData("generate 5 99999999999 full", "the client says 'generate 5 99999999999 full'")]
    [InlineData("generate 5 5 256 fullest", "the client's request: there is no cache policy 'fullest'")]
    [InlineData("generate 5 5 256 ", "the client's request: there is no cache policy ''")]
    [InlineData("generate 5 5 256 mpcache static=9", "the client's request: static of the policy mpcache is '9'")]
    [InlineData("generate 5 5 256 mpcache keep=0.2 keep=0.3", "'keep=0.3' is no option of the policy mpcache, or is given twice")]
    [InlineData("generate 5 5 256 full cluster=4", "the client's request: the policy full has no option cluster")]
    [InlineData("generate 5 5 256 mpcache cluster=65", "the client's request: cluster of the policy mpcache is 65, more than 64")]
    [InlineData("generate 5 5 256 mpcache skip=2147483647", "the client's request: skip=2147483647 leaves none of 3 layers")]
    [InlineData("generate 5 5 256 streaming sinks=2147483647", "the client's request: 0.3 of 5 tokens are 2, which 2147483647 sinks use up")]
    [InlineData("generate 5 5 256 snapkv window=4", "the client's request: 0.3 of 5 tokens are 2, fewer than the window of 4")]
    [InlineData("generate 5 5 256 quest page=99999999999", "the client's request: page of the policy quest is '99999999999'")]
    [InlineData("generate 5 5 256 a\u001b[2J\r\nerror:b", "the client's request: there is no cache policy 'a")]
    [InlineData("next", "the client says 'next'")]
    [InlineData(null, "the client left before the generation was done")]
    public async Task ClientThatAsksForWhatTheServerHasNot(string? says, string words)
    {
        await using Sides sides = await Sides.StartAsync();
        await AskAsync(sides, says);

        Outcome server = await sides.Serve.EndAsync();
        server.Fails(1, words);
        Assert.DoesNotContain('\u001b', server.Error);
        Assert.DoesNotContain('\r', server.Error);
    }

    /// <summary>What a client says may be long; what the server repeats of it is not.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("full ")]
    [InlineData("mpcache static=")]
    [InlineData("mpcache levels=")]
    [InlineData("mpcache ")]
    public async Task ClientThatAsksForAnEndlessPolicy(string policy)
    {
        await using Sides sides = await Sides.StartAsync();
        await AskAsync(sides, $"generate 5 5 256 {policy}{new string('9', 60_000)}");

        Outcome server = await sides.Serve.EndAsync();
        server.Fails(1, "the client's request: ", "…");
        Assert.InRange(server.Error.Length, 1, 2000);
    }

    /// <summary>The server goes on: one client's request is no matter of the next one's.</summary>
    [Fact]
    public async Task ClientThatAsksForAPolicyThatDoesNotFitIsNotTheLast()
    {
        await using Sides sides = await Sides.StartAsync("--sessions", "2");
        await AskAsync(sides, "generate 5 5 256 tova budget=0");

        (await sides.Generate("--tokens", "2", "--policy", "tova").EndAsync()).Succeeds();
        (await sides.Serve.EndAsync()).Fails(1, "the client's request: budget of the policy tova is '0'");
    }

    /// <summary>The policy needs the prompt's length, so the client finds out; the server learns that there will be nothing.</summary>
    [Fact]
    public async Task PolicyThatDoesNotFitThePrompt()
    {
        await using Sides sides = await Sides.StartAsync();

        Outcome client = await sides.Generate("--prompt", "abab", "--policy", "streaming sinks=9").EndAsync();
        client.Fails(1, "0.3 of 5 tokens are 2, which 9 sinks use up", "fewer sinks");
        Assert.Empty(client.Out);
        (await sides.Serve.EndAsync()).Fails(1, "the client refuses");
    }

    [Theory]
    [InlineData("deal", 0)]
    [InlineData("serve", 0)]
    public async Task InterruptedServiceEndsInOrder(string command, int code)
    {
        await using Sides sides = await Sides.StartAsync("--sessions", "1000000");
        await using RunningCommand deal = RunningCommand.Start("deal", "--listen", "127.0.0.1:0");
        await using RunningCommand serve = RunningCommand.Start("serve", "--dealer", await deal.AddressAsync(), "--listen", "127.0.0.1:0");
        await serve.AddressAsync();

        Outcome outcome = await (command == "deal" ? deal : serve).InterruptAsync();

        Assert.Equal(code, outcome.Code);
        Assert.DoesNotContain("error", outcome.Error, StringComparison.Ordinal);
    }

    /// <summary>A client that opens a session as the command does, says something and waits for the end.</summary>
    private static async Task AskAsync(Sides sides, string? says)
    {
        DealerClient randomness = await DealerClient.ConnectAsync(
            TcpEndpoint.Parse(sides.Dealer), Party.Client, "default", LlamaPrograms.All);
        PartySession session = await PartySession.ConnectAsync(
            Party.Client, TcpEndpoint.Parse(sides.Server), randomness, LlamaPrograms.All,
            new SessionSettings { Options = LlamaPrograms.Options });
        await using (session)
        {
            Assert.Equal("model " + Shape, await session.ListenAsync());
            if (says is not null)
            {
                await session.TellAsync(says);
                Assert.Null(await session.ListenAsync());
            }
        }
    }

    /// <summary>An address at which nobody listens.</summary>
    private static string FreeAddress()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return listener.LocalEndpoint.ToString()!;
    }

    private static string[] Anywhere(string command) => command == "serve" ? ["--listen", "127.0.0.1:0"] : [];

    /// <summary>The same program as another version would have compiled it.</summary>
    private sealed class AnotherVersion(CompiledProgram program) : CompiledProgram
    {
        public override ProgramInterface Interface { get; } = program.Interface with { Fingerprint = new string('0', 64) };

        public override ValueTask RunAsync<TRole>(Run run, CallFrame frame) => program.RunAsync<TRole>(run, frame);
    }
}
