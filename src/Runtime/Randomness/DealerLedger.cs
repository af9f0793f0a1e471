using System.Collections.Generic;
using System.Linq;
using System.Threading;
using MPCache.Execution;

namespace MPCache.Randomness;

/// <summary>
/// A session's ledger at the dealer: the pads of weights and the masks of states that its entries created, and the dealing of the next
/// entry.
/// </summary>
internal sealed class DealerLedger
{
    private readonly IReadOnlyList<CompiledProgram> programs;
    private readonly IMaskSource server;
    private readonly IMaskSource client;
    private readonly IMaskSource secret;
    private readonly Dictionary<uint, ResidentStore> residents = [];
    private readonly Dictionary<uint, StateStore> states = [];
    private readonly WordPool pool = new();
    private uint next;

    /// <summary>Starts an empty ledger.</summary>
    /// <param name="programs">The programs it may call.</param>
    /// <param name="server">The masks shared with the server.</param>
    /// <param name="client">The masks shared with the client.</param>
    /// <param name="secret">The dealer's own randomness.</param>
    public DealerLedger(IReadOnlyList<CompiledProgram> programs, IMaskSource server, IMaskSource client, IMaskSource secret)
    {
        this.programs = programs;
        this.server = server;
        this.client = client;
        this.secret = secret;
    }

    /// <summary>Deals the next entry.</summary>
    /// <returns>Its tape; empty for entries that are no calls.</returns>
    /// <exception cref="MPCacheException">The entry does not fit the ledger or the programs.</exception>
    public Tape Deal(LedgerEntry entry, CancellationToken cancellation)
    {
        if (entry.Call != next)
        {
            throw new MPCacheException($"call {entry.Call} was announced where call {next} is due", "Start a new session");
        }

        next++;
        switch (entry)
        {
            case ResidentEntry resident:
                residents.Add(entry.Call, new ResidentStore([.. resident.Tensors.Select((t, slot) => Pad(entry.Call, slot, t))]));
                break;
            case StateEntry state:
                states.Add(entry.Call, StateStore.Empty(state.Fields.Select(f => (f.Name, f.Tensors, RowSize(f.Row)))));
                break;
            case CallEntry call:
                return Run(call, cancellation);
        }

        return new Tape("tape");
    }

    private static int RowSize(IReadOnlyList<int> row) => row.Aggregate(1, (product, size) => checked(product * size));

    private ResidentTensor Pad(uint call, int slot, LedgerTensor tensor)
    {
        ulong[] pad = new ulong[tensor.Count];
        WeightPad.Expand(server, call, slot, pad);
        return new ResidentTensor { Name = tensor.Name, Shape = [.. tensor.Shape], Scale = 0, Pad = pad };
    }

    private Tape Run(CallEntry entry, CancellationToken cancellation)
    {
        CompiledProgram program = programs.FirstOrDefault(p => p.Interface.Fingerprint == entry.Fingerprint)
            ?? throw new MPCacheException(
                $"the dealer has no program {entry.Name} of this fingerprint", "Install the same version on all sides");
        ProgramInterface declared = program.Interface;
        if (entry.Dimensions.Count != declared.Dimensions.Count || entry.Reals.Count != declared.Reals.Count
            || entry.Residents.Count != declared.Residents.Count || entry.States.Count != declared.States.Count)
        {
            throw new MPCacheException(
                $"call {entry.Call} does not fit the interface of {entry.Name}", "Install the same version on all sides");
        }

        Dictionary<string, long> dimensions = [];
        foreach ((ProgramDimension dimension, (string _, long value)) in declared.Dimensions.Zip(entry.Dimensions))
        {
            dimensions.Add(dimension.Name, value);
            if (value < 0 || value > dimension.Max)
            {
                throw new MPCacheException(
                    $"dimension {dimension.Name} of {entry.Name} is {value}, at most {dimension.Max} are allowed", "Make a smaller call");
            }
        }

        PlanChecks.Hold(declared, d => dimensions[d]);
        long planned = declared.Plan.Evaluate(d => dimensions[d]).Tape;
        Tape tape = new("tape", planned);
        Run run = new(
            entry.Call, server, client, secret, tape, new Tape("prepared message"), null, pool, cancellation);
        CallFrame frame = new()
        {
            Dimensions = [.. entry.Dimensions.Select(d => d.Value)],
            Inputs = new ulong[]?[declared.Inputs.Count],
            Reals = [.. entry.Reals.Select(r => r.Value)],
            Residents = [.. entry.Residents.Select(r => Find(residents, r, "weights"))],
            States = [.. entry.States.Select(s => Find(states, s, "state"))],
            Outputs = new ulong[]?[declared.Outputs.Count],
        };

        // Without a peer nothing in the program waits, so this completes before it returns.
        program.RunAsync<DealerRole>(run, frame).AsTask().GetAwaiter().GetResult();
        pool.Trim();
        if (tape.Length != planned)
        {
            throw new MPCacheException(
                $"the tape of call {entry.Call} of {entry.Name} has {tape.Length} bytes, the plan says {planned}",
                "Report this as a defect of the program");
        }

        return tape;
    }

    private static T Find<T>(Dictionary<uint, T> stores, uint call, string what) => stores.TryGetValue(call, out T? store)
        ? store
        : throw new MPCacheException($"call {call} created no {what}", "Start a new session");
}
