using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Execution;
using MPCache.Randomness;
using MPCache.Ring;
using Xunit;

namespace MPCache.Conformance.Harness;

/// <summary>
/// Runs a gate program as dealer, rehearsing client, server, client and in the clear, in one process, and holds the roles against each
/// other: equal openings, mask shares that add up to the dealer's, tape and messages read to the last byte, every address used once.
/// </summary>
public static class Executions
{
    private const uint Call = 7;
    private const ushort InputSlot = 60_000;

    /// <summary>Runs the program; fails where the roles disagree.</summary>
    public static Transcript Run(GateProgram program, Inputs inputs, ulong seed = 1)
    {
        byte[] serverSeed = Seed(seed, 0);
        byte[] clientSeed = Seed(seed, 1);
        ServerAndClient setup = Mask(inputs, serverSeed, clientSeed);

        // The dealer sees masks and pads only.
        SeededSource dealerServer = new("server", serverSeed);
        SeededSource dealerClient = new("client", clientSeed);
        Tape tape = new("tape");
        SeededSource secret = new("secret", Seed(seed, 2));
        Stage dealer = NewStage(dealerServer, dealerClient, secret, tape, new Tape("prepared"), null, setup.Dealer, setup.Pads);
        Complete(program.RunAsync<DealerRole>(dealer));

        SeededSource rehearsalClient = new("client", clientSeed);
        Tape prepared = new("prepared");
        Stage rehearsal = NewStage(null, rehearsalClient, null, tape, prepared, null, setup.Rehearsal, setup.Published);
        Complete(program.RunAsync<RehearsalRole>(rehearsal));
        Assert.Equal(tape.Length, tape.Position);
        tape.Rewind();

        SeededSource serverSource = new("server", serverSeed);
        SeededSource clientSource = new("client", clientSeed);
        (MemoryChannel serverEnd, MemoryChannel clientEnd) = MemoryChannel.Pair();
        Tape preparedAtServer = new("prepared");
        foreach (ReadOnlyMemory<byte> segment in prepared.Segments)
        {
            preparedAtServer.Append(segment.ToArray());
        }

        Stage server = NewStage(serverSource, null, null, new Tape("tape"), preparedAtServer, serverEnd, setup.Server, setup.Weights);
        Stage client = NewStage(null, clientSource, null, tape, prepared, clientEnd, setup.Client, setup.Published);
        RunBoth(() => Guard(program.RunAsync<ServerRole>(server), serverEnd), () => Guard(program.RunAsync<ClientRole>(client), clientEnd));

        Assert.Equal(tape.Length, tape.Position);
        Assert.Equal(prepared.Length, prepared.Position);
        Assert.Equal(prepared.Length, preparedAtServer.Position);
        MemoryChannel.AssertReadToTheEnd(server.Run.Incoming);
        MemoryChannel.AssertReadToTheEnd(client.Run.Incoming);
        SeededSource.AssertSame(dealerServer, serverSource);
        SeededSource.AssertSame(dealerClient, clientSource);
        SeededSource.AssertSame(dealerClient, rehearsalClient);
        Assert.Equal(serverEnd.Flights, clientEnd.Flights);

        ulong[][] values =
        [
            .. Enumerable.Range(0, server.Outputs.Count)
                .Select(i => Combine(dealer.Outputs[i], rehearsal.Outputs[i], server.Outputs[i], client.Outputs[i])),
        ];
        byte[] toServer = [.. serverEnd.Received.SelectMany(m => m)];
        byte[] toClient = [.. clientEnd.Received.SelectMany(m => m)];
        return new Transcript(
            values, RunInTheClear(program, inputs), server.Flights, toClient.Length, toServer.Length, prepared.Length, tape.Length,
            [.. toServer, .. Content(prepared)], [.. toClient, .. Content(tape)]);
    }

