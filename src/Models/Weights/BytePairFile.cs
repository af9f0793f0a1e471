using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace MPCache.Models.Weights;

/// <summary>What a <c>tokenizer.json</c> of a byte-level byte-pair tokenizer says, checked.</summary>
internal sealed class BytePairFile
{
    /// <summary>What to do about a file that does not fit.</summary>
    public const string Cure = "Use the tokenizer.json of a byte-level BPE tokenizer that belongs to the model";

    private const long LargestFile = 64 << 20;
    private const int MostTokens = 1 << 20;
    private const string WordsOfGpt2 = @"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    // Digits are cut off first there, so that whitespace before one stands at the end of what is cut into words.
    private const string WordsAndDigits = @"\p{N}|'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?[^\s\p{L}\p{N}]+|\s+(?=\p{N})|\s+(?!\S)|\s+";

    private static readonly string[] BeginNames = ["<s>", "<|endoftext|>"];
    private static readonly string[] EndNames = ["</s>", "<|endoftext|>"];
    private static readonly TimeSpan LongestMatch = TimeSpan.FromSeconds(10);

    private readonly string _path;

    private BytePairFile(string path, JsonElement root)
    {
        _path = path;
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw Wrong("is not an object");
        }

        RequireAbsent(root, "normalizer", "normalizes text");
        Words = ReadWords(Member(root, "pre_tokenizer"));
        RequireType(Member(root, "decoder"), "decoder", "ByteLevel");
        JsonElement model = Member(root, "model");
        RequireType(model, "model", "BPE");
        foreach ((string name, string what) in Refused)
        {
            RequireAbsent(model, name, what);
        }

