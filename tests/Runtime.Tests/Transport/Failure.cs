using System;
using System.Threading.Tasks;
using Xunit;

namespace MPCache.Runtime.Tests.Transport;

/// <summary>What is expected of every failure that a user can cause: in time, of one line, with cause and cure.</summary>
internal static class Failure
{
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(60);

    public static async Task<string> MessageAsync(Task failing)
    {
        MPCacheException e = await Assert.ThrowsAsync<MPCacheException>(() => failing.WaitAsync(Hang));
        Assert.DoesNotContain('\n', e.Message);
        Assert.NotEmpty(e.Cure);
        return e.Message;
    }

    public static Task<string> MessageAsync(Func<Task> failing) => MessageAsync(failing());
}
