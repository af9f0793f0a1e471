using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Cli.Reports;
using MPCache.Cli.Roles;
using MPCache.Models.Generation;
using MPCache.Models.Weights;
using MPCache.Randomness;
using MPCache.Transport;

namespace MPCache.Cli.Commands;

/// <summary>
/// <c>mpcache demo</c>: dealer, server and client in one process over loopback TCP, and the same generation in plain for comparison.
/// </summary>
internal static class DemoCommand
{
    private static readonly TcpEndpoint AnyPort = new("127.0.0.1", 0);

    /// <summary>How long a party may take to notice that the other one has failed.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(5);

    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        Option<string?> model = TextOptions.Model();
        Option<string?> tokenizer = TextOptions.Tokenizer();
        Option<string?> prompt = TextOptions.Prompt();
        Option<int> tokens = TextOptions.Tokens();
        Option<string?> json = TextOptions.Json();
        Option<NetworkProfile> network = Endpoints.Network(
            "what server and client send each other; their connections to the dealer are not shaped");
        Command command = new("demo", "Run dealer, server and client in one process over loopback TCP.")
        {
            model, tokenizer, prompt, tokens, json, network,
        };
        TextOptions.RequireTogether(command, model, tokenizer);
        command.SetAction(async (parsed, cancellation) =>
        {
            ModelSource source = ModelSource.Load(parsed.GetValue(model));
            TokenizerSource words = new(parsed.GetValue(tokenizer));
            string text = parsed.GetValue(prompt) ?? words.DefaultPrompt;
            int count = parsed.GetValue(tokens);
            Tokenizer read = words.Read(source.Config);
            _ = new GenerationRequest(read.Encode(text), count, read.EndsText).Count(source.Config);
            string? report = parsed.GetValue(json);
            JsonReport.CheckPath(report);
            NetworkProfile between = parsed.GetRequiredValue(network);
            console.Progress($"dealer, server with {source.Name} and client, in one process over loopback TCP{Emulating(between)}");
            Completion completion = await RunAsync(console, source, words, between, text, count, cancellation).ConfigureAwait(false);
            PhaseTable.Write(console.Out, completion.Phases);
            int[] plain = [.. PlainGeneration.Run(source.Config, source.Weights, completion.Request)];
            console.Progress(plain.SequenceEqual(completion.Tokens)
                ? "the plain run of the same program gives the same tokens"
                : "the plain run of the same program gives other tokens: an arg-max came out differently within the fixed-point error");
            if (report is not null)
            {
                JsonReport.Write(report, completion, plain);
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static string Emulating(NetworkProfile network) =>
        network.AddsNothing ? "" : $", with an emulated {network} between server and client";

    private static async Task<Completion> RunAsync(
        CommandConsole console, ModelSource source, TokenizerSource words, NetworkProfile network, string prompt, int tokens,
        CancellationToken cancellation)
    {
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using Listener dealer = Listener.Start(AnyPort);
        using Listener server = Listener.Start(AnyPort);
        Site site = new(dealer.Endpoint, null, "demo", new ChannelTimeouts(), network);
        ClientRole client = new(console, site, server.Endpoint, null, source.Config);
        ServerRole serving = new(site, source.Config, source.Weights);

        Task dealt = Task.Run(() => new DealerService(LlamaPrograms.All).RunAsync(dealer, ending.Token), ending.Token);
        Task served = Task.Run(() => ServeOneAsync(serving, server, ending.Token), ending.Token);
        Task<Completion> generated = Task.Run(() => client.GenerateAsync(words, prompt, tokens, ending.Token), ending.Token);
        try
        {
            return await EndAsync(served, generated, ending).ConfigureAwait(false);
        }
        finally
        {
            await ending.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(dealt, served, generated).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task ServeOneAsync(ServerRole serving, Listener server, CancellationToken cancellation)
    {
        Connection connection = await server.AcceptAsync(cancellation).ConfigureAwait(false);
        await serving.ServeAsync(connection, cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// Waits for both parties. Where both fail, one has lost its connection because of the other, whose error is the cause.
    /// </summary>
    private static async Task<Completion> EndAsync(Task served, Task<Completion> generated, CancellationTokenSource ending)
    {
        Task first = await Task.WhenAny(served, generated).ConfigureAwait(false);
        if (!first.IsCompletedSuccessfully)
        {
            ending.CancelAfter(Farewell);
        }

        await Task.WhenAll(served, generated).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        IEnumerable<Task> failed = new[] { first, served, generated }.Where(task => !task.IsCompletedSuccessfully);
        await failed.OrderBy(IsConsequence).FirstOrDefault(generated).ConfigureAwait(false);
        return await generated.ConfigureAwait(false);
    }

    private static bool IsConsequence(Task failed) =>
        failed.IsCanceled || failed.Exception?.InnerException?.InnerException is ConnectionLostException;
}
