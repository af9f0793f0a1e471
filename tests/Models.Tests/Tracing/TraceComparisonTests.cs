using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Execution;
using MPCache.Sessions;
using Xunit;

namespace MPCache.Models.Tests.Tracing;

/// <summary>Recordings are compared element by element, and what was changed in one of them is what is reported.</summary>
public sealed class TraceComparisonTests
{
    private const int Ring = 40;
    private const int Scale = 16;
    private const double Tolerance = 0.01;

    private static readonly ProgramInterface Program = TracedPrograms.ArithmeticProgram.Interface;

    [Fact]
    public void Shares_of_the_same_values_agree()
    {
        Recording recording = new();
        TraceComparison comparison = recording.Compare();
        Assert.Null(comparison.FirstDivergence);
        Assert.Equal(recording.Plain.Select(p => Program.Sites[p.Site]), comparison.Rows.Select(r => r.Expression));
        Assert.All(comparison.Rows, r => Assert.True(r.PlainToClear <= 1.0 / (1 << Scale) && r.ClearToTwoParty == 0 && r.Largest > 1));
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(4, 0)]
    public void A_changed_plain_value_is_the_first_divergence(int position, int element)
    {
        Recording recording = new();
        TracedTensor value = recording.Plain[position];
        float[] changed = value.Value.Values.ToArray();
        changed[element] += 1;
        recording.Plain[position] = value with { Value = Tensor.From(changed, value.Value.Shape.ToArray()) };
        TraceDivergence divergence = Assert.IsType<TraceDivergence>(recording.Compare().FirstDivergence);
        Assert.Equal((value.Site, value.Outer, element), (divergence.Site, divergence.Outer, divergence.Element));
        Assert.Equal(Program.Sites[value.Site], divergence.Expression);
        Assert.Equal(changed[element], divergence.Plain);
        Assert.Equal(divergence.Clear, divergence.TwoParty);
        Assert.Contains(divergence.Expression, divergence.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_changed_share_is_the_first_divergence_even_where_the_plain_value_agrees()
    {
        Recording recording = new();
        recording.Client[2].Second[1] += 1UL << (Scale + 1);
        TraceDivergence divergence = Assert.IsType<TraceDivergence>(recording.Compare().FirstDivergence);
        Assert.Equal((recording.Plain[2].Site, 1), (divergence.Site, divergence.Element));
        Assert.Equal(divergence.Clear - 2, divergence.TwoParty, 9);
        Assert.Equal(2, recording.Compare().Rows[2].ClearToTwoParty, 9);
    }

    [Fact]
    public void A_wrong_scale_is_a_divergence()
    {
        Recording recording = new();
        recording.Clear[3] = recording.Clear[3] with { Scale = Scale - 1 };
        Assert.Equal(recording.Plain[3].Site, recording.Compare().FirstDivergence?.Site);
    }

    [Fact]
    public void A_number_that_is_none_is_a_divergence()
    {
        Recording recording = new();
        recording.Plain[0] = recording.Plain[0] with { Value = Tensor.From([float.NaN, 0, 0, 0], 4) };
        Assert.Equal(recording.Plain[0].Site, recording.Compare().FirstDivergence?.Site);
    }

    [Fact]
    public void Recordings_of_different_calls_are_refused()
    {
        Recording missing = new();
        missing.Server.RemoveAt(1);
        Assert.Throws<InvalidOperationException>(missing.Compare);
        Recording twice = new();
        twice.Client[1] = twice.Client[0];
        Assert.Throws<InvalidOperationException>(twice.Compare);
        Recording shorter = new();
        shorter.Clear[1] = shorter.Clear[1] with { First = [1], Second = [] };
        Assert.Throws<InvalidOperationException>(shorter.Compare);
    }

    [Fact]
    public void Parties_that_hold_different_openings_are_refused()
    {
        Recording recording = new();
        recording.Client[1].First[2] ^= 1;
        Assert.Throws<InvalidOperationException>(recording.Compare);
    }

    [Fact]
    public void Shares_of_what_is_never_opened_are_added()
    {
        Recording recording = new();
        ulong[] values = recording.Clear[2].First;
        ulong[] client = [5, 1UL << (Ring - 1), 7, (1UL << Ring) - 1];
        ulong[] server = [.. values.Zip(client, (v, c) => (v - c) & ((1UL << Ring) - 1))];
        recording.Clear[2] = recording.Clear[2] with { IsShare = true, Second = [] };
        recording.Server[2] = recording.Server[2] with { IsShare = true, First = server, Second = [] };
        recording.Client[2] = recording.Client[2] with { IsShare = true, First = client, Second = [] };
        Assert.Null(recording.Compare().FirstDivergence);
        client[1] += 1UL << (Scale + 1);
        TraceDivergence divergence = Assert.IsType<TraceDivergence>(recording.Compare().FirstDivergence);
        Assert.Equal((recording.Plain[2].Site, 1), (divergence.Site, divergence.Element));
        recording.Client[2] = recording.Client[2] with { First = [] };
        Assert.Throws<InvalidOperationException>(recording.Compare);
    }

    /// <summary>Five values of a program, in plain numbers, in the clear, and masked between two parties.</summary>
    private sealed class Recording
    {
        public Recording()
        {
            Random random = new(7);
            const ulong mask = (1UL << Ring) - 1;
            for (int i = 0; i < 5; i++)
            {
                (int site, long outer) = (i / 2, i % 2);
                float[] plain = [(float)(2 + random.NextDouble()), (float)(random.NextDouble() * -3), (float)random.NextDouble(), 0];
                Plain.Add(new TracedTensor(site, outer, 0, Tensor.From(plain, plain.Length)));
                ulong[] raw = [.. plain.Select(v => (ulong)(long)Math.Round(v * (1 << Scale)) & mask)];
                ulong[] server = [.. raw.Select(_ => (ulong)random.NextInt64() & mask)];
                ulong[] client = [.. raw.Select(_ => (ulong)random.NextInt64() & mask)];
                ulong[] opened = [.. raw.Select((r, e) => (r + server[e] + client[e]) & mask)];
                Clear.Add(new TracedWords(site, outer, 0, raw, new ulong[plain.Length], Ring, Scale));
                Server.Add(new TracedWords(site, outer, 0, opened, server, Ring, Scale));
                Client.Add(new TracedWords(site, outer, 0, [.. opened], client, Ring, Scale));
            }
        }

        public List<TracedTensor> Plain { get; } = [];

        public List<TracedWords> Clear { get; } = [];

        public List<TracedWords> Server { get; } = [];

        public List<TracedWords> Client { get; } = [];

        public TraceComparison Compare() => TraceComparison.Of(Program, Plain, Clear, Server, Client, Tolerance);
    }
}
