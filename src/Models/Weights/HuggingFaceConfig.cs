using System.Linq;
using System.Text.Json;

namespace MPCache.Models.Weights;

/// <summary>
/// A <c>config.json</c> of a Hugging Face checkpoint. It must describe a Llama and nothing beyond: a feature that would change what is
/// computed is refused by name, not ignored. Where a setting is absent it is what the transformers library takes.
/// Source: https://huggingface.co/docs/transformers/model_doc/llama, LlamaConfig.
/// </summary>
/// <param name="Model">The dimensions.</param>
/// <param name="SharesClassifier">Whether the classifier is the token embedding.</param>
internal sealed record HuggingFaceConfig(LlamaConfig Model, bool SharesClassifier)
{
    private const int LargestFile = 1 << 20;
    private const string Architecture = "LlamaForCausalLM";
    private const string Cure = "Use a Llama checkpoint without this feature";

    /// <summary>What must be absent, null or the value given here.</summary>
    private static readonly (string Name, string Only)[] Features =
    [
        ("hidden_act", "\"silu\""),
        ("attention_bias", "false"),
        ("mlp_bias", "false"),
        ("quantization_config", "null"),
        ("partial_rotary_factor", "1"),
        ("rope_interleaved", "false"),
        ("sliding_window", "null"),
        ("is_encoder_decoder", "false"),
    ];

    /// <summary>Reads a file.</summary>
    /// <param name="path">Where it is.</param>
    /// <exception cref="MPCacheException">The file is missing, no JSON, lacks a number, or describes a model that is no plain Llama; the
    /// message names the setting and its value.</exception>
    public static HuggingFaceConfig Read(string path)
    {
        using JsonDocument document = JsonFile.Read(path, "a Hugging Face model's config.json", LargestFile);
        JsonElement root = document.RootElement;
        CheckArchitecture(root, path);
        CheckFeatures(root, path);
        double theta = CheckedRotary(root, path);

        int dim = Integer(root, path, "hidden_size");
        int heads = Integer(root, path, "num_attention_heads");
        LlamaConfig config;
        try
        {
            config = new LlamaConfig(
                dim, Integer(root, path, "intermediate_size"), Integer(root, path, "num_hidden_layers"), heads,
                Integer(root, path, "num_key_value_heads", heads), Integer(root, path, "vocab_size"),
                Integer(root, path, "max_position_embeddings"), theta, Real(root, path, "rms_norm_eps", 1e-6));
        }
        catch (MPCacheException error)
        {
            throw new MPCacheException($"'{path}' is damaged. {error.Cause}", error.Cure, error);
        }

        if (Integer(root, path, "head_dim", config.HeadSize) is int size && size != config.HeadSize)
        {
            throw Unsupported(path, "head_dim", $"{size}", $"hidden_size / num_attention_heads, {config.HeadSize}");
        }

        return new HuggingFaceConfig(config, Value(root, "tie_word_embeddings") is JsonElement ties && Truth(ties, path));
    }

    private static void CheckArchitecture(JsonElement root, string path)
    {
        JsonElement? architectures = Value(root, "architectures");
        JsonElement? type = Value(root, "model_type");
        if (architectures is null && type is null)
        {
            throw new MPCacheException(
                $"'{path}' names neither architectures nor a model_type", $"Use the config.json of a checkpoint of {Architecture}");
        }

        if (architectures is JsonElement names
            && !(names.ValueKind == JsonValueKind.Array && names.GetArrayLength() == 1 && IsText(names[0], Architecture)))
        {
            throw new MPCacheException(
                $"'{path}' has architectures {JsonFile.Text(names)}, where only [\"{Architecture}\"] is supported",
                $"Use a checkpoint of {Architecture}");
        }

        if (type is JsonElement name && !IsText(name, "llama"))
        {
            throw new MPCacheException(
                $"'{path}' has model_type {JsonFile.Text(name)}, where only \"llama\" is supported", $"Use a checkpoint of {Architecture}");
        }
    }

    private static void CheckFeatures(JsonElement root, string path)
    {
        foreach ((string name, string only) in Features)
        {
            using JsonDocument allowed = JsonDocument.Parse(only);
            if (Value(root, name) is JsonElement value && !JsonElement.DeepEquals(value, allowed.RootElement))
            {
                throw Unsupported(path, name, JsonFile.Text(value), only);
            }
        }
    }

    /// <summary>
    /// The rotary base, where nothing else is said of the rotary embedding. Newer files keep it in <c>rope_parameters</c>, older ones
    /// beside <c>rope_scaling</c>.
    /// </summary>
    private static double CheckedRotary(JsonElement root, string path)
    {
        double theta = Real(root, path, "rope_theta", 10000);
        foreach (string name in (string[])["rope_scaling", "rope_parameters"])
        {
            if (Value(root, name) is not JsonElement rotary)
            {
                continue;
            }

            string[] known = ["rope_type", "type", "rope_theta"];
            bool plain = rotary.ValueKind == JsonValueKind.Object
                && rotary.EnumerateObject().All(setting => known.Contains(setting.Name))
                && known[..2].All(type => Value(rotary, type) is not JsonElement kind || IsText(kind, "default"));
            if (!plain)
            {
                throw Unsupported(path, name, JsonFile.Text(rotary), "null or the rope_type \"default\"");
            }

            theta = Real(rotary, path, "rope_theta", theta);
        }

        return theta;
    }

    /// <summary>A setting; null where it is absent or says null.</summary>
    private static JsonElement? Value(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static bool IsText(JsonElement value, string text) => value.ValueKind == JsonValueKind.String && value.ValueEquals(text);

    private static int Integer(JsonElement root, string path, string name, int? otherwise = null) =>
        Value(root, name) is not JsonElement value
            ? otherwise ?? throw new MPCacheException($"'{path}' lacks {name}", "Use the config.json that came with the model")
            : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number)
                ? number
                : throw NoValue(path, name, value, $"whole number up to {int.MaxValue}");

    private static double Real(JsonElement root, string path, string name, double otherwise) =>
        Value(root, name) is not JsonElement value ? otherwise
            : value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) ? number
            : throw NoValue(path, name, value, "number");

    private static bool Truth(JsonElement value, string path) =>
        value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : throw NoValue(path, "tie_word_embeddings", value, "truth value");

    private static MPCacheException NoValue(string path, string name, JsonElement value, string kind) =>
        new($"'{path}' has {name} {JsonFile.Text(value)}, which is no {kind}", "Use the config.json that came with the model");

    private static MPCacheException Unsupported(string path, string name, string value, string only) =>
        new($"'{path}' has {name} {value}, where only {only} is supported", Cure);
}
