using System.Collections.Generic;
using System.Linq;
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

    /// <summary>Opens an additive share to one party in a flight of its own.</summary>
    public async ValueTask<RingValue> OpenToAsync<TRole>(RingValue share, int ring, int truncate, Party to)
        where TRole : IRole
    {
        RingValue held = OpenTo.Put<TRole>(run, Next(), share, ring, truncate, to);
        await FlightAsync<TRole>(to == Party.Client, to == Party.Server);
        OpenTo.Take<TRole>(run, held, ring, truncate, to);
        return held;
    }

    /// <summary>Rows in a secret order, or back from it, in a flight of their own.</summary>
    public async ValueTask<RingValue> ShuffleAsync<TRole>(RingValue x, Permutation order, int rowSize, int ring, bool inverse = false)
        where TRole : IRole
    {
        RingValue held = Shuffle.Put<TRole>(run, Next(), x, order, rowSize, ring, inverse);
        await FlightAsync<TRole>(!inverse, inverse);
        Shuffle.Take<TRole>(run, held, order, rowSize, ring, inverse);
        return held;
    }

    /// <summary>Masks a held value in a flight of its own.</summary>
    public async ValueTask<RingValue> TellAsync<TRole>(RingValue held, int ring, Party holder)
        where TRole : IRole
    {
        RingValue masked = Tell.Put<TRole>(run, Next(), held, ring, holder);
        await FlightAsync<TRole>(holder == Party.Server, holder == Party.Client);
        Tell.Take<TRole>(run, masked, ring, holder);
        return masked;
    }

    /// <summary>The comparisons of a key's rows, pivots first, revealed in two flights; in the second phase those of slots.</summary>
    public async ValueTask<BitValue> CompareAsync<TRole>(
        RingValue key, int groups, int rows, int pivots, int ring, Positions slots = default)
        where TRole : IRole
    {
        RingValue differences = Order.Pairs<TRole>(run, Next(), key, groups, rows, pivots, ring);
        BitValue opened = await OpenBitsAsync<TRole>(Compare.Digits<TRole>(run, Next(), differences, ring, [0]));
        BitValue sign = Compare.Combine<TRole>(run, Next(), opened, ring);
        BitValue revealed = Order.RevealPut<TRole>(run, Next(), sign, slots);
        await FlightAsync<TRole>();
        Order.RevealTake<TRole>(run, revealed);
        return revealed;
    }

    /// <summary>
    /// The largest rows of a shuffled and masked key, in one phase of two flights or two of five in all, and how many rows found no slot.
    /// </summary>
    public async ValueTask<(Positions Kept, int Uncompared)> LargestAsync<TRole>(
        RingValue key, int groups, int rows, int keep, int ring, int? capacity = null)
        where TRole : IRole
    {
        int pivots = (int)Order.Pivots(rows).AsConstant!;
        int slots = capacity ?? (int)Order.Capacity(rows).AsConstant!;
        BitValue first = await CompareAsync<TRole>(key, groups, rows, pivots, ring);
        Ranking ranking = Order.Rank<TRole>(first, groups, rows, pivots, keep);
        if (Order.Refines(rows).AsConstant == 0)
        {
            return (Order.Kept<TRole>(ranking), 0);
        }

        int uncompared = Order.CountUncompared(ranking, slots);
        Positions undecided = Order.Undecided<TRole>(ranking, slots);
        RingValue candidates = await OpenAsync<TRole>(Remask.Gather<TRole>(run, key, undecided, rows, 1, ring), ring);
        BitValue second = await CompareAsync<TRole>(candidates, groups, slots, slots, ring, undecided);
        return (Order.Kept<TRole>(Order.Refine<TRole>(ranking, undecided, second)), uncompared);
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

    /// <summary>Gives a result that one party holds.</summary>
    public void PutHeld(RingValue value, int ring, Party holder) =>
        Put(holder == Party.Server ? OutputForm.HeldByServer : OutputForm.HeldByClient, value, ring);

    /// <summary>Gives what both parties know, and the dealer and a rehearsal do not.</summary>
    public void PutPublic(IEnumerable<int>? known, int count)
    {
        ulong[]? words = known?.Select(x => (ulong)(long)x).ToArray();
        Assert.True(words is null || words.Length == count);
        Put(OutputForm.Public, new RingValue(words, null, count), 64);
    }

    /// <summary>Gives an additive result.</summary>
    public void PutAdditive(RingValue value, int ring) => Put(OutputForm.Additive, value, ring);

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

    /// <summary>x̂ at the server alone, and mask shares.</summary>
    HeldByServer,

    /// <summary>x̂ at the client alone, and mask shares.</summary>
    HeldByClient,

    /// <summary>The value itself, at both parties.</summary>
    Public,

    /// <summary>Additive shares.</summary>
    Additive,

    /// <summary>Masked bits.</summary>
    Bits,
}

/// <summary>One role's planes of an output.</summary>
public sealed record Output(OutputForm Form, ulong[] First, ulong[] Second, int Count, int Ring);
