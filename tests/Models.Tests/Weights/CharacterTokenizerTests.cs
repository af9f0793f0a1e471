using System;
using MPCache.Models.Weights;
using Xunit;

namespace MPCache.Models.Tests.Weights;

public sealed class CharacterTokenizerTests
{
    [Fact]
    public void EveryCharacterIsAToken()
    {
        CharacterTokenizer tokenizer = new("ab é😀", "a, b, é, 😀 and space");

        Assert.Equal(6, tokenizer.VocabularySize);
        Assert.Equal([0, 2, 3, 1, 5, 4], tokenizer.Encode("b a😀é"));
        Assert.Equal("😀", tokenizer.Decode(1, 5));
        Assert.Equal("", tokenizer.Decode(1, 0));
        Assert.True(tokenizer.EndsText(0));
        Assert.False(tokenizer.EndsText(1));
    }

    [Theory]
    [InlineData("aXa", "no token for 'X' (U+0058) at index 1")]
    [InlineData("a\u0007", "no token for (U+0007) at index 1")]
    [InlineData("😀", "no token for '😀' (U+1F600) at index 0")]
    public void OtherCharacterIsNamed(string text, string cause)
    {
        MPCacheException error = Assert.Throws<MPCacheException>(() => new CharacterTokenizer("ab", "a and b").Encode(text));

        Assert.Contains(cause, error.Message, StringComparison.Ordinal);
        Assert.Contains("Use a and b", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void HalfASurrogatePairIsNamed()
    {
        MPCacheException error = Assert.Throws<MPCacheException>(() => new CharacterTokenizer("ab", "a and b").Encode("ab\uD83D"));

        Assert.Contains("no token for (U+D83D) at index 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RepeatedCharacterIsADefect() => Assert.Throws<ArgumentException>(() => new CharacterTokenizer("aba", "a and b"));
}
