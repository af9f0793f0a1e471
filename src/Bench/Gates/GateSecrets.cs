using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using MPCache.Contract;
using MPCache.Execution;
using MPCache.Randomness;
using MPCache.Ring;

namespace MPCache.Bench.Gates;

/// <summary>Whose planes of a value are meant.</summary>
internal enum GateHolder
{
    /// <summary>The dealer: both shares of the mask.</summary>
    Dealer,

    /// <summary>The client before the call: its share of the mask.</summary>
    Rehearsal,

    /// <summary>The server: the masked value and its share of the mask.</summary>
    Server,

    /// <summary>The client: the masked value and its share of the mask.</summary>
    Client,
}

/// <summary>Random operands and weights of a gate, masked, and the seeds that its roles share.</summary>
internal sealed class GateSecrets : IDisposable
{
    private readonly GateCase gate;
    private readonly AesMaskSource serverMasks = new(AesMaskSource.DrawSeed());
    private readonly AesMaskSource clientMasks = new(AesMaskSource.DrawSeed());
    private readonly AesMaskSource dealerMasks = new(AesMaskSource.DrawSeed());
    private readonly Dictionary<GateOperand, Masked[]> operands;
    private readonly Weights? weights;

    /// <summary>Draws operands and masks.</summary>
    /// <param name="gate">The gate.</param>
    /// <param name="random">Where operands come from; masks come from the operating system.</param>
    public GateSecrets(GateCase gate, Random random)
    {
        this.gate = gate;
        operands = gate.Operands.Where(o => !o.TakesResults).ToDictionary(
            o => o, o => o.Schema.Fields.Select(f => Masked.Of(o.Draw(f, random), o.Schema.RingBits)).ToArray());
        weights = gate.Weights is var (schema, outputs, inputs) ? Weights.Draw(schema, outputs, inputs, random) : null;
    }

    /// <summary>Masks of dealer and server.</summary>
    public IMaskSource ServerMasks => serverMasks;

    /// <summary>Masks of dealer and client.</summary>
    public IMaskSource ClientMasks => clientMasks;

    /// <summary>What the dealer alone draws.</summary>
    public IMaskSource DealerMasks => dealerMasks;

    /// <summary>The operands of a state in the clear, field by field.</summary>
    public IReadOnlyList<ulong[]> Values(GateOperand operand) => [.. operands[operand].Select(m => m.Value)];

    /// <summary>The server's weights in the clear, as 16-bit integers.</summary>
    public short[] WeightValues => weights?.Clear ?? [];

    /// <summary>The arguments of a call as a role holds them.</summary>
    public CallFrame Frame(GateHolder holder) => new()
    {
        Dimensions = gate.Dimensions,
        Inputs = [],
        Reals = [],
        Residents = weights is null ? [] : [weights.Store(holder)],
        States =
        [
            .. gate.States.Select(o => o.TakesResults
                ? o.Store(_ => null, _ => null)
                : o.Store(i => operands[o][i].First(holder), i => operands[o][i].Second(holder))),
        ],
        Outputs = [],
    };

    /// <summary>The results that a call has appended, unmasked.</summary>
    public ulong[] Open(CallFrame server, CallFrame client)
    {
        int place = gate.States.ToList().FindIndex(o => o.TakesResults);
        if (place < 0)
        {
            return [];
        }

        GateOperand operand = gate.States[place];
        RingValue first = server.States[place].Fields[0].Tensors[0].Value;
        RingValue second = client.States[place].Fields[0].Tensors[0].Value;
        ulong[] values = first.First[^operand.Count..].ToArray();
        RingKernels.SubtractInPlace(values, first.Second[^operand.Count..]);
        RingKernels.SubtractInPlace(values, second.Second[^operand.Count..]);
        RingKernels.Reduce(values, operand.Schema.RingBits);
        return values;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        serverMasks.Dispose();
        clientMasks.Dispose();
        dealerMasks.Dispose();
    }

    private static ulong[] Uniform(int count, int ring)
    {
        ulong[] words = new ulong[count];
        RandomNumberGenerator.Fill(System.Runtime.InteropServices.MemoryMarshal.AsBytes(words.AsSpan()));
        RingKernels.Reduce(words, ring);
        return words;
    }

    /// <summary>A value, x̂ = x + r_0 + r_1, and the mask's shares.</summary>
    private sealed record Masked(ulong[] Value, ulong[] Hidden, ulong[] AtServer, ulong[] AtClient)
    {
        public static Masked Of(ulong[] value, int ring)
        {
            ulong[] atServer = Uniform(value.Length, ring);
            ulong[] atClient = Uniform(value.Length, ring);
            ulong[] hidden = new ulong[value.Length];
            RingKernels.Add(value, atServer, hidden);
            RingKernels.AddInPlace(hidden, atClient);
            RingKernels.Reduce(hidden, ring);
            return new Masked(value, hidden, atServer, atClient);
        }

        public ulong[]? First(GateHolder holder) => holder switch
        {
            GateHolder.Dealer => AtServer,
            GateHolder.Rehearsal => null,
            _ => Hidden,
        };

        public ulong[] Second(GateHolder holder) => holder == GateHolder.Server ? AtServer : AtClient;
    }

    /// <summary>The server's weights W, the pad B and the published F = W − B.</summary>
    private sealed record Weights(ResidentField Field, int[] Shape, short[] Clear, ulong[] Pad, ulong[] Published)
    {
        public static Weights Draw(ResidentSchema schema, int outputs, int inputs, Random random)
        {
            short[] clear = new short[outputs * inputs];
            random.NextBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(clear.AsSpan()));
            ulong[] pad = Uniform(clear.Length, RingWord.MaximumRing);
            ulong[] published = [.. clear.Zip(pad, (w, b) => (ulong)(long)w - b)];
            return new Weights(schema.Fields.Single(), [outputs, inputs], clear, pad, published);
        }

        public ResidentStore Store(GateHolder holder) => new(
        [
            new ResidentTensor
            {
                Name = Field.Name,
                Shape = Shape,
                Scale = WeightScale.FractionBits(Field.Low, Field.High),
                Weights = holder == GateHolder.Server ? Clear : null,
                Published = holder is GateHolder.Client or GateHolder.Rehearsal ? Published : null,
                Pad = holder == GateHolder.Dealer ? Pad : null,
            },
        ]);
    }
}
