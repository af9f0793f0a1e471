using MPCache.Models.Attention;
using MPCache.Models.Layers;
using static MPCache.Functions;

namespace MPCache.Models.Transformers;

/// <summary>
/// An encoder that classifies texts: the server knows the weights, the client the text, and only the client learns the class. Normalised
/// behind each layer, as in Devlin et al., BERT (NAACL 2019); pooled by the mean over all tokens.
/// </summary>
[Dim("vocabulary", Max = 65536, Typical = 30522)]
[Dim("positions", Max = 1024, Typical = 512)]
[Dim("dim", Max = 1024, Typical = 384)]
[Dim("heads", Max = 16, Typical = 12)]
[Dim("hidden", Max = 4096, Typical = 1536)]
[Dim("layers", Max = 24, Typical = 6)]
[Dim("classes", Max = 1024, Typical = 8)]
[Dim("tokens", Max = 512, Typical = 128)]
public static partial class Encoder
{
    /// <summary>The most likely class of a text.</summary>
    /// <param name="weights">The server's weights.</param>
    /// <param name="text">The client's tokens.</param>
    /// <returns>The class, [1, 1], to the client.</returns>
    [EntryPoint]
    public static Tensor Classify(EncoderWeights weights, [Owned(Party.Client), Shape("tokens"), Range(0, 65535)] Tensor text) =>
        ArgMax(Logits(weights, text)).Reveal(Party.Client);

    /// <summary>The scores of all classes of a text.</summary>
    /// <param name="weights">The server's weights.</param>
    /// <param name="text">The client's tokens.</param>
    /// <returns>The scores, [1, classes], to the client.</returns>
    [EntryPoint]
    public static Tensor Score(EncoderWeights weights, [Owned(Party.Client), Shape("tokens"), Range(0, 65535)] Tensor text) =>
        Logits(weights, text).Reveal(Party.Client);

    /// <summary>The scores of all classes, [1, classes].</summary>
    /// <param name="weights">The server's weights.</param>
    /// <param name="text">The client's tokens.</param>
    [Protocol]
    public static Tensor Logits(EncoderWeights weights, Tensor text)
    {
        Tensor x = Embedding(weights.Tokens, text) + weights.Positions.Slice(0, 0, text.Size(0));
        x = Normalization.LayerNorm(x, weights.EmbeddingGain, weights.EmbeddingBias).Within(-64, 64);
        for (int layer = 0; layer < weights.Query.Size(0); layer++)
        {
            Tensor query = (Linear(x, weights.Query[layer]) + weights.QueryBias[layer]).Within(-32, 32);
            Tensor key = Linear(x, weights.Key[layer]).Within(-32, 32);
            Tensor value = (Linear(x, weights.Value[layer]) + weights.ValueBias[layer]).Within(-32, 32);
            Tensor mixed = SelfAttention.Attend(query, key, value, weights.Heads);
            Tensor attended = (x + Linear(mixed, weights.Output[layer]) + weights.OutputBias[layer]).Within(-64, 64);
            Tensor y = Normalization.LayerNorm(attended, weights.AttentionGain[layer], weights.AttentionBias[layer]).Within(-64, 64);
            Tensor fed = FeedForward.Mlp(y, weights.Up[layer], weights.UpBias[layer], weights.Down[layer], weights.DownBias[layer]);
            x = Normalization.LayerNorm((y + fed).Within(-64, 64), weights.FeedForwardGain[layer], weights.FeedForwardBias[layer])
                .Within(-64, 64);
        }

        return (Linear(x.Mean(0), weights.Classifier) + weights.ClassifierBias).Within(-64, 64);
    }
}
