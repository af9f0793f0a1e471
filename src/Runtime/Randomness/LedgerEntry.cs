using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace MPCache.Randomness;

/// <summary>
/// One entry of the call ledger, the append-only list of what a session does. Both parties announce it with everything that is public of
/// it; nothing is dealt for entries that differ.
/// </summary>
/// <param name="Call">The entry's number, part of the address of every mask in it.</param>
/// <param name="Name">The program's or class's name.</param>
public abstract record LedgerEntry(uint Call, string Name)
{
    /// <summary>What kind of entry it is, in words.</summary>
    public abstract string Kind { get; }

    /// <summary>Everything else that is public of it, in a fixed order.</summary>
    public abstract IEnumerable<(string Fact, string Value)> Facts { get; }

    private IEnumerable<(string Fact, string Value)> AllFacts =>
        [("number", Call.ToString(CultureInfo.InvariantCulture)), (Kind, Name), .. Facts];

    /// <summary>The first difference between what the two parties announced, in words; null where there is none.</summary>
    public static string? Difference(LedgerEntry server, LedgerEntry client)
    {
        (string Fact, string Value)[] left = [.. server.AllFacts];
        (string Fact, string Value)[] right = [.. client.AllFacts];
        for (int i = 0; i < Math.Max(left.Length, right.Length); i++)
        {
            (string Fact, string Value)? a = i < left.Length ? left[i] : null;
            (string Fact, string Value)? b = i < right.Length ? right[i] : null;
            if (a != b)
            {
                return $"{Say(a)} at the server, {Say(b)} at the client";
            }
        }

        return null;
    }

    private static string Say((string Fact, string Value)? fact) =>
        fact is (string what, string value) ? $"{what} {value}" : "nothing more";

    /// <summary>Writes a list of sizes as errors show them.</summary>
    private protected static string Sizes(IReadOnlyList<int> sizes) =>
        $"[{string.Join(", ", sizes.Select(s => s.ToString(CultureInfo.InvariantCulture)))}]";
}

/// <summary>A call of a compiled program.</summary>
/// <param name="Call">The entry's number.</param>
/// <param name="Name">The program's name.</param>
/// <param name="Fingerprint">The program's fingerprint.</param>
/// <param name="Dimensions">Its dimensions in the interface's order.</param>
/// <param name="Reals">Its public real numbers in the interface's order.</param>
/// <param name="Residents">The entries that shared its weights.</param>
/// <param name="States">The entries that created its states.</param>
public sealed record CallEntry(
    uint Call, string Name, string Fingerprint, IReadOnlyList<(string Name, long Value)> Dimensions,
    IReadOnlyList<(string Name, double Value)> Reals,
    IReadOnlyList<uint> Residents, IReadOnlyList<uint> States) : LedgerEntry(Call, Name)
{
    /// <inheritdoc/>
    public override string Kind => "program";

    /// <inheritdoc/>
    public override IEnumerable<(string Fact, string Value)> Facts =>
    [
        ("fingerprint", Fingerprint),
        .. Dimensions.Select(d => ($"dimension {d.Name} =", d.Value.ToString(CultureInfo.InvariantCulture))),
        .. Reals.Select(r => ($"real {r.Name} =", r.Value.ToString("R", CultureInfo.InvariantCulture))),
        .. Residents.Select(r => ("weights of call", r.ToString(CultureInfo.InvariantCulture))),
        .. States.Select(s => ("state of call", s.ToString(CultureInfo.InvariantCulture))),
    ];
}

/// <summary>A tensor of shared weights: its public part.</summary>
/// <param name="Name">The property's name.</param>
/// <param name="Shape">Its sizes.</param>
public sealed record LedgerTensor(string Name, IReadOnlyList<int> Shape)
{
    /// <summary>Elements, at most as many as an array holds.</summary>
    /// <exception cref="OverflowException">There are more.</exception>
    public int Count => Shape.Aggregate(1, (product, size) => checked(product * size));
}

/// <summary>The setup of a resident record.</summary>
/// <param name="Call">The entry's number.</param>
/// <param name="Name">The class's name.</param>
/// <param name="Tensors">Its tensors in the schema's order.</param>
/// <param name="Integers">Its public integers.</param>
public sealed record ResidentEntry(
    uint Call, string Name, IReadOnlyList<LedgerTensor> Tensors, IReadOnlyList<(string Name, long Value)> Integers)
    : LedgerEntry(Call, Name)
{
    /// <inheritdoc/>
    public override string Kind => "weights";

    /// <inheritdoc/>
    public override IEnumerable<(string Fact, string Value)> Facts =>
    [
        .. Tensors.Select(t => (t.Name, Sizes(t.Shape))),
        .. Integers.Select(i => ($"{i.Name} =", i.Value.ToString(CultureInfo.InvariantCulture))),
    ];
}

/// <summary>The creation of an empty state.</summary>
/// <param name="Call">The entry's number.</param>
/// <param name="Name">The class's name.</param>
/// <param name="Fields">For each field its name, how many tensors it has and the sizes of one row.</param>
public sealed record StateEntry(
    uint Call, string Name, IReadOnlyList<(string Name, int Tensors, IReadOnlyList<int> Row)> Fields)
    : LedgerEntry(Call, Name)
{
    /// <inheritdoc/>
    public override string Kind => "state";

    /// <inheritdoc/>
    public override IEnumerable<(string Fact, string Value)> Facts =>
        Fields.Select(f => (f.Name, $"{f.Tensors.ToString(CultureInfo.InvariantCulture)} × {Sizes(f.Row)}"));
}