    private static ulong[][] RunInTheClear(GateProgram program, Inputs inputs)
    {
        RingValue[] zeros = [.. inputs.Masked.Select(x => Unmasked(new ulong[x.Values.Length]))];
        RingValue[] values = [.. inputs.Masked.Select(x => Unmasked(Reduced(x.Values, x.Ring)))];
        ResidentTensor[] pads = [.. inputs.Weights.Select(w => Resident(w.Shape, pad: new ulong[w.Weights.Length]))];
        ResidentTensor[] weights = [.. inputs.Weights.Select(w => Resident(w.Shape, weights: w.Weights))];
        Tape tape = new("tape");
        Stage dealer = NewStage(
            new SeededSource("server", null), new SeededSource("client", null), new SeededSource("secret", null), tape,
            new Tape("prepared"), null, zeros, pads);
        Complete(program.RunAsync<DealerRole>(dealer));

        // In the clear either party's source may be asked, and both are zero.
        Stage clear = NewStage(
            new SeededSource("server", null), new SeededSource("client", null), null, tape, new Tape("prepared"), null, values, weights);
        Complete(program.RunAsync<ClearRole>(clear));
        Assert.Equal(tape.Length, tape.Position);
        foreach (Output output in clear.Outputs.Where(o => o.Form != OutputForm.Additive))
        {
            Assert.All(output.Second, word => Assert.Equal(0UL, word));
        }

        return [.. clear.Outputs.Select(o => o.First)];
    }

    private static Stage NewStage(
        IMaskSource? server, IMaskSource? client, IMaskSource? secret, Tape tape, Tape prepared, IFlightChannel? channel,
        RingValue[] masked, ResidentTensor[] weights) =>
        new(new Run(Call, server, client, secret, tape, prepared, channel, new PoisonedPool(), CancellationToken.None), masked, weights);

    private static ServerAndClient Mask(Inputs inputs, byte[] serverSeed, byte[] clientSeed)
    {
        using AesCounter serverMasks = new(serverSeed);
        using AesCounter clientMasks = new(clientSeed);
        ushort slot = InputSlot;
        ServerAndClient setup = new();
        foreach ((ulong[] values, int ring) in inputs.Masked)
        {
            int count = values.Length;
            ulong[] r0 = new ulong[count];
            ulong[] r1 = new ulong[count];
            ulong[] masked = new ulong[count];
            Address at = new(Call, slot++, 0, 0, 0);
            serverMasks.Expand(at, r0, ring);
            clientMasks.Expand(at, r1, ring);
            RingKernels.Add(values, r0, masked);
            RingKernels.AddInPlace(masked, r1);
            RingKernels.Reduce(masked, ring);

            // A rehearsal must not depend on what is opened online: it gets something else.
            ulong[] unknown = [.. Enumerable.Range(0, count).Select(i => (ulong)(i + 1) * 0x9E37_79B9_7F4A_7C15 & RingWord.Mask(ring))];
            setup.Add(
                new RingValue(r0, r1, count), new RingValue(masked, r0, count), new RingValue(masked, r1, count),
                new RingValue(unknown, r1, count));
        }

        foreach ((short[] weights, int[] shape) in inputs.Weights)
        {
            ulong[] pad = new ulong[weights.Length];
            serverMasks.Expand(new Address(Call, slot++, 0, 0, 0), pad);
            ulong[] published = [.. weights.Select((w, i) => (ulong)(long)w - pad[i])];
            setup.Add(Resident(shape, pad: pad), Resident(shape, weights: weights), Resident(shape, published: published));
        }

        return setup;
    }

