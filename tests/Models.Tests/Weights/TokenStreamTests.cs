using System;
using System.Linq;
using System.Text;
using MPCache.Models.Weights;
using Xunit;

namespace MPCache.Models.Tests.Weights;

public sealed class TokenStreamTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Llama2Tokenizer _tokenizer;

    public TokenStreamTests() =>
        _tokenizer = Llama2Tokenizer.Read(_folder.Write(Llama2TokenizerFile.With(byteTokens: true, " hi", "hi")), 261);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void CharacterAppearsWithItsLastByte()
    {
        Assert.Equal(["", "", "", "😀", "x"], Append(Encoding.UTF8.GetBytes("😀x")));
        Assert.Equal(["", "é", "", "", "€"], Append(Encoding.UTF8.GetBytes("é€")));
    }

    [Fact]
    public void SpaceOfTheFirstTokenIsLeftOut()
    {
        TokenStream stream = new(_tokenizer);

        Assert.Equal(["hi", " hi", "hi"], ((int[])[259, 259, 260]).Select(stream.Append));
    }

    [Fact]
    public void SpaceOfACompletionIsKept()
    {
        TokenStream stream = new(_tokenizer, after: 260);

        Assert.Equal([" hi", "hi"], ((int[])[259, 260]).Select(stream.Append));
    }

    [Fact]
    public void BytesThatAreNoTextBecomeReplacementCharacters()
    {
        Assert.Equal("\uFFFDa", string.Concat(Append([0xFF, (byte)'a'])));
        Assert.Equal("\uFFFDa", string.Concat(Append([0xE2, 0x82, (byte)'a'])));
        Assert.Equal("\uFFFD\uFFFD", string.Concat(Append([0xC0, 0x80])));
    }

    [Fact]
    public void MissingPartShowsWhenTheTextEnds()
    {
        TokenStream stream = new(_tokenizer);

        Assert.Equal("", stream.Append(3 + 0xE2));
        Assert.Equal("\uFFFD", stream.Complete());
        Assert.Equal("", stream.Complete());
        Assert.Equal("a", stream.Append(3 + (byte)'a'));
    }

    [Fact]
    public void NothingReachesTheTerminalThatItObeys()
    {
        byte[] bytes = [0x1B, (byte)'[', (byte)'2', (byte)'J', 7, 8, 13, 0, 0x7F, (byte)'\n', (byte)'\t', 0xC2, 0x9B];

        Assert.Equal("[2J\n\t", string.Concat(Append(bytes)));
    }

    [Fact]
    public void TokenOutsideTheVocabularyIsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new TokenStream(_tokenizer).Append(261));

    private string[] Append(byte[] bytes)
    {
        TokenStream stream = new(_tokenizer);
        return [.. bytes.Select(value => stream.Append(3 + value))];
    }
}
