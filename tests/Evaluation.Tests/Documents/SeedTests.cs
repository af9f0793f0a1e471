using System.Linq;
using CsCheck;
using MPCache.Evaluation.Documents;
using Xunit;

namespace MPCache.Evaluation.Tests.Documents;

public sealed class SeedTests
{
    [Fact]
    public void StreamIsTheSameEverywhere()
    {
        // By a program in another language: a corpus must not depend on the version of .NET.
        SeededRandom random = new(new Seed(1));

        Assert.Equal([771610, 8231, 150603, 876258, 659792, 684663, 961423, 649753], Enumerable.Range(0, 8).Select(_ => random.Next(1_000_000)));
    }

    [Fact]
    public void DerivedSeedsDiffer()
    {
        Seed seed = new(7);
        Seed[] derived =
        [
            seed, seed.Derive(""), seed.Derive("a"), seed.Derive("b"), seed.Derive("ab"), seed.Derive("a", 0), seed.Derive("a", 1),
            seed.Derive("a", 1, 0), seed.Derive("a", 0, 1), seed.Derive("a", 'b'), new Seed(8).Derive("a"),
        ];

        Assert.Equal(derived.Length, derived.Distinct().Count());
        Assert.Equal(seed.Derive("a", 1, 2), seed.Derive("a", 1, 2));
    }

    [Fact]
    public void NumbersAreWithinTheirBounds() =>
        Gen.Select(Gen.ULong, Gen.Int[1, int.MaxValue]).Sample((value, bound) =>
        {
            SeededRandom random = new(new Seed(value));
            int number = random.Next(bound);
            double share = random.NextShare();
            return number >= 0 && number < bound && share is >= 0 and < 1;
        });

    [Fact]
    public void NumbersAreUniform()
    {
        SeededRandom random = new(new Seed(3));
        int[] counts = new int[10];
        for (int i = 0; i < 100_000; i++)
        {
            counts[random.Next(counts.Length)]++;
        }

        // The standard deviation of each count is 95.
        Assert.All(counts, count => Assert.InRange(count, 9_500, 10_500));
    }

    [Fact]
    public void SampleTakesEachWordOnce()
    {
        string[] words = ["a", "b", "c", "d"];
        SeededRandom random = new(new Seed(5));

        Assert.Equal(words, random.Sample(words, 4).Order());
        Assert.Equal(["a", "b", "c", "d"], words);
    }
}
