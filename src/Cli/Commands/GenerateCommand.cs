using System;
using System.CommandLine;
using MPCache.Cli.Reports;
using MPCache.Cli.Roles;
using MPCache.Models.Generation;
using MPCache.Models.Policies;
using MPCache.Models.Weights;
using MPCache.Transport;

namespace MPCache.Cli.Commands;

/// <summary><c>mpcache generate</c>: the client, one generation.</summary>
internal static class GenerateCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        Option<TcpEndpoint> dealer = Endpoints.Address("--dealer", "Where the dealer is", Endpoints.Dealer);
        Option<TcpEndpoint> server = Endpoints.Address("--server", "Where the server is", Endpoints.Server);
        Option<string?> tokenizer = TextOptions.Tokenizer(besideModel: false);
        Option<string?> prompt = TextOptions.Prompt();
        Option<int> tokens = TextOptions.Tokens();
        Option<string?> json = TextOptions.Json();
        Option<CachePolicy> policy = PolicyOptions.Policy();
        Option<int> chunk = TextOptions.Chunk();
        Option<LlamaConfig?> shape = Shape();
        Option<string> session = Endpoints.Session();
        Option<double> patience = Endpoints.Patience();
        Option<NetworkProfile> network = Endpoints.Network(
            "what the client sends the server; give the same to the server, which shapes its own direction");
        Option<string?> dealerPin = Endpoints.Pin("--dealer-pin", "dealer");
        Option<string?> serverPin = Endpoints.Pin("--server-pin", "server");
        Option<Network?> programs = Endpoints.Programs();
        Command command = new(
            "generate", "Run the client: it owns the prompt and alone learns the completion. It needs the tokenizer, not the model.")
        {
            dealer, server, tokenizer, prompt, tokens, policy, chunk, json, shape, session, patience, network, programs, dealerPin, serverPin,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            TokenizerSource source = new(parsed.GetValue(tokenizer));
            source.CheckFile();
            string? report = parsed.GetValue(json);
            ReportFile.Check(report);
            ChannelTimeouts timeouts = new() { Connect = TimeSpan.FromSeconds(parsed.GetValue(patience)) };
            Site site = new(
                parsed.GetRequiredValue(dealer), parsed.GetValue(dealerPin), parsed.GetRequiredValue(session), timeouts,
                parsed.GetRequiredValue(network), parsed.GetValue(programs));
            Endpoints.Tell(console, site.Network, "server");
            TcpEndpoint address = parsed.GetRequiredValue(server);
            Identity.Advise(console, site.Dealer, site.DealerPin is not null, "Give --dealer-pin");
            Identity.Advise(console, address, parsed.GetValue(serverPin) is not null, "Give --server-pin");
            ClientRole client = new(console, site, address, parsed.GetValue(serverPin), parsed.GetValue(shape));
            Completion completion = await client.GenerateAsync(
                source,
                new TextRequest(
                    parsed.GetValue(prompt) ?? source.DefaultPrompt, parsed.GetValue(tokens), parsed.GetRequiredValue(policy),
                    parsed.GetValue(chunk)),
                cancellation).ConfigureAwait(false);
            PhaseTable.Write(console.Out, completion.Phases);
            if (report is not null)
            {
                JsonReport.Write(report, completion, plain: null);
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static Option<LlamaConfig?> Shape() => new("--shape")
    {
        Description = "Refuse a server whose model has another shape than this, written as the server prints it",
        HelpName = "SHAPE",
        CustomParser = result =>
        {
            try
            {
                return ModelCard.Read(result.Tokens[0].Value);
            }
            catch (MPCacheException e)
            {
                result.AddError($"--shape: {e.Message}");
                return null;
            }
        },
    };
}
