using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Execution;
using MPCache.Programs.Tests.Harness;
using MPCache.Programs.Tests.Programs;
using MPCache.Randomness;
using MPCache.Sessions;
using MPCache.Transport;
using Xunit;

namespace MPCache.Programs.Tests;

public class TcpTests
{
    private static readonly IReadOnlyList<CompiledProgram> Programs = [Choices.ApplyProgram];

    [Theory]
    [InlineData(Party.Server)]
    [InlineData(Party.Client)]
    public async Task A_program_runs_over_tcp_whoever_starts_first(Party first)
    {
        using Listener listener = Listener.Start(new TcpEndpoint("127.0.0.1", 0));
        using CancellationTokenSource end = new();
        Task dealing = new DealerService(Programs).RunAsync(listener, end.Token);
        TcpEndpoint meeting = FreePort();

        Draw draw = new(1);
        Tensor x = draw.Classes(64, 3, 5) * 0.25f - 8f;
        Tensor y = draw.Classes(64, 5) * 0.25f - 7.875f;
        Party second = first == Party.Server ? Party.Client : Party.Server;
        Task<CallResult> early = Task.Run(() => PlayAsync(first, listener.Endpoint, meeting, x, y));
        await Task.Delay(100);
        Task<CallResult> late = Task.Run(() => PlayAsync(second, listener.Endpoint, meeting, x, y));
        CallResult[] results = await Task.WhenAll(early, late);
        await end.CancelAsync();
        await ((Task)dealing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

        CallResult client = results[first == Party.Client ? 0 : 1];
        (Tensor larger, _, _, _, _) = Choices.Apply(x, y);
        Assert.Equal(larger.Values.ToArray(), client.Outputs[0].Value.Values.ToArray());
        Assert.All(results, r => Assert.Equal(r.Statistics.Planned, r.Statistics.Measured));
    }

    private static async Task<CallResult> PlayAsync(Party party, TcpEndpoint dealer, TcpEndpoint peer, Tensor x, Tensor y)
    {
        DealerClient randomness = await DealerClient.ConnectAsync(dealer, party, "over tcp", Programs);
        await using PartySession session = await PartySession.ConnectAsync(party, peer, randomness, Programs);
        Side side = new(session);
        return await Choices.ApplyAsync(session, side.Client(x), side.Server(y));
    }

    /// <summary>The session listens on a port that both parties were told; this one was free a moment ago.</summary>
    private static TcpEndpoint FreePort()
    {
        using Listener probe = Listener.Start(new TcpEndpoint("127.0.0.1", 0));
        return probe.Endpoint;
    }
}
