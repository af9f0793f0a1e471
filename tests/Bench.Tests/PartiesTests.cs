using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Bench.Programs;
using MPCache.Bench.Running;
using MPCache.Transport;
using Xunit;

namespace MPCache.Bench.Tests;

/// <summary>Starting dealer and parties; alone, because sockets are counted.</summary>
[CollectionDefinition(nameof(PartiesTests), DisableParallelization = true)]
[Collection(nameof(PartiesTests))]
public sealed class PartiesTests
{
    private const string Descriptors = "/proc/self/fd";

    [Fact]
    public async Task AStartThatFailsLeavesNothingOpen()
    {
        for (int i = 0; i < 4; i++)
        {
            int before = OpenSockets();
            await Assert.ThrowsAnyAsync<MPCacheException>(() => Parties.StartAsync(
                [AttentionLayer.FillProgram], [AttentionLayer.ReadProgram], NetworkProfile.Loopback, CancellationToken.None));
            Assert.Equal(before, OpenSockets());
        }
    }

    private static int OpenSockets() => Directory.Exists(Descriptors)
        ? Directory.GetFiles(Descriptors).Count(f => new FileInfo(f).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true)
        : 0;
}