        Dictionary<string, int> special = ReadSpecial(root);
        Begin = Control(special, BeginNames, "begins");
        End = Control(special, EndNames, "ends");
        Vocabulary = ReadVocabulary(Member(model, "vocab"), special);
        Pieces = MakePieces(Vocabulary, special);
        Merges = ReadMerges(Member(model, "merges"), Vocabulary);
    }

    /// <summary>The words that are no control tokens, spelled in <see cref="ByteAlphabet"/>, with their tokens.</summary>
    public Dictionary<string, int> Vocabulary { get; }

    /// <summary>The bytes of each token; none of a control token's.</summary>
    public byte[][] Pieces { get; }

    /// <summary>Left and right of each merge with a space between them, the first first.</summary>
    public IReadOnlyList<string> Merges { get; }

    /// <summary>Matches the words that text is cut into.</summary>
    public Regex Words { get; }

    /// <summary>The token that begins a text.</summary>
    public int Begin { get; }

    /// <summary>The token that ends a text.</summary>
    public int End { get; }

    private static IEnumerable<(string Name, string What)> Refused =>
    [
        ("dropout", "leaves out merges at random"),
        ("continuing_subword_prefix", "marks what continues a word"),
        ("end_of_word_suffix", "marks the end of a word"),
        ("byte_fallback", "has tokens like <0x0A> for bytes"),
        ("ignore_merges", "takes whole words without merging"),
    ];

    /// <summary>Reads a file.</summary>
    /// <param name="path">Where it is.</param>
    /// <exception cref="MPCacheException">The file is missing, damaged, or a tokenizer of another kind.</exception>
    public static BytePairFile Read(string path)
    {
        using FileStream file = ModelFile.Open(path, "a tokenizer.json");
        try
        {
            if (file.Length > LargestFile)
            {
                throw new MPCacheException($"'{path}' has {file.Length} bytes, and a tokenizer.json at most {LargestFile}", Cure);
            }

            Span<byte> start = stackalloc byte[64];
            int read = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
            if (ModelFile.ForeignKind(start[..read]) is string kind and not "a text file")
            {
                throw new MPCacheException($"'{path}' is {kind}, not a tokenizer.json", Cure);
            }

            file.Position = 0;
            using JsonDocument document = JsonDocument.Parse(file);
            return new BytePairFile(path, document.RootElement);
        }
        catch (JsonException error)
        {
            string place = error.LineNumber is long line ? string.Create(CultureInfo.InvariantCulture, $" (line {line + 1})") : "";
            throw new MPCacheException($"'{path}' is no JSON or damaged{place}", Cure, error);
        }
        catch (Exception error) when (ModelFile.IsFileError(error))
        {
            throw ModelFile.Unreadable(path, error);
        }
    }

    private Regex ReadWords(JsonElement cutting)
    {
        string type = TypeOf(cutting, "pre_tokenizer");
        if (type == "ByteLevel")
        {
            return Compile(UsesOwnWords(cutting, "pre_tokenizer") ? WordsOfGpt2 : @"[\s\S]+");
        }

        if (type == "Sequence")
        {
            JsonElement[] parts = [.. Items(Member(cutting, "pretokenizers"), "pre_tokenizer.pretokenizers")];
            if (parts.Length == 2 && TypeOf(parts[1], "pre_tokenizer.pretokenizers[1]") == "ByteLevel")
            {
                bool own = UsesOwnWords(parts[1], "pre_tokenizer.pretokenizers[1]");
                string first = TypeOf(parts[0], "pre_tokenizer.pretokenizers[0]");
                if (first == "Digits" && own && Is(parts[0], "individual_digits"))
                {
                    return Compile(WordsAndDigits);
                }

                if (first == "Split"
                    && !own
                    && !Is(parts[0], "invert")
                    && Text(parts[0], "behavior") == "Isolated"
                    && parts[0].TryGetProperty("pattern", out JsonElement pattern)
                    && pattern.ValueKind == JsonValueKind.Object
                    && Text(pattern, "Regex") is string words)
                {
                    return Compile(words);
                }
            }
        }

        throw Wrong("cuts text into words (pre_tokenizer) in a way that is not supported: ByteLevel is, and a sequence of either "
            + "Digits (individual_digits) or Split (Regex, Isolated) with ByteLevel");
    }

    private bool UsesOwnWords(JsonElement byteLevel, string place)
    {
        if (Is(byteLevel, "add_prefix_space"))
        {
            throw Wrong($"puts a space before every text ({place}.add_prefix_space), which is not supported");
        }

        // Hugging Face takes it for true where it is not said.
        return !byteLevel.TryGetProperty("use_regex", out JsonElement own) || own.ValueKind != JsonValueKind.False;
    }

    private Regex Compile(string words)
    {
        try
        {
            return new Regex(words, RegexOptions.CultureInvariant, LongestMatch);
        }
        catch (ArgumentException error)
        {
            throw new MPCacheException(
                $"'{_path}' cuts text into words by '{Shown(words)}', which is no regular expression of .NET", Cure, error);
        }
    }

    private Dictionary<string, int> ReadSpecial(JsonElement root)
    {
        Dictionary<string, int> special = [];
        if (!root.TryGetProperty("added_tokens", out JsonElement added))
        {
            return special;
        }

        foreach (JsonElement token in Items(added, "added_tokens"))
        {
            if (token.ValueKind != JsonValueKind.Object
                || Text(token, "content") is not string content
                || !token.TryGetProperty("id", out JsonElement id)
                || id.ValueKind != JsonValueKind.Number
                || !id.TryGetInt32(out int number))
            {
                throw Wrong("has an entry of added_tokens without content or number (id)");
            }

            if (!Is(token, "special"))
            {
                throw Wrong($"has the added token '{Shown(content)}', which is not special: words beside the vocabulary are not supported");
            }

            if (!special.TryAdd(content, number))
            {
                throw Wrong($"has the added token '{Shown(content)}' twice");
            }
        }

        return special;
    }

    private Dictionary<string, int> ReadVocabulary(JsonElement vocab, Dictionary<string, int> special)
    {
        if (vocab.ValueKind != JsonValueKind.Object)
        {
            throw Wrong("has a vocabulary (model.vocab) that is not an object");
        }

        Dictionary<string, int> vocabulary = [];
        foreach (JsonProperty word in vocab.EnumerateObject())
        {
            if (word.Value.ValueKind != JsonValueKind.Number || !word.Value.TryGetInt32(out int number))
            {
                throw Wrong($"has no whole number for the token '{Shown(word.Name)}'");
            }

            if (special.TryGetValue(word.Name, out int other))
            {
                if (other != number)
                {
                    throw Wrong($"numbers the token '{Shown(word.Name)}' both {number} and {other}");
                }
            }
            else if (!vocabulary.TryAdd(word.Name, number))
            {
                throw Wrong($"has the token '{Shown(word.Name)}' twice");
            }

            if (vocabulary.Count > MostTokens)
            {
                throw Wrong($"has more than {MostTokens} tokens");
            }
        }

        return vocabulary;
    }

    /// <summary>The bytes of each token: the numbers are those below the number of tokens, each once, and every byte has a token.</summary>
    private byte[][] MakePieces(Dictionary<string, int> vocabulary, Dictionary<string, int> special)
    {
        byte[]?[] pieces = new byte[vocabulary.Count + special.Count][];
        foreach ((string word, int number) in vocabulary.Concat(special))
        {
            if (number < 0 || number >= pieces.Length)
            {
                throw Wrong($"numbers the token '{Shown(word)}' {number}, where {pieces.Length} tokens are numbered from 0 on");
            }

            if (pieces[number] is not null)
            {
                throw Wrong($"gives the number {number} to '{Shown(word)}' and to another token");
            }

            pieces[number] = special.ContainsKey(word)
                ? []
                : ByteAlphabet.Bytes(word)
                    ?? throw Wrong($"has the token '{Shown(word)}', which is not spelled in the characters of bytes");
        }

        for (int value = 0; value < 256; value++)
        {
            if (!vocabulary.ContainsKey(ByteAlphabet.Character((byte)value).ToString()))
            {
                throw Wrong($"has no token for the byte 0x{value:X2}");
            }
        }

        return pieces!;
    }

    private List<string> ReadMerges(JsonElement merges, Dictionary<string, int> vocabulary)
    {
        List<string> pairs = [];
        HashSet<(string, string)> seen = [];
        foreach (JsonElement merge in Items(merges, "model.merges"))
        {
            // Older files have both sides in one text, newer ones apart.
            string[] sides = merge.ValueKind switch
            {
                JsonValueKind.String => merge.GetString()!.Split(' '),
                JsonValueKind.Array => [.. merge.EnumerateArray().Select(e => e.ValueKind == JsonValueKind.String ? e.GetString()! : "")],
                _ => [],
            };
            if (sides.Length != 2 || !vocabulary.ContainsKey(sides[0]) || !vocabulary.ContainsKey(sides[1]))
            {
                throw Wrong($"has the merge {pairs.Count} '{Shown(string.Join(' ', sides))}', which is not of two tokens");
            }

            if (!vocabulary.ContainsKey(sides[0] + sides[1]))
            {
                throw Wrong($"has the merge {pairs.Count} '{Shown(string.Join(' ', sides))}', whose result is no token");
            }

            if (!seen.Add((sides[0], sides[1])))
            {
                throw Wrong($"has the merge '{Shown(string.Join(' ', sides))}' twice");
            }

            pairs.Add($"{sides[0]} {sides[1]}");
        }

        return pairs;
    }

    private int Control(Dictionary<string, int> special, string[] names, string does)
    {
        foreach (string name in names)
        {
            if (special.TryGetValue(name, out int number))
            {
                return number;
            }
        }

        throw Wrong($"has no special token that {does} a text: {string.Join(" or ", names)} among its added_tokens");
    }

    private JsonElement Member(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement member) ? member : throw Wrong($"says nothing of its {name}");

    private IEnumerable<JsonElement> Items(JsonElement array, string place) =>
        array.ValueKind == JsonValueKind.Array ? array.EnumerateArray() : throw Wrong($"has no list as its {place}");

    private void RequireType(JsonElement element, string place, string type)
    {
        if (TypeOf(element, place) is string other && other != type)
        {
            throw Wrong($"has a {place} of type '{Shown(other)}', not {type}");
        }
    }

    private string TypeOf(JsonElement element, string place) =>
        element.ValueKind == JsonValueKind.Object && Text(element, "type") is string type ? type : throw Wrong($"has a {place} without a type");

    private void RequireAbsent(JsonElement parent, string name, string what)
    {
        bool absent = !parent.TryGetProperty(name, out JsonElement element)
            || element.ValueKind is JsonValueKind.Null or JsonValueKind.False
            || (element.ValueKind == JsonValueKind.String && element.GetString()!.Length == 0);
        if (!absent)
        {
            throw Wrong($"{what} ({name}), which is not supported");
        }
    }

    private static bool Is(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement element) && element.ValueKind == JsonValueKind.True;

    private static string? Text(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement element) && element.ValueKind == JsonValueKind.String ? element.GetString() : null;

    /// <summary>A text of the file as a message shows it: not longer than a line.</summary>
    private static string Shown(string text)
    {
        const int Most = 60;
        StringBuilder shown = new();
        foreach (Rune rune in text.EnumerateRunes().Take(Most))
        {
            shown.Append(Rune.IsControl(rune) ? "?" : rune.ToString());
        }

        return text.Length > Most ? shown.Append('…').ToString() : shown.ToString();
    }

    private MPCacheException Wrong(string what) => new($"'{_path}' {what}", Cure);
}
