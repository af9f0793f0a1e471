using System.Collections.Generic;
using System.Collections.Immutable;

namespace MPCache.Models.Weights;

/// <summary>
/// The weights of a Llama-architecture transformer in plain floating point, as its owner has them. Matrices are stored
/// [outputs, inputs] in row-major order and applied as y = W·x; tensors of all layers are stacked, layer outermost.
/// </summary>
public sealed class LlamaCheckpoint
{
    /// <summary>Creates a checkpoint whose weights are all zero.</summary>
    /// <param name="config">The dimensions.</param>
    /// <param name="sharedClassifier">Whether the classifier is the token embedding itself.</param>
    public LlamaCheckpoint(LlamaConfig config, bool sharedClassifier)
    {
        Config = config;
        ImmutableArray<LlamaTensorShape> shapes = Shapes(config);
        TokenEmbedding = Zeros(shapes[0]);
        AttentionNorm = Zeros(shapes[1]);
        Query = Zeros(shapes[2]);
        Key = Zeros(shapes[3]);
        Value = Zeros(shapes[4]);
        Output = Zeros(shapes[5]);
        FeedForwardNorm = Zeros(shapes[6]);
        Gate = Zeros(shapes[7]);
        Down = Zeros(shapes[8]);
        Up = Zeros(shapes[9]);
        FinalNorm = Zeros(shapes[10]);
        Classifier = sharedClassifier ? TokenEmbedding : Zeros(shapes[11]);
    }

    /// <summary>The dimensions.</summary>
    public LlamaConfig Config { get; }

    /// <summary>Rows by token: [Vocabulary, Dim].</summary>
    public float[] TokenEmbedding { get; }

    /// <summary>Gains of the RMS normalisation before attention: [Layers, Dim].</summary>
    public float[] AttentionNorm { get; }

    /// <summary>Query projections: [Layers, Dim, Dim]; the rows of head h begin at h·HeadSize.</summary>
    public float[] Query { get; }

    /// <summary>Key projections: [Layers, KeyValueDim, Dim].</summary>
    public float[] Key { get; }

    /// <summary>Value projections: [Layers, KeyValueDim, Dim].</summary>
    public float[] Value { get; }

    /// <summary>Output projections of attention (Wo): [Layers, Dim, Dim].</summary>
    public float[] Output { get; }

    /// <summary>Gains of the RMS normalisation before the feed-forward block: [Layers, Dim].</summary>
    public float[] FeedForwardNorm { get; }

    /// <summary>Projections into SiLU (W1): [Layers, HiddenDim, Dim].</summary>
    public float[] Gate { get; }

    /// <summary>Projections out of the feed-forward block (W2): [Layers, Dim, HiddenDim].</summary>
    public float[] Down { get; }

    /// <summary>Projections that SiLU's output multiplies (W3): [Layers, HiddenDim, Dim].</summary>
    public float[] Up { get; }

    /// <summary>Gains of the RMS normalisation before the classifier: [Dim].</summary>
    public float[] FinalNorm { get; }

    /// <summary>Rows by token: [Vocabulary, Dim]; the same array as <see cref="TokenEmbedding"/> when shared.</summary>
    public float[] Classifier { get; }

    /// <summary>Whether the classifier is the token embedding itself.</summary>
    public bool SharesClassifier => ReferenceEquals(Classifier, TokenEmbedding);

    /// <summary>The stored tensors in the order of a llama2.c checkpoint; a shared classifier is not stored again.</summary>
    public IEnumerable<(LlamaTensorShape Shape, float[] Values)> Tensors
    {
        get
        {
            ImmutableArray<LlamaTensorShape> shapes = Shapes(Config);
            yield return (shapes[0], TokenEmbedding);
            yield return (shapes[1], AttentionNorm);
            yield return (shapes[2], Query);
            yield return (shapes[3], Key);
            yield return (shapes[4], Value);
            yield return (shapes[5], Output);
            yield return (shapes[6], FeedForwardNorm);
            yield return (shapes[7], Gate);
            yield return (shapes[8], Down);
            yield return (shapes[9], Up);
            yield return (shapes[10], FinalNorm);
            if (!SharesClassifier)
            {
                yield return (shapes[11], Classifier);
            }
        }
    }

    /// <summary>The shapes of all twelve tensors, in the order of a llama2.c checkpoint; the classifier is the last.</summary>
    /// <param name="config">The dimensions.</param>
    public static ImmutableArray<LlamaTensorShape> Shapes(LlamaConfig config) =>
    [
        new(nameof(TokenEmbedding), [config.Vocabulary, config.Dim]),
        new(nameof(AttentionNorm), [config.Layers, config.Dim]),
        new(nameof(Query), [config.Layers, config.Dim, config.Dim]),
        new(nameof(Key), [config.Layers, config.KeyValueDim, config.Dim]),
        new(nameof(Value), [config.Layers, config.KeyValueDim, config.Dim]),
        new(nameof(Output), [config.Layers, config.Dim, config.Dim]),
        new(nameof(FeedForwardNorm), [config.Layers, config.Dim]),
        new(nameof(Gate), [config.Layers, config.HiddenDim, config.Dim]),
        new(nameof(Down), [config.Layers, config.Dim, config.HiddenDim]),
        new(nameof(Up), [config.Layers, config.HiddenDim, config.Dim]),
        new(nameof(FinalNorm), [config.Dim]),
        new(nameof(Classifier), [config.Vocabulary, config.Dim]),
    ];

    private static float[] Zeros(LlamaTensorShape shape) => new float[(int)shape.Count];
}
