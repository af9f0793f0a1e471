using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using CsCheck;
using MPCache.Contract;
using MPCache.Generator.Fusion;
using MPCache.Generator.Ir;
using Xunit;

namespace MPCache.Generator.Tests.Fusion;

/// <summary>Combinations against the operations that they stand for, carried out one by one on numbers.</summary>
public sealed class CombinationTests
{
    private static readonly int[][] Shapes = [[2, 3, 4], [6, 1, 4], [1, 5], [3, 2, 2, 2], [4], []];

    /// <summary>What is carried out, chosen by numbers that are reduced to what there is to choose from.</summary>
    private static readonly Gen<(int Shape, (int Kind, int A, int B)[] Steps)> Chains = Gen.Select(
        Gen.Int[0, Shapes.Length - 1], Gen.Select(Gen.Int[0, 5], Gen.Int[0, 1000], Gen.Int[0, 1000]).Array[0, 8]);

    [Fact]
    public void Chains_compute_what_their_operations_do() => Chains.Sample(
        c =>
        {
            int[] shape = Shapes[c.Shape];
            Chain chain = new(shape);
            foreach ((int kind, int a, int b) in c.Steps)
            {
                chain.Step(kind, a, b);
            }

            Assert.Equal(chain.Expected, chain.Computed());
            Assert.Equal(chain.Expected, chain.Joined());
        },
        iter: 3000);

    [Fact]
    public void Sizes_are_told_apart_for_every_session()
    {
        Expr groups = Expr.Symbol("groups");
        Expr tokens = Expr.Symbol("tokens");
        Combination flat = Combination.Of(Word(0, [groups * tokens]));
        Assert.Equal([groups, tokens], flat.Split([groups, 1, tokens])!.Value.Split.Sizes.ToArray());
        // Rows of other lengths: no axis of one is made of axes of the other.
        Assert.Null(flat.Split([Expr.Symbol("heads"), Expr.FloorDiv(groups * tokens, Expr.Symbol("heads"))]));
        // A part of what two axes make together is no walk along axes.
        Combination apart = Combination.Of(Word(0, [groups, tokens]));
        Assert.Null(apart.Slice([groups * tokens], 0, 1, groups));
        Assert.NotNull(apart.Slice([groups, tokens], 1, 1, groups));
    }

    private static Value Word(int id, ImmutableArray<Expr> shape) => new(id, new TensorType(shape, Form.Masked));

    /// <summary>Two values of a shape, and what operations make of the first.</summary>
    private sealed class Chain
    {
        private readonly long[][] words;
        private Combination combination;
        private int[] shape;

        public Chain(int[] shape)
        {
            this.shape = shape;
            int count = Count(shape);
            words = [[.. Enumerable.Range(1, count).Select(i => (long)i)], [.. Enumerable.Range(1, count).Select(i => 1000L * i)]];
            combination = Combination.Of(Word(0, Sizes(shape)));
            Expected = words[0];
        }

        public long[] Expected { get; private set; }

        public void Step(int kind, int a, int b)
        {
            int[] from = shape;
            int axis = shape.Length == 0 ? 0 : a % shape.Length;
            switch (kind)
            {
                case 0:
                    Take(combination.Times(new Factor(a - 500)), from, i => (a - 500) * Expected[At(i, from)]);
                    break;
                case 1:
                    Take(combination.Add(new Factor(a)), from, i => Expected[At(i, from)] + a);
                    break;
                case 2 when Count(from) == words[1].Length:
                    Take(combination.Add(Combination.Of(Word(1, [Count(from)]))), from, i => Expected[At(i, from)] + words[1][At(i, from)]);
                    break;
                case 3 when from.Length > 1:
                    int[] axes = [.. Enumerable.Range(0, from.Length).OrderBy(i => (i + 1) * (a + 1) % 7).ThenBy(i => i)];
                    int[] permuted = [.. axes.Select(i => from[i])];
                    Take(combination.Permute(Sizes(from), axes), permuted, i =>
                    {
                        int[] index = new int[from.Length];
                        for (int k = 0; k < axes.Length; k++)
                        {
                            index[axes[k]] = i[k];
                        }

                        return Expected[At(index, from)];
                    });
                    break;
                case 4 when from.Length > 0:
                    int start = b % from[axis];
                    int length = 1 + (a % (from[axis] - start));
                    Take(combination.Slice(Sizes(from), axis, start, length), [.. from.Select((s, i) => i == axis ? length : s)], i =>
                        Expected[At([.. i.Select((x, k) => k == axis ? x + start : x)], from)]);
                    break;
                case 5 when from.Length > 0 && from[axis] == 1 && Count(from) < 200:
                    int times = 2 + (b % 3);
                    Take(combination.Broadcast(Sizes(from), Sizes([.. from.Select((s, i) => i == axis ? times : s)])),
                        [.. from.Select((s, i) => i == axis ? times : s)],
                        i => Expected[At([.. i.Select((x, k) => k == axis ? 0 : x)], from)]);
                    break;
                default:
                    break;
            }
        }

        public long[] Computed() => Walk(combination);

        /// <summary>With neighbouring axes joined, in a result that is row-major.</summary>
        public long[] Joined()
        {
            (Combination joined, ImmutableArray<Expr> target) = combination.Join(Axes.RowMajor(combination.Sizes));
            Assert.Equal(Axes.RowMajor(joined.Sizes).ToArray(), target.ToArray());
            return Walk(joined);
        }

        private void Take(Combination? next, int[] to, System.Func<int[], long> meaning)
        {
            if (next is not null)
            {
                Expected = [.. Indices(to).Select(meaning)];
                (combination, shape) = (next, to);
            }
        }

        private long[] Walk(Combination walked) =>
        [
            .. Indices([.. walked.Sizes.Select(s => (int)s.AsConstant!)]).Select(index =>
                (walked.Plus?.Literal ?? 0) + walked.Summands.Sum(s =>
                    s.Factor.Literal * words[s.Value][(int)s.Start.AsConstant! + index.Select((x, k) => x * (int)s.Strides[k].AsConstant!).Sum()])),
        ];

        private static int Count(int[] shape) => shape.Aggregate(1, (product, size) => product * size);

        private static int At(int[] index, int[] shape) => index.Select((x, k) => x * Count(shape[(k + 1)..])).Sum();

        private static IEnumerable<int[]> Indices(int[] shape) => Enumerable.Range(0, Count(shape))
            .Select(i => shape.Select((size, k) => i / Count(shape[(k + 1)..]) % size).ToArray());

        private static ImmutableArray<Expr> Sizes(int[] shape) => [.. shape.Select(s => (Expr)s)];
    }
}
