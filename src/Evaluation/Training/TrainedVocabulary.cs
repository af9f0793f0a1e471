using System;
using System.Collections.Generic;
using System.IO;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MPCache.Evaluation.Training;

/// <summary>A byte-pair vocabulary.</summary>
/// <param name="Pieces">What each token spells, in the characters of bytes; token 0 begins a text, 1 ends it.</param>
/// <param name="Merges">The pairs of tokens that were merged, the first first.</param>
public sealed record TrainedVocabulary(IReadOnlyList<string> Pieces, IReadOnlyList<(int Left, int Right)> Merges)
{
    /// <summary>Writes the vocabulary as Hugging Face's <c>tokenizer.json</c>.</summary>
    /// <param name="stream">Where it is written.</param>
    public void Write(Stream stream)
    {
        JsonWriterOptions options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using Utf8JsonWriter json = new(stream, options);
        json.WriteStartObject();
        json.WriteString("version", "1.0");
        json.WriteNull("truncation");
        json.WriteNull("padding");
        json.WriteStartArray("added_tokens");
        for (int token = 0; token < 2; token++)
        {
            WriteControl(json, token);
        }

        json.WriteEndArray();
        json.WriteNull("normalizer");
        json.WritePropertyName("pre_tokenizer");
        json.WriteRawValue($$"""
            {"type": "Sequence", "pretokenizers": [
              {"type": "Split", "pattern": {"Regex": "{{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(WordCutter.Pattern)}}"}, "behavior": "Isolated", "invert": false},
              {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false}]}
            """);
        json.WritePropertyName("post_processor");
        json.WriteRawValue("""
            {"type": "TemplateProcessing",
              "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
              "pair": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}],
              "special_tokens": {"<s>": {"id": "<s>", "ids": [0], "tokens": ["<s>"]}}}
            """);
        json.WritePropertyName("decoder");
        json.WriteRawValue("""{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false}""");
        WriteModel(json);
        json.WriteEndObject();
    }

    private void WriteControl(Utf8JsonWriter json, int token)
    {
        json.WriteStartObject();
        json.WriteNumber("id", token);
        json.WriteString("content", Pieces[token]);
        json.WriteBoolean("single_word", false);
        json.WriteBoolean("lstrip", false);
        json.WriteBoolean("rstrip", false);
        json.WriteBoolean("normalized", false);
        json.WriteBoolean("special", true);
        json.WriteEndObject();
    }

    private void WriteModel(Utf8JsonWriter json)
    {
        json.WriteStartObject("model");
        json.WriteString("type", "BPE");
        foreach (string name in (ReadOnlySpan<string>)["dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix"])
        {
            json.WriteNull(name);
        }

        foreach (string name in (ReadOnlySpan<string>)["fuse_unk", "byte_fallback", "ignore_merges"])
        {
            json.WriteBoolean(name, false);
        }

        json.WriteStartObject("vocab");
        for (int token = 0; token < Pieces.Count; token++)
        {
            json.WriteNumber(Pieces[token], token);
        }

        json.WriteEndObject();
        json.WriteStartArray("merges");
        foreach ((int left, int right) in Merges)
        {
            json.WriteStringValue($"{Pieces[left]} {Pieces[right]}");
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
