using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using MPCache.Models.Generation;
using MPCache.Models.Tests.Reference;
using MPCache.Models.Transformers;
using MPCache.Models.Weights;
using MPCache.TestSupport;
using Xunit;

namespace MPCache.Models.Tests.Weights;

/// <summary>Models of every kind through one door, and Hugging Face checkpoints that are damaged, hostile or of another kind.</summary>
public sealed class CheckpointFileTests : IDisposable
{
    private const string Query = "model.layers.1.self_attn.q_proj.weight";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("F16", false, 2)]
    [InlineData("BF16", true, 1)]
    [InlineData("F32", true, 4)]
    [InlineData("F64", false, 2)]
    public void HuggingFaceCheckpointComputesWhatItWasMadeFor(string type, bool tied, int groups)
    {
        HuggingFaceFolder written = new(_folder.Root, tied: tied, groups: groups);

        LlamaCheckpoint read = CheckpointFile.Read(written.Write(type));

        Assert.Equal(new LlamaConfig(16, 12, 2, 4, groups, 10, 32, 500), read.Config);
        Assert.Equal(tied, read.SharesClassifier);
        ComputesTheSame(written, read);
    }

    [Fact]
    public void ShardsAndAFileByItselfAreRead()
    {
        HuggingFaceFolder written = new(_folder.Root);
        ComputesTheSame(written, CheckpointFile.Read(written.WriteSharded()));

        written.Write();
        ComputesTheSame(written, CheckpointFile.Read(Path.Combine(_folder.Root, "model.safetensors")));
    }

    [Fact]
    public void LargeTensorIsReadInPieces()
    {
        // More numbers than are converted at once, and pieces that end within a row.
        HuggingFaceFolder written = new(_folder.Root, dim: 600, heads: 2, groups: 1, layers: 1);

        LlamaCheckpoint read = CheckpointFile.Read(written.Write("F16"));

        float[] stored = written.Tensors["model.layers.0.self_attn.q_proj.weight"].Values;
        for (int row = 0; row < 600; row++)
        {
            int from = (row / 300 * 300) + (row % 300 / 2) + (row % 2 * 150);
            Assert.Equal(stored.AsSpan(from * 600, 600), read.Query.AsSpan(row * 600, 600));
        }

        Assert.Equal(written.Tensors["model.layers.0.self_attn.o_proj.weight"].Values, read.Output);
    }

    [Fact]
    public void Llama2FileIsRecognised()
    {
        LlamaConfig config = new(2, 2, 1, 1, 1, 3, 2);
        byte[] header = [.. new[] { 2, 2, 1, 1, 1, 3, 2 }.SelectMany(BitConverter.GetBytes)];
        byte[] tensors = new byte[4 * (int)LlamaCheckpoint.Shapes(config).SkipLast(1).Sum(shape => (long)shape.Count)];
        byte[] rotary = new byte[4 * 2 * 2];

        CheckpointFile opened = CheckpointFile.Open(_folder.Write([.. header, .. tensors, .. rotary]));

        Assert.Equal(config, opened.Config);
        Assert.Equal(config, opened.Load().Config);
    }

    [Fact]
    public void NewerSettingsAndRedundantTensorsAreUnderstood()
    {
        HuggingFaceFolder written = new(_folder.Root, tied: true);
        written.Settings.Remove("rope_theta");
        written.Settings.Remove("model_type");
        written.Settings["rope_parameters"] = new JsonObject { ["rope_type"] = "default", ["rope_theta"] = 700 };
        written.Settings["head_dim"] = 4;
        written.Tensors["lm_head.weight"] = written.Tensors["model.embed_tokens.weight"];
        written.Tensors["model.layers.0.self_attn.rotary_emb.inv_freq"] = ([2], [1, 0.1f]);

        LlamaCheckpoint read = CheckpointFile.Read(written.Write());

        Assert.Equal(700, read.Config.RopeTheta);
        Assert.True(read.SharesClassifier);
    }

    [Fact]
    public void AbsentSettingsAreThoseOfTransformers()
    {
        HuggingFaceFolder written = new(_folder.Root, groups: 4);
        foreach (string name in (string[])["num_key_value_heads", "rope_theta", "rms_norm_eps", "tie_word_embeddings", "hidden_act"])
        {
            written.Settings.Remove(name);
        }

        Assert.Equal(new LlamaConfig(16, 12, 2, 4, 4, 10, 32, 10000, 1e-6), CheckpointFile.Open(written.Write()).Config);
    }

    [Theory]
    [InlineData("architectures", "[\"MistralForCausalLM\"]", "architectures [\"MistralForCausalLM\"]")]
    [InlineData("architectures", "[]", "architectures []")]
    [InlineData("architectures", "[\"LlamaForCausalLM\",\"Other\"]", "architectures [")]
    [InlineData("model_type", "\"gpt2\"", "model_type \"gpt2\"")]
    [InlineData("hidden_act", "\"gelu\"", "hidden_act \"gelu\", where only \"silu\"")]
    [InlineData("attention_bias", "true", "attention_bias true")]
    [InlineData("mlp_bias", "true", "mlp_bias true")]
    [InlineData("rope_scaling", "{\"factor\":8.0,\"rope_type\":\"llama3\"}", "rope_scaling {\"factor\":8.0,\"rope_type\":\"llama3\"}")]
    [InlineData("rope_scaling", "{\"type\":\"linear\"}", "rope_scaling {\"type\":\"linear\"}")]
    [InlineData("rope_scaling", "{\"rope_type\":\"default\",\"factor\":2}", "rope_scaling")]
    [InlineData("rope_parameters", "{\"rope_type\":\"yarn\"}", "rope_parameters {\"rope_type\":\"yarn\"}")]
    [InlineData("head_dim", "8", "head_dim 8, where only hidden_size / num_attention_heads, 4")]
    [InlineData("quantization_config", "{\"bits\":4}", "quantization_config {\"bits\":4}")]
    [InlineData("sliding_window", "128", "sliding_window 128")]
    [InlineData("hidden_size", "null", "lacks hidden_size")]
    [InlineData("hidden_size", "\"16\"", "hidden_size \"16\", which is no whole number")]
    [InlineData("hidden_size", "16.5", "hidden_size 16.5, which is no whole number")]
    [InlineData("hidden_size", "99999999999", "hidden_size 99999999999, which is no whole number up to 2147483647")]
    [InlineData("hidden_size", "-16", "dim is -16")]
    [InlineData("hidden_size", "2147483640", "would hold")]
    [InlineData("num_attention_heads", "0", "heads is 0")]
    [InlineData("num_key_value_heads", "3", "3 key/value heads do not divide 4")]
    [InlineData("num_attention_heads", "16", "the head size 1 is odd")]
    [InlineData("rope_theta", "\"10000\"", "rope_theta \"10000\", which is no number")]
    [InlineData("rope_theta", "1e999", "rotary base")]
    [InlineData("rms_norm_eps", "-1", "norm epsilon -1")]
    [InlineData("tie_word_embeddings", "1", "tie_word_embeddings 1, which is no truth value")]
    [InlineData("vocab_size", "11", "[10, 16], by '")]
    [InlineData("intermediate_size", "16", "[12, 16], by '")]
    [InlineData("num_key_value_heads", "4", "[8, 16], by '")]
    [InlineData("num_hidden_layers", "3", "lacks the tensor model.layers.2.input_layernorm.weight")]
    [InlineData("num_hidden_layers", "2000000", "lacks the tensor model.layers.2.input_layernorm.weight")]
    [InlineData("num_hidden_layers", "1", "has a tensor model.layers.1.")]
    public void SettingThatDoesNotFitIsNamed(string name, string value, string cause)
    {
        HuggingFaceFolder written = new(_folder.Root);
        written.Settings[name] = JsonNode.Parse(value);
        string path = written.Write();
        Refused(path, cause);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Refused(path, cause);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("{", "no valid JSON")]
    [InlineData("[1]", "no JSON object")]
    [InlineData("{\"hidden_size\": 16, \"hidden_size\": 8}", "no valid JSON")]
    [InlineData("{\"hidden_size\": 16}", "names neither architectures nor a model_type")]
    [InlineData("{\"model_type\": \"\\ud800\"}", "no valid JSON")]
    public void SettingsThatAreNoneAreRefused(string content, string cause)
    {
        string path = new HuggingFaceFolder(_folder.Root).Write();
        _folder.Write(Encoding.UTF8.GetBytes(content), "config.json");

        Refused(path, "config.json", cause);
    }

    [Fact]
    public void HugeSettingsAreRefusedUnread()
    {
        string path = new HuggingFaceFolder(_folder.Root).Write();
        _folder.Write(new byte[2 << 20], "config.json");

        Refused(path, "config.json", "2097152 bytes", "at most 1048576");
    }

    [Fact]
    public void TensorThatIsMissingOrUnknownIsNamed()
    {
        HuggingFaceFolder written = new(_folder.Root);
        (long[] Shape, float[] Values) query = written.Tensors[Query];
        written.Tensors.Remove(Query);
        Refused(written.Write(), "lacks the tensor " + Query);

        written.Tensors[Query] = ([8, 32], query.Values);
        Refused(written.Write(), $"has the tensor {Query} as [8, 32], by '", "it is [16, 16]");

        written.Tensors[Query] = ([256], query.Values);
        Refused(written.Write(), $"has the tensor {Query} as [256], by '");

        written.Tensors[Query] = query;
        written.Tensors["model.layers.0.self_attn.q_proj.bias"] = ([16], new float[16]);
        Refused(written.Write(), "has a tensor model.layers.0.self_attn.q_proj.bias");
    }

    [Fact]
    public void QuantizedTensorIsNamed()
    {
        HuggingFaceFolder written = new(_folder.Root);
        written.WriteSettings();
        _folder.Write(
            SafetensorsBytes.File(written.Tensors.Select(t => (t.Key, "I8", t.Value.Shape, new byte[t.Value.Values.Length]))),
            "model.safetensors");

        Refused(_folder.Root, "stores the tensor model.embed_tokens.weight as I8", "not quantized");
    }

    [Theory]
    [InlineData("F16", float.NaN, "[3, 5] is not a number")]
    [InlineData("F16", 70000, "[3, 5] is infinite")]
    [InlineData("BF16", float.NegativeInfinity, "[3, 5] is infinite")]
    public void WeightThatIsNoNumberIsNamed(string type, float value, string cause)
    {
        HuggingFaceFolder written = new(_folder.Root);
        written.Tensors[Query].Values[(3 * 16) + 5] = value;
        CheckpointFile opened = CheckpointFile.Open(written.Write(type));

        MPCacheException error = Assert.Throws<MPCacheException>(opened.Load);

        Assert.Contains(Query + cause, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FileThatShrinksAfterOpeningIsTold()
    {
        CheckpointFile opened = CheckpointFile.Open(new HuggingFaceFolder(_folder.Root).Write());
        _folder.Write(new byte[100], "model.safetensors");

        Assert.Contains("cannot be read", Assert.Throws<MPCacheException>(opened.Load).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"../outside.safetensors\"")]
    [InlineData("\"/etc/outside.safetensors\"")]
    [InlineData("\"sub/inside.safetensors\"")]
    [InlineData("\"sub\\\\inside.safetensors\"")]
    [InlineData("\"C:inside.safetensors\"")]
    [InlineData("\"inside.bin\"")]
    [InlineData("\".safetensors\"")]
    [InlineData("\"a\\u0000.safetensors\"")]
    [InlineData("3")]
    [InlineData("null")]
    public void IndexThatNamesNoFileOfItsDirectoryIsRefused(string file)
    {
        string path = new HuggingFaceFolder(_folder.Root).WriteSharded(map => map[Query] = JsonNode.Parse(file));

        Refused(path, $"puts the tensor {Query} into", "no name of a safetensors file in its own directory");
    }

    [Fact]
    public void IndexThatContradictsItsFilesIsRefused()
    {
        HuggingFaceFolder written = new(_folder.Root);
        Refused(written.WriteSharded(map => map["extra"] = "model-00003.safetensors"), "There is no file", "model-00003.safetensors");
        Refused(written.WriteSharded(map => map.Remove(Query)), $"holds the tensor {Query}, which by '", "is in no file");
        Refused(written.WriteSharded(map => map["extra"] = "model-00001-of-00002.safetensors"), "lacks the tensor extra");
        Refused(
            written.WriteSharded(map => map[Query] = map.Select(e => e.Value!.ToString()).First(file => file != map[Query]!.ToString())),
            $"holds the tensor {Query}, which by '");

        _folder.Write("{\"weight_map\": [1]}"u8.ToArray(), "model.safetensors.index.json");
        Refused(_folder.Root, "has no weight_map");
        _folder.Write("{\"weight_map\": {\"a\": \"a.safetensors\", \"a\": \"b.safetensors\"}}"u8.ToArray(), "model.safetensors.index.json");
        Refused(_folder.Root, "no valid JSON");
    }

    [Theory]
    [InlineData("model.safetensors", 400)]
    [InlineData("config.json", 400)]
    [InlineData("model.safetensors.index.json", 400)]
    public void DamageIsAnErrorOfOurs(string name, int trials)
    {
        HuggingFaceFolder written = new(_folder.Root, dim: 4, hidden: 2, layers: 1, heads: 2, groups: 1, vocabulary: 3);
        string path = name == "model.safetensors" ? written.Write() : written.WriteSharded();
        byte[] whole = File.ReadAllBytes(Path.Combine(path, name));
        Random random = new(5);
        for (int trial = 0; trial < trials; trial++)
        {
            byte[] damaged = [.. whole];
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            _folder.Write(damaged, name);
            try
            {
                // What is still a model reads; nothing but an error of ours may come of the rest.
                CheckpointFile.Read(path);
            }
            catch (MPCacheException)
            {
            }
        }
    }

    [Fact]
    public void DirectoryWithoutWhatIsNeededIsTold()
    {
        Refused(_folder.Root, "There is no", "config.json");

        HuggingFaceFolder written = new(_folder.Root);
        written.WriteSettings();
        Refused(_folder.Root, "has neither model.safetensors nor model.safetensors.index.json");
        _folder.Write([0x80, 2], "pytorch_model.bin");
        Refused(_folder.Root, "only PyTorch's own format", "safe_serialization");
    }

    [Fact]
    public void ForeignFileIsNamed()
    {
        Refused(_folder.Write(Encoding.Latin1.GetBytes("GGUF\u0003\0\0\0\0\0\0\0\0\0\0\0\0")), "is a GGUF file, neither a llama2.c");
        Refused(_folder.Write(Encoding.UTF8.GetBytes("{\"hidden_size\": 64}")), "is a text file", "the directory");
        Refused(_folder.Write(new byte[40], "model.safetensors"), "There is no", "config.json");
        Refused(Path.Combine(_folder.Root, "none"), "There is no file");
        Refused("a\0b", "There is no file");
        Refused("", "No file was named");
    }

    [Theory]
    [InlineData("hidden_size", 8192, "the model's dim is 8192, the programs take at most 4096", "[Dim(\"dim\", Max = 8192)]")]
    [InlineData("num_hidden_layers", 65, "the model's layers is 65, the programs take at most 64", "[Dim(\"layers\", Max = 65)]")]
    [InlineData("intermediate_size", 20000, "the model's hidden is 20000", "[Dim(\"hidden\", Max = 20000)]")]
    [InlineData("vocab_size", 128256, "the model's vocabulary is 128256", "[Dim(\"vocabulary\", Max = 128256)]")]
    [InlineData("rope_theta", 1e16, "the model's rotary base theta is 10000000000000000", "theta in Llama")]
    [InlineData("rms_norm_eps", 1e-6, "norm epsilon (rms_norm_eps) is 1E-06", "Normalization.RmsNorm")]
    public void ModelBeyondThePrograms(string name, double value, string cause, string cure)
    {
        HuggingFaceFolder written = new(_folder.Root);
        written.Settings[name] = value;
        written.WriteSettings();
        LlamaConfig config = HuggingFaceConfig.Read(Path.Combine(_folder.Root, "config.json")).Model;

        MPCacheException error = Assert.Throws<MPCacheException>(() => LlamaPrograms.Check(config));

        Assert.Contains(cause, error.Cause, StringComparison.Ordinal);
        Assert.Contains(cure, error.Cure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "model.layers.1.mlp.up_proj.weight", -4.25f, "Up[1, 0, 3] = -4.25, where the programs take [-4, 4]",
        "[Range(-5, 5)] for LlamaWeights.Up")]
    [InlineData(
        "model.norm.weight", 9, "FinalNorm[3] = 9, where the programs take [-8, 8]", "[Range(-9, 9)] for LlamaWeights.FinalNorm")]
    public void WeightBeyondWhatTheProgramsDeclareIsNamed(string tensor, float value, string cause, string cure)
    {
        HuggingFaceFolder written = new(_folder.Root);
        Assert.IsType<LlamaWeights>(CheckpointWeights.From(CheckpointFile.Read(written.Write())));
        written.Tensors[tensor].Values[3] = value;
        written.Tensors[tensor].Values[5] = value * 0.95f;

        MPCacheException error = Assert.Throws<MPCacheException>(() => CheckpointWeights.From(CheckpointFile.Read(written.Write())));

        Assert.Contains(cause, error.Cause, StringComparison.Ordinal);
        Assert.Contains(cure, error.Cure, StringComparison.Ordinal);
    }

    [Fact]
    public void ContextBeyondTheProgramsIsNotOffered()
    {
        LlamaConfig config = new(8, 8, 1, 1, 1, 4, contextLength: 131072);

        Assert.Equal(8192, LlamaPrograms.Context(config));
        Assert.Equal(8192 - 8000 + 1, new GenerationRequest(new int[8000], 1000, _ => false).Lengths(config).Tokens);
        MPCacheException error = Assert.Throws<MPCacheException>(() => new GenerationRequest(new int[8193], 1, _ => false).Lengths(config));
        Assert.Contains("8193 tokens, the programs take 8192", error.Message, StringComparison.Ordinal);
    }

    private static void ComputesTheSame(HuggingFaceFolder written, LlamaCheckpoint read)
    {
        int[] prompt = [1, 7, 3, 3, 9, 0];
        ReferenceLlama model = new(read);
        double[] logits = [];
        foreach (int token in prompt)
        {
            logits = model.Forward(token);
        }

        double[] expected = new RotateHalfLlama(written).Logits(prompt);
        Assert.All(expected.Zip(logits), pair => Assert.Equal(pair.First, pair.Second, 1e-9));
        Assert.True(expected.Max() - expected.Min() > 0.1, expected.Max().ToString(CultureInfo.InvariantCulture));
    }

    private static void Refused(string path, params string[] parts)
    {
        MPCacheException error = Assert.Throws<MPCacheException>(() => CheckpointFile.Open(path));
        Assert.All(parts, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', error.Message);
    }
}
