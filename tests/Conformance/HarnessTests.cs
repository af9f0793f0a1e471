using System.Threading.Tasks;
using MPCache.Conformance.Harness;
using MPCache.Execution;
using MPCache.Gates;
using Xunit;

namespace MPCache.Conformance;

/// <summary>The harness must see the faults it is there for.</summary>
public sealed class HarnessTests
{
    [Fact]
    public void AnAddressUsedTwiceIsSeen() =>
        Assert.Throws<AddressReuseException>(() => Executions.Run(new SameAddressTwice(), Inputs.Of([1, 2, 3], 32)));

    [Fact]
    public void AMaskUsedTwiceIsSeenInTheViews() =>
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() =>
            Uniformity.Assert(new Unmasked(), Inputs.Of(Samples.Constant(0, 8), 32), Inputs.Of(Samples.Constant(1, 8), 32)));

    private sealed class SameAddressTwice : GateProgram
    {
        public override ValueTask RunAsync<TRole>(Stage stage)
        {
            Address at = stage.Next();
            RingValue reduced = Truncate.Reduce<TRole>(stage.Run, at, stage.Masked(0), 32, 8);
            stage.PutMasked(Truncate.Reduce<TRole>(stage.Run, at, reduced, 24, 8), 16);
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>Opens the same share under masks one of which is the other's copy.</summary>
    private sealed class Unmasked : GateProgram
    {
        public override async ValueTask RunAsync<TRole>(Stage stage)
        {
            RingValue share = Local.ToAdditive<TRole>(stage.Run, stage.Masked(0), 32);
            RingValue opened = Open.Put<TRole>(stage.Run, stage.Next(), share, 32, 0, false);
            if (!TRole.IsDealer && !TRole.IsRehearsal && !(TRole.IsServer && TRole.IsClient))
            {
                Ring.BitPacking.PackRing(opened.First, 32, stage.Run.Outgoing.Write(32));
            }

            await stage.FlightAsync<TRole>();
            Open.Take<TRole>(stage.Run, opened, 32, 0, false);
            if (!TRole.IsDealer && !TRole.IsRehearsal && !(TRole.IsServer && TRole.IsClient))
            {
                stage.Run.Incoming.Read(32);
            }

            stage.PutMasked(opened, 32);
        }
    }
}
