using System;
using System.IO;
using System.Linq;
using System.Text.Json;

namespace MPCache.Models.Weights;

/// <summary>
/// JSON of a file that a user named: its length is limited before it is read, and it is one object in which no name stands twice, so that
/// no two readers can understand it differently.
/// </summary>
internal static class JsonFile
{
    private const int LongestText = 80;
    private const int Depth = 32;

    /// <summary>Reads a whole file.</summary>
    /// <param name="path">Where the file is.</param>
    /// <param name="what">What the file should be, for messages, e.g. <c>a model's config.json</c>.</param>
    /// <param name="largest">The largest length allowed, in bytes.</param>
    /// <returns>The document, whose root is an object.</returns>
    /// <exception cref="MPCacheException">The file is missing, too long, or not one JSON object.</exception>
    public static JsonDocument Read(string path, string what, int largest)
    {
        using FileStream file = ModelFile.Open(path, what);
        try
        {
            if (file.Length > largest)
            {
                throw new MPCacheException(
                    $"'{path}' has {file.Length} bytes, {what} at most {largest}", "Use the file that came with the model");
            }

            byte[] content = new byte[file.Length];
            file.ReadExactly(content);
            return Parse(content, $"'{path}'");
        }
        catch (Exception error) when (ModelFile.IsFileError(error))
        {
            throw ModelFile.Unreadable(path, error);
        }
    }

    /// <summary>Parses UTF-8 text.</summary>
    /// <param name="content">The text; a byte order mark is allowed.</param>
    /// <param name="where">Where it is from, for messages.</param>
    /// <returns>The document, whose root is an object.</returns>
    /// <exception cref="MPCacheException">The text is not one JSON object, or a name stands twice in one.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> content, string where)
    {
        ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF];
        content = content.Span.StartsWith(mark) ? content[mark.Length..] : content;
        try
        {
            CheckStrings(content.Span);
            JsonDocument document = JsonDocument.Parse(
                content, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = Depth });
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
            throw new MPCacheException($"{where} is no JSON object", "Use the file that came with the model");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new MPCacheException(
                $"{where} is no valid JSON ({Short(error.Message.TrimEnd('.'))})",
                "Use the file that came with the model",
                error);
        }
    }

    /// <summary>A value as it stands, cut where it is long, for messages.</summary>
    /// <param name="value">The value.</param>
    public static string Text(JsonElement value) => Short(value.GetRawText());

    /// <summary>Text from a file for messages: in one line, cut where it is long.</summary>
    /// <param name="text">The text.</param>
    public static string Short(string text)
    {
        string line = string.Concat(text.Take(LongestText).Select(c => char.IsControl(c) ? ' ' : c));
        return text.Length <= LongestText ? line : $"{line}…";
    }

    /// <summary>The document's own parser takes strings that are no Unicode, and fails when one is asked for.</summary>
    private static void CheckStrings(ReadOnlySpan<byte> content)
    {
        Utf8JsonReader reader = new(content, new JsonReaderOptions { MaxDepth = Depth });
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
            {
                _ = reader.GetString();
            }
        }
    }
}
