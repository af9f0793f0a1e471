using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Cli.Reports;
using MPCache.Cli.Roles;
using MPCache.Evaluation.Tasks;
using MPCache.Models.Generation;
using MPCache.Models.Policies;
using MPCache.Models.Weights;
using MPCache.Transport;

namespace MPCache.Cli.Commands;

/// <summary>
/// <c>mpcache demo</c>: dealer, server and client in one process over loopback TCP, and the same generation in plain for comparison; with
/// several cache policies, one after the other and side by side.
/// </summary>
internal static class DemoCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        Option<string?> model = TextOptions.Model();
        Option<string?> tokenizer = TextOptions.Tokenizer(besideModel: true);
        Option<string?> prompt = TextOptions.Prompt();
        Option<int> tokens = TextOptions.Tokens();
        Option<CachePolicy> policy = PolicyOptions.Policy();
        Option<IReadOnlyList<CachePolicy>> compare = PolicyOptions.Compare();
        Option<int> chunk = TextOptions.Chunk();
        Option<string?> json = TextOptions.Json();
        Option<NetworkProfile> network = Endpoints.Network(
            "what server and client send each other; their connections to the dealer are not shaped");
        Option<Network?> programs = Endpoints.Programs();
        Command command = new("demo", "Run dealer, server and client in one process over loopback TCP.")
        {
            model, tokenizer, prompt, tokens, policy, compare, chunk, json, network, programs,
        };
        TextOptions.RequireTogether(command, model, tokenizer);
        command.Validators.Add(result =>
        {
            if (result.GetResult(policy) is { Implicit: false } && result.GetResult(compare) is { Implicit: false })
            {
                result.AddError("--policy and --compare exclude each other. Name all policies in --compare");
            }
        });
        command.SetAction(async (parsed, cancellation) =>
        {
            ModelSource source = ModelSource.Load(parsed.GetValue(model));
            TokenizerSource words = TokenizerSource.For(parsed.GetValue(model), parsed.GetValue(tokenizer));
            Tokenizer read = words.Read(source.Config);
            TaskSample? document = parsed.GetValue(model) is null && parsed.GetValue(prompt) is null ? DocumentQuestion.Create(read) : null;
            string text = document?.Prompt ?? parsed.GetValue(prompt) ?? words.DefaultPrompt;
            IReadOnlyList<CachePolicy> compared = parsed.GetRequiredValue(compare);
            if (document is not null && compared.Count == 0 && parsed.GetResult(policy) is null or { Implicit: true })
            {
                compared = [CachePolicy.Read("full"), CachePolicy.Read(ShippedModel.Policy)];
            }

            IReadOnlyList<CachePolicy> policies = compared.Count > 0 ? compared : [parsed.GetRequiredValue(policy)];
            TextRequest[] requests =
                [.. policies.Select(each => new TextRequest(text, parsed.GetValue(tokens), each, parsed.GetValue(chunk)))];
            foreach (TextRequest request in requests)
            {
                _ = request.Encode(read).Lengths(source.Config);
            }

            string? report = parsed.GetValue(json);
            ReportFile.Check(report);
            NetworkProfile between = parsed.GetRequiredValue(network);
            console.Progress($"dealer, server with {source.Name} and client, in one process over loopback TCP{Emulating(between)}");
            if (compared.Count > 0)
            {
                // The prompt is written once, and each completion as a whole.
                LocalGeneration local = new(CommandConsole.Silent, source, words, between, parsed.GetValue(programs));
                await CompareAsync(console, local, source, requests, document, report, cancellation).ConfigureAwait(false);
            }
            else
            {
                LocalGeneration local = new(console, source, words, between, parsed.GetValue(programs));
                await RunAsync(console, local, source, requests[0], report, cancellation).ConfigureAwait(false);
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static string Emulating(NetworkProfile network) =>
        network.AddsNothing ? "" : $", with an emulated {network} between server and client";

    private static async Task RunAsync(
        CommandConsole console, LocalGeneration local, ModelSource source, TextRequest request, string? report,
        CancellationToken cancellation)
    {
        console.Progress($"cache policy: {request.Policy.Write()}");
        Completion completion = await local.RunAsync(request, cancellation).ConfigureAwait(false);
        PhaseTable.Write(console.Out, completion.Phases);
        IReadOnlyList<int> plain = PlainGeneration.Run(source.Config, source.Weights, completion.Request);
        console.Progress(plain.SequenceEqual(completion.Tokens)
            ? "the plain run of the same program gives the same tokens"
            : "the plain run of the same program gives other tokens: an arg-max or a selection came out differently within the "
                + "fixed-point error");
        if (report is not null)
        {
            JsonReport.Write(report, completion, plain);
        }
    }

    private static async Task CompareAsync(
        CommandConsole console, LocalGeneration local, ModelSource source, IReadOnlyList<TextRequest> requests, TaskSample? document,
        string? report, CancellationToken cancellation)
    {
        List<ComparedPolicy> compared = [];
        console.Out.WriteLine(document is null ? requests[0].Prompt : DocumentQuestion.Excerpt(document.Prompt));
        if (document is not null)
        {
            console.Out.WriteLine($"[in the document]{document.Answer}");
        }

        foreach (TextRequest request in requests)
        {
            console.Progress(string.Create(
                CultureInfo.InvariantCulture, $"policy {compared.Count + 1} of {requests.Count}: {request.Policy.Write()}"));
            // What one policy leaves behind would stand beside what the next one needs: gigabytes, after a long prompt.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            Completion completion = await local.RunAsync(request, cancellation).ConfigureAwait(false);
            IReadOnlyList<int> plain = PlainGeneration.Run(source.Config, source.Weights, completion.Request);
            compared.Add(ComparedPolicy.Of(source.Config, completion, plain, compared.Count == 0 ? null : compared[0]));
            console.Out.WriteLine($"[{compared[^1].Brief}] {completion.Text}");
        }

        ComparisonTable.Write(console.Out, compared);
        if (report is not null)
        {
            ComparisonReport.Write(report, compared);
        }
    }
}
