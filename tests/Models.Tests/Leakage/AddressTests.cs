using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using MPCache.Models.Generation;
using MPCache.Sessions;
using MPCache.Transport;
using Xunit;

namespace MPCache.Models.Tests.Leakage;

/// <summary>
/// No randomness of a session is used twice: in whole generations under every policy the dealer expands each address of each seed once, the
/// parties what it expanded, and nothing else. Loops that run not at all or once, steps with and without summaries, and two phases of
/// comparisons are among them.
/// </summary>
public sealed class AddressTests
{
    [Theory]
    [InlineData("full", 12)]
    [InlineData("full", 1)]
    [InlineData("streaming sinks=1", 12)]
    [InlineData("toptokens", 12)]
    [InlineData("toptokens budget=0.5", 80)]
    [InlineData("toptokens budget=1", 3)]
    [InlineData("h2o budget=0.5", 12)]
    [InlineData("h2o", 80)]
    [InlineData("tova budget=0.5", 12)]
    [InlineData("tova budget=0.9", 72)]
    [InlineData("snapkv budget=0.5 window=3", 12)]
    [InlineData("snapkv budget=0.9 window=3", 75)]
    [InlineData("quest page=2 skip=1 budget=0.5", 12)]
    [InlineData("quest page=1 skip=0 budget=0.5", 80)]
    [InlineData("mpcache cluster=2 keep=0.5", 12)]
    [InlineData("mpcache cluster=2 keep=0.5 bound=exact share=1", 12)]
    [InlineData("mpcache cluster=2 keep=0.5 skip=1", 12)]
    [InlineData("mpcache cluster=2 keep=0.5 skip=2 levels=1", 12)]
    [InlineData("mpcache cluster=1 keep=0.5 static=1 levels=1", 80)]
    [InlineData("mpcache cluster=1 keep=0.3 static=0.95 keep-coarse=0.8", 150)]
    [InlineData("mpcache cluster=2 keep=0.5 levels=1 share=1 lag=1", 12)]
    [InlineData("mpcache cluster=1 keep=0.5 static=1 levels=1 share=1 lag=1", 80)]
    [InlineData("mpcache levels=0", 12)]
    [InlineData("mpcache", 1)]
    public async Task EveryAddressServesOnce(string policy, int prompt)
    {
        const int Tokens = 6;
        SmallModel model = new(3, prompt + Tokens);
        using RecordingDealer dealer = new(LlamaPrograms.All);
        (Connection atServer, Connection atClient) = MemoryConnection.CreatePair();
        SessionSettings settings = new() { Options = LlamaPrograms.Options };
        PartySession[] sessions = await Task.WhenAll(
            PartySession.ConnectAsync(Party.Server, atServer, dealer.Seat(Party.Server), LlamaPrograms.All, settings),
            PartySession.ConnectAsync(Party.Client, atClient, dealer.Seat(Party.Client), LlamaPrograms.All, settings));
        await using (sessions[0])
        await using (sessions[1])
        {
            IReadOnlyList<int> tokens = await model.GenerateAsync(
                sessions[0], sessions[1], SmallModel.Prompt(prompt, 1), Tokens, policy);
            Assert.Equal(Tokens, tokens.Count);
        }

        Assert.Empty(dealer.Server.Faults(1));
        Assert.Empty(dealer.Client.Faults(1));
        Assert.Empty(dealer.Secret.Faults(1));
        Assert.Empty(dealer.AtServer.Faults(1));
        Assert.Empty(dealer.AtClient.Faults(2));
        AssertSame(dealer.Server, dealer.AtServer);
        AssertSame(dealer.Client, dealer.AtClient);

        // The dealer has randomness of its own for ties: where rows are put into an order that is revealed.
        bool orders = prompt > 1 && policy != "full" && !policy.StartsWith("streaming", StringComparison.Ordinal);
        Assert.True(dealer.Server.Expanded.Count > 1000);
        Assert.Equal(orders, dealer.Secret.Expanded.Count > 0);
    }

    private static void AssertSame(RecordingSource dealer, RecordingSource party)
    {
        Assert.Equal(Said(dealer), Said(party));

        static IEnumerable<string> Said(RecordingSource source) =>
            source.Expanded.Select(e => $"{e.Key} {e.Value[0]}").Order(System.StringComparer.Ordinal);
    }
}
