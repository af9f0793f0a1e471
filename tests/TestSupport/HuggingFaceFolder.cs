using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;

namespace MPCache.TestSupport;

/// <summary>A small Llama checkpoint as Hugging Face publishes them, of random weights that every type stores exactly.</summary>
internal sealed class HuggingFaceFolder
{
    private readonly string _root;

    public HuggingFaceFolder(
        string root, int dim = 16, int hidden = 12, int layers = 2, int heads = 4, int groups = 2, int vocabulary = 10, bool tied = false)
    {
        _root = root;
        int head = dim / heads;
        Settings = new JsonObject
        {
            ["architectures"] = new JsonArray("LlamaForCausalLM"), ["model_type"] = "llama", ["hidden_act"] = "silu",
            ["hidden_size"] = dim, ["intermediate_size"] = hidden, ["num_hidden_layers"] = layers, ["num_attention_heads"] = heads,
            ["num_key_value_heads"] = groups, ["vocab_size"] = vocabulary, ["max_position_embeddings"] = 32, ["rope_theta"] = 500.0,
            ["rms_norm_eps"] = 1e-5, ["tie_word_embeddings"] = tied, ["attention_bias"] = false, ["rope_scaling"] = null,
            ["torch_dtype"] = "float16", ["transformers_version"] = "4.46.0",
        };
        Random random = new(7);
        Add("model.embed_tokens.weight", vocabulary, dim);
        for (int layer = 0; layer < layers; layer++)
        {
            string prefix = $"model.layers.{layer}.";
            Add(prefix + "input_layernorm.weight", dim);
            Add(prefix + "self_attn.q_proj.weight", dim, dim);
            Add(prefix + "self_attn.k_proj.weight", groups * head, dim);
            Add(prefix + "self_attn.v_proj.weight", groups * head, dim);
            Add(prefix + "self_attn.o_proj.weight", dim, dim);
            Add(prefix + "post_attention_layernorm.weight", dim);
            Add(prefix + "mlp.gate_proj.weight", hidden, dim);
            Add(prefix + "mlp.up_proj.weight", hidden, dim);
            Add(prefix + "mlp.down_proj.weight", dim, hidden);
        }

        Add("model.norm.weight", dim);
        if (!tied)
        {
            Add("lm_head.weight", vocabulary, dim);
        }

        // Eight significant bits, as many as bfloat16 has.
        void Add(string name, params long[] shape)
        {
            long count = shape.Aggregate(1L, (product, size) => product * size);
            Tensors[name] = (shape, [.. Enumerable.Range(0, (int)count).Select(_ => random.Next(-127, 128) / 256f)]);
        }
    }

    public JsonObject Settings { get; }

    public Dictionary<string, (long[] Shape, float[] Values)> Tensors { get; } = [];

    /// <summary>Writes configuration and one file.</summary>
    /// <returns>The directory.</returns>
    public string Write(string type = "F32")
    {
        WriteSettings();
        File.WriteAllBytes(Path.Combine(_root, "model.safetensors"), Bytes(type, Tensors.Keys));
        return _root;
    }

    /// <summary>Writes configuration, two files and their index.</summary>
    /// <returns>The directory.</returns>
    public string WriteSharded(Action<JsonObject>? change = null)
    {
        WriteSettings();
        JsonObject map = [];
        string[] files = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
        foreach ((string name, int i) in Tensors.Keys.Select((name, i) => (name, i)))
        {
            map[name] = files[i % 2];
        }

        for (int file = 0; file < 2; file++)
        {
            File.WriteAllBytes(Path.Combine(_root, files[file]), Bytes("F16", Tensors.Keys.Where((_, i) => i % 2 == file)));
        }

        change?.Invoke(map);
        JsonObject index = new() { ["metadata"] = new JsonObject { ["total_size"] = 1 }, ["weight_map"] = map };
        File.WriteAllText(Path.Combine(_root, "model.safetensors.index.json"), index.ToJsonString());
        return _root;
    }

    /// <summary>Writes the configuration alone.</summary>
    public void WriteSettings() => File.WriteAllText(Path.Combine(_root, "config.json"), Settings.ToJsonString());

    /// <summary>A safetensors file of some tensors.</summary>
    public byte[] Bytes(string type, IEnumerable<string> names) =>
        SafetensorsBytes.File(names.Select(name => (name, type, Tensors[name].Shape, type switch
        {
            "F32" => SafetensorsBytes.Singles(Tensors[name].Values),
            "F16" => SafetensorsBytes.Halves(Tensors[name].Values),
            "BF16" => SafetensorsBytes.Brains(Tensors[name].Values),
            "F64" => [.. Tensors[name].Values.SelectMany(v => BitConverter.GetBytes((double)v))],
            _ => throw new ArgumentOutOfRangeException(nameof(type)),
        })));
}
