using System.Collections.Generic;
using System.Linq;
using MPCache.Evaluation.Documents;
using Xunit;

namespace MPCache.Evaluation.Tests.Documents;

public sealed class WordsTests
{
    [Fact]
    public void CategoriesHaveNoWordInCommon()
    {
        IEnumerable<string> twice = Words.Categories.SelectMany(c => c.Members).GroupBy(w => w).Where(g => g.Count() > 1).Select(g => g.Key);

        Assert.Empty(twice);
        Assert.Empty(Words.Labels.Intersect(Words.Categories.SelectMany(c => c.Members)));
    }

    [Fact]
    public void NamesAreDistinct()
    {
        Assert.Empty(Words.People.Intersect(Words.Towns));
        Assert.Equal(Words.People.Length, Words.People.Distinct().Count());
        Assert.Equal(Words.Towns.Length, Words.Towns.Distinct().Count());
        Assert.Empty(Words.Plants.Intersect(Words.Minerals));
    }

    [Fact]
    public void EveryVerbHasItsPastForm()
    {
        Assert.Equal(Words.Transitive.Length, Words.TransitivePast.Length);
        Assert.All(Words.Transitive.Zip(Words.TransitivePast), pair => Assert.Equal(pair.First[0], pair.Second[0]));
    }
}
