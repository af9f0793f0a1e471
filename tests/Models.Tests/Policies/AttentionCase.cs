using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using MPCache.Models.Tests.Reference.Policies;

namespace MPCache.Models.Tests.Policies;

/// <summary>What random numbers a case is made of.</summary>
public enum AttentionNumbers
{
    /// <summary>Any numbers; a tie is an accident.</summary>
    Any,

    /// <summary>Few quarters, so that scores and similarities are exact in single precision and many of them equal.</summary>
    Quarters,

    /// <summary>All keys are one.</summary>
    OneKey,
}

/// <summary>Queries, keys and values of a layer: the same numbers for the language's methods and for the references.</summary>
public sealed class AttentionCase
{
    /// <summary>Scores and similarities of up to ±24, and sums of probabilities, are off by less in single precision.</summary>
    private const double Undecided = 1e-4;

    private AttentionCase(ReferenceHeads heads, int tokens, AttentionNumbers numbers, int seed)
    {
        Heads = heads;
        Numbers = numbers;
        Random random = new(seed);
        Queries = Rows(tokens, heads.Heads * heads.Size);
        double[] key = Row(heads.Groups * heads.Size);
        Keys = numbers == AttentionNumbers.OneKey ? [.. Enumerable.Repeat(key, tokens)] : Rows(tokens, heads.Groups * heads.Size);
        Values = Rows(tokens, heads.Groups * heads.Size);

        double[][] Rows(int count, int size) => [.. Enumerable.Range(0, count).Select(_ => Row(size))];

        double[] Row(int size) => [.. Enumerable.Range(0, size).Select(_ => Number())];

        double Number() => numbers == AttentionNumbers.Quarters ? random.Next(-4, 5) / 4.0 : (random.NextSingle() * 4) - 2;
    }

    /// <summary>All sizes: up to three groups of up to three heads and up to 70 tokens.</summary>
    public static Gen<AttentionCase> Any =>
        from groups in Gen.Int[1, 3]
        from repeat in Gen.Int[1, 3]
        from size in Gen.Int[1, 3]
        from tokens in Gen.Int[1, 70]
        from numbers in Gen.Int[0, 2].Select(i => (AttentionNumbers)i)
        from seed in Gen.Int
        select new AttentionCase(new ReferenceHeads(groups * repeat, groups, 2 * size), tokens, numbers, seed);

    public ReferenceHeads Heads { get; }

    public AttentionNumbers Numbers { get; }

    public int Tokens => Keys.Length;

    /// <summary>One row a token, [Heads · Size].</summary>
    public double[][] Queries { get; }

    /// <summary>One row a token, [Groups · Size].</summary>
    public double[][] Keys { get; }

    /// <summary>One row a token, [Groups · Size].</summary>
    public double[][] Values { get; }

    /// <summary>[rows, groups, repeat, size], the queries from a token on.</summary>
    public Tensor Query(int from, int rows) => Tensor.From(
        Flat(Queries.Skip(from).Take(rows)), rows, Heads.Groups, Heads.Heads / Heads.Groups, Heads.Size);

    /// <summary>[tokens, groups, size].</summary>
    public Tensor Key(int from, int rows) => Cache(Keys.Skip(from).Take(rows), rows);

    /// <summary>[tokens, groups, size].</summary>
    public Tensor Value(int from, int rows) => Cache(Values.Skip(from).Take(rows), rows);

    public override string ToString() => $"{Heads}, {Tokens} tokens, {Numbers}";

    /// <summary>
    /// Whether single precision cannot change which are the largest: where the scores are exact a tie is one in any precision, and
    /// elsewhere the last that counts and the first that does not are far enough apart.
    /// </summary>
    public static bool IsDecided(IReadOnlyList<double> scores, int count, bool exact)
    {
        double[] order = [.. scores.OrderDescending()];
        return count <= 0 || count >= order.Length || (exact && order[count - 1] == order[count])
            || order[count - 1] - order[count] > Undecided;
    }

    private Tensor Cache(IEnumerable<double[]> rows, int count) => Tensor.From(Flat(rows), count, Heads.Groups, Heads.Size);

    private static float[] Flat(IEnumerable<double[]> rows) => [.. rows.SelectMany(row => row).Select(x => (float)x)];
}
