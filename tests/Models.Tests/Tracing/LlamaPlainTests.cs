using MPCache.Execution;
using MPCache.Models.Transformers;
using MPCache.Models.Weights;
using Xunit;

namespace MPCache.Models.Tests.Tracing;

/// <summary>The plain form of the compiled Llama computes bit for bit what the author's method computes.</summary>
public sealed class LlamaPlainTests
{
    [Fact]
    public void Prefill_and_decode_equal_the_method_called_directly()
    {
        (LlamaCheckpoint checkpoint, Tokenizer tokenizer) = BuiltInModel.Create();
        TracedModel model = new(checkpoint);
        KeyValueCache cache = model.EmptyCache();
        PlainState state = model.EmptyState();
        Tensor prompt = TracedModel.Tokens([.. tokenizer.Encode(BuiltInModel.DefaultPrompt)]);

        Tensor expected = Llama.Prefill(model.Weights, cache, prompt, (float)model.Theta);
        PlainFrame prefill = model.Frame(Llama.PrefillProgram, state, prompt, 0);
        Llama.PrefillProgram.RunPlain(prefill);
        AssertSame(expected, prefill.Outputs[0]);
        AssertSame(cache, state);

        for (int step = 0; step < 3; step++)
        {
            Tensor token = expected.Reshape(1);
            expected = Llama.Decode(model.Weights, cache, token, prompt.Size(0) + step, (float)model.Theta);
            PlainFrame decode = model.Frame(Llama.DecodeProgram, state, token, prompt.Size(0) + step);
            Llama.DecodeProgram.RunPlain(decode);
            AssertSame(expected, decode.Outputs[0]);
            AssertSame(cache, state);
        }
    }

    private static void AssertSame(KeyValueCache cache, PlainState state)
    {
        for (int layer = 0; layer < cache.Keys.Length; layer++)
        {
            AssertSame(cache.Keys[layer], state["Keys"][layer].Value);
            AssertSame(cache.Values[layer], state["Values"][layer].Value);
        }
    }

    private static void AssertSame(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.Shape.ToArray(), actual.Shape.ToArray());
        Assert.Equal(expected.Values.ToArray(), actual.Values.ToArray());
    }
}
