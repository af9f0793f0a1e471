using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using MPCache.Execution;
using MPCache.Gates;
using Xunit;

namespace MPCache.Conformance.Harness;

/// <summary>One role's side of a gate program: its run, its inputs, and where its outputs go.</summary>
/// <param name="run">The role's run.</param>
/// <param name="masked">The role's planes of the masked inputs.</param>
/// <param name="weights">The role's view of the weights.</param>
public sealed class Stage(Run run, RingValue[] masked, ResidentTensor[] weights)
{
    private int slot;
    private int flight;

    /// <summary>The role's run.</summary>
    public Run Run => run;

    /// <summary>Whether values are masked at all: they are not in the clear.</summary>
    public bool HasMasks { get; init; } = true;

    /// <summary>What the program gave as results.</summary>
    public List<Output> Outputs { get; } = [];

    /// <summary>Flights so far.</summary>
    public int Flights => flight;

    /// <summary>The next free address, as the compiler numbers slots.</summary>
    public Address Next() => run.At(slot++);

    /// <summary>The role's planes of a masked input.</summary>
    public RingValue Masked(int input) => Local.Copy(run, masked[input]);

    /// <summary>The role's view of a tensor of weights.</summary>
    public ResidentTensor Weights(int input) => weights[input];

    /// <summary>One flight.</summary>
    public async ValueTask FlightAsync<TRole>(bool serverSends = true, bool clientSends = true)
        where TRole : IRole => await run.ExchangeAsync<TRole>(flight++, serverSends, clientSends);

    /// <summary>Opens an additive share in a flight of its own.</summary>
    public async ValueTask<RingValue> OpenAsync<TRole>(RingValue share, int ring, int truncate = 0, bool fromServer = false)
        where TRole : IRole
    {
        RingValue opened = Open.Put<TRole>(run, Next(), share, ring, truncate, fromServer);
        await FlightAsync<TRole>(true, !fromServer);
        Open.Take<TRole>(run, opened, ring, truncate, fromServer);
        return opened;
    }

    /// <summary>Opens XOR shares in a flight of their own.</summary>
    public async ValueTask<BitValue> OpenBitsAsync<TRole>(BitValue share)
        where TRole : IRole
    {
        BitValue opened = OpenBits.Put<TRole>(run, Next(), share);
        await FlightAsync<TRole>();
        OpenBits.Take<TRole>(run, opened);
        return opened;
    }

    /// <summary>Masked bits of known values, from an opening in a flight of its own.</summary>
    public ValueTask<BitValue> BitsAsync<TRole>(bool[] bits)
        where TRole : IRole
    {
        // The client's share is the bits, the server's zero.
        BitValue share = new(TRole.IsClient ? Samples.Pack(1, bits) : new ulong[(bits.Length + 63) / 64], null, 1, bits.Length);
        return OpenBitsAsync<TRole>(share);
    }

    /// <summary>Gives a masked result.</summary>
    public void PutMasked(RingValue value, int ring) => Put(OutputForm.Masked, value, ring);

    /// <summary>Gives a result whose mask the dealer alone knows.</summary>
    public void PutUnshared(RingValue value, int ring) => Put(OutputForm.Unshared, value, ring);

    /// <summary>Gives an additive result.</summary>
    public void PutAdditive(RingValue value, int ring) => Put(OutputForm.Additive, value, ring);

    /// <summary>
    /// Fails unless the dealer added uniform low bits to a share whose opening will truncate: without them the opening would show the
    /// low bits of the value.
    /// </summary>
    public void AssertLowBits<TRole>(RingValue share, int low)
        where TRole : IRole
    {
        // In the clear all masks are zero, these too.
        if (!TRole.IsDealer || !HasMasks)
        {
            return;
        }

        ReadOnlySpan<ulong> offset = share.First;
        Assert.Equal(low > 0 ? share.Count : 0, offset.Length);
        ulong seen = 0;
        foreach (ulong word in offset)
        {
            Assert.Equal(0UL, word >> low);
            seen |= word;
        }

        // Of so many fair coins one shows heads in each place.
        Assert.True(share.Count < 64 || seen == (1UL << low) - 1, $"the {low} low bits of {share.Count} masks are not uniform");
    }

    /// <summary>Gives masked bits.</summary>
    public void PutBits(BitValue value)
    {
        int words = value.Planes * value.Words;
        Put(OutputForm.Bits, new RingValue(value.A, value.B, words), 64);
    }

    private void Put(OutputForm form, RingValue value, int ring) =>
        Outputs.Add(new Output(form, [.. value.First], [.. value.Second], value.Count, ring));
}

/// <summary>How an output is to be read.</summary>
public enum OutputForm
{
    /// <summary>x̂ and mask shares.</summary>
    Masked,

    /// <summary>x̂ and a mask of the dealer's.</summary>
    Unshared,

    /// <summary>Additive shares.</summary>
    Additive,

    /// <summary>Masked bits.</summary>
    Bits,
}

/// <summary>One role's planes of an output.</summary>
public sealed record Output(OutputForm Form, ulong[] First, ulong[] Second, int Count, int Ring);