    private static ulong[] Combine(Output dealer, Output rehearsal, Output server, Output client)
    {
        Assert.All([dealer, rehearsal, client], o => Assert.Equal((server.Form, server.Count, server.Ring), (o.Form, o.Count, o.Ring)));
        ulong mask = RingWord.Mask(server.Ring);
        foreach (Output output in (Output[])[dealer, server, client])
        {
            Assert.All(output.First, word => Assert.Equal(word & mask, word));
            Assert.All(output.Second, word => Assert.Equal(word & mask, word));
        }

        ulong[] values = new ulong[server.Count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = mask & server.Form switch
            {
                OutputForm.Masked => server.First[i] - server.Second[i] - client.Second[i],
                OutputForm.HeldByServer => server.First[i] - server.Second[i] - client.Second[i],
                OutputForm.HeldByClient => client.First[i] - server.Second[i] - client.Second[i],
                OutputForm.Public => server.First[i],
                OutputForm.Unshared => server.First[i] - dealer.First[i] - dealer.Second[i],
                OutputForm.Bits => server.First[i] ^ server.Second[i] ^ client.Second[i],
                _ => server.First[i] + client.First[i] - (dealer.First.Length == 0 ? 0 : dealer.First[i]),
            };
        }

        if (server.Form is OutputForm.HeldByServer or OutputForm.HeldByClient)
        {
            Output other = server.Form == OutputForm.HeldByServer ? client : server;
            Assert.Empty(other.First);
        }
        else if (server.Form != OutputForm.Additive)
        {
            Assert.Equal(server.First, client.First);
        }

        if (server.Form == OutputForm.Public)
        {
            Assert.Empty(dealer.First);
            Assert.Empty(rehearsal.First);
        }
        else if (server.Form is not (OutputForm.Additive or OutputForm.Unshared))
        {
            Assert.Equal(dealer.First, server.Second);
            Assert.Equal(dealer.Second, client.Second);
            Assert.Equal(client.Second, rehearsal.Second);
        }

        return values;
    }

    private static void Complete(ValueTask task)
    {
        // Roles without a peer never wait.
        Assert.True(task.IsCompleted);
        task.GetAwaiter().GetResult();
    }

    private static void RunBoth(Func<Task> server, Func<Task> client)
    {
        // The test framework's context would send every continuation to another thread.
        SynchronizationContext? context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            Task.WhenAll(server(), client()).GetAwaiter().GetResult();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    private static async Task Guard(ValueTask task, MemoryChannel end)
    {
        try
        {
            await task;
        }
        catch (Exception e)
        {
            end.Abort(e);
            throw;
        }
    }

    private static RingValue Unmasked(ulong[] values) => new(values, new ulong[values.Length], values.Length);

    private static ResidentTensor Resident(int[] shape, ulong[]? pad = null, short[]? weights = null, ulong[]? published = null) =>
        new() { Name = "weights", Shape = shape, Scale = 0, Pad = pad, Weights = weights, Published = published };

    private static byte[] Content(Tape tape) => [.. tape.Segments.SelectMany(s => s.ToArray())];

    private static ulong[] Reduced(ulong[] values, int ring) => [.. values.Select(x => x & RingWord.Mask(ring))];

    private static byte[] Seed(ulong seed, byte purpose)
    {
        byte[] key = new byte[AesCounter.KeyBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(key, seed);
        key[^1] = purpose;
        return key;
    }

    /// <summary>Every role's view of the inputs.</summary>
    private sealed class ServerAndClient
    {
        private readonly List<RingValue> dealer = [];
        private readonly List<RingValue> server = [];
        private readonly List<RingValue> client = [];
        private readonly List<RingValue> rehearsal = [];
        private readonly List<ResidentTensor> pads = [];
        private readonly List<ResidentTensor> weights = [];
        private readonly List<ResidentTensor> published = [];

        public RingValue[] Dealer => [.. dealer];

        public RingValue[] Server => [.. server];

        public RingValue[] Client => [.. client];

        public RingValue[] Rehearsal => [.. rehearsal];

        public ResidentTensor[] Pads => [.. pads];

        public ResidentTensor[] Weights => [.. weights];

        public ResidentTensor[] Published => [.. published];

        public void Add(RingValue atDealer, RingValue atServer, RingValue atClient, RingValue atRehearsal)
        {
            dealer.Add(atDealer);
            server.Add(atServer);
            client.Add(atClient);
            rehearsal.Add(atRehearsal);
        }

        public void Add(ResidentTensor pad, ResidentTensor weight, ResidentTensor published1)
        {
            pads.Add(pad);
            weights.Add(weight);
            published.Add(published1);
        }
    }
}
