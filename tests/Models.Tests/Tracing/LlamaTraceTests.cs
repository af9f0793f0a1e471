using System.Linq;
using System.Threading.Tasks;
using MPCache.Models.Transformers;
using MPCache.Models.Weights;
using MPCache.Sessions;
using MPCache.TestSupport;
using Xunit;

namespace MPCache.Models.Tests.Tracing;

/// <summary>The compiled Llama agrees, expression by expression, with the author's method and between two parties.</summary>
public sealed class LlamaTraceTests
{
    /// <summary>In units of an expression's largest value: eight bits less than the 16 fraction bits of the program.</summary>
    private const double Tolerance = 1.0 / 256;

    [Fact]
    public async Task Prefill_and_decode_of_the_built_in_model_agree()
    {
        (LlamaCheckpoint checkpoint, Tokenizer tokenizer) = BuiltInModel.Create();
        await AssertAgree(checkpoint, [.. tokenizer.Encode("the cat sat")]);
    }

    [SharedModelFact]
    public async Task Prefill_and_decode_of_a_trained_model_agree()
    {
        LlamaCheckpoint checkpoint = Llama2CheckpointReader.Read(SharedFiles.Checkpoint);
        Tokenizer tokenizer = Llama2Tokenizer.Read(SharedFiles.Tokenizer, checkpoint.Config.Vocabulary);
        await AssertAgree(checkpoint, [.. tokenizer.Encode("Once upon a time")]);
    }

    private static async Task AssertAgree(LlamaCheckpoint checkpoint, int[] prompt)
    {
        TracedModel model = new(checkpoint);
        await using TraceSession session = await TraceSession.StartAsync([Llama.PrefillProgram, Llama.DecodeProgram], Tolerance);
        ResidentHandle weights = await session.ShareAsync(LlamaWeightsSchema.Instance, model.Weights);
        StateHandle cache = await session.CreateStateAsync(KeyValueCacheSchema.Instance, model.CacheDimensions);

        CallResult first = await Llama.PrefillAsync(session, weights, cache, Input.Of(TracedModel.Tokens(prompt)), model.Theta);
        await Llama.DecodeAsync(
            session, weights, cache, Input.Of(first.Outputs[0].Value.Reshape(1)), prompt.Length, model.Theta);

        Assert.Equal(2, session.Comparisons.Count);
        Assert.All(session.Comparisons, c => Assert.Null(c.FirstDivergence));
        foreach (TraceComparison comparison in session.Comparisons)
        {
            // Each layer has the same expressions, those aside that are never more than shares, and what decides the token is there.
            int[] sites = Sites(comparison, 0);
            Assert.InRange(sites.Length, 31, int.MaxValue);
            Assert.All(Enumerable.Range(1, checkpoint.Config.Layers - 1), layer => Assert.Equal(sites, Sites(comparison, layer)));
            Assert.Contains(comparison.Rows, r => r.Expression == "ArgMax(logits)" && r.PlainToClear == 0 && r.ClearToTwoParty == 0);
            Assert.Contains(comparison.Rows, r => r.Expression == "Silu(Linear(x, gate).Within(-15.5, 15.5))");
            Assert.Contains(comparison.Rows, r => r.ClearToTwoParty > 0);
        }
    }

    private static int[] Sites(TraceComparison comparison, int layer)
    {
        int[] repeated = [.. comparison.Rows.Where(r => r.Outer > 0).Select(r => r.Site).Distinct()];
        return [.. comparison.Rows.Where(r => r.Outer == layer && repeated.Contains(r.Site)).Select(r => r.Site)];
    }
}
