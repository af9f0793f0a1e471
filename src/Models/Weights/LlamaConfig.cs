using System;
using System.Globalization;

namespace MPCache.Models.Weights;

/// <summary>
/// The dimensions of a Llama-architecture transformer: RMS normalisation, rotary position embedding over consecutive pairs,
/// grouped-query attention, a SwiGLU feed-forward block and residual connections, without biases. A value that exists is consistent.
/// (Touvron et al., "Llama 2: Open Foundation and Fine-Tuned Chat Models", 2023, section 2.2.)
/// </summary>
public sealed record LlamaConfig
{
    /// <summary>Creates the configuration and checks that its numbers describe a transformer.</summary>
    /// <param name="dim">Width of the residual stream.</param>
    /// <param name="hiddenDim">Width of the feed-forward block.</param>
    /// <param name="layers">Number of transformer blocks.</param>
    /// <param name="heads">Number of query heads; divides <paramref name="dim"/>.</param>
    /// <param name="keyValueHeads">Number of key and value heads; divides <paramref name="heads"/>.</param>
    /// <param name="vocabulary">Number of tokens.</param>
    /// <param name="contextLength">Largest number of positions.</param>
    /// <param name="ropeTheta">Base of the rotary frequencies θ^(−2i/HeadSize), radians a position; greater than 1.</param>
    /// <param name="normEpsilon">What is added to the mean square before its root is taken; positive.</param>
    /// <exception cref="MPCacheException">A number is not positive, does not divide another as it must, or makes a tensor larger than an
    /// array can be.</exception>
    public LlamaConfig(
        int dim,
        int hiddenDim,
        int layers,
        int heads,
        int keyValueHeads,
        int vocabulary,
        int contextLength,
        double ropeTheta = 10000,
        double normEpsilon = 1e-5)
    {
        Positive(nameof(dim), dim);
        Positive(nameof(hiddenDim), hiddenDim);
        Positive(nameof(layers), layers);
        Positive(nameof(heads), heads);
        Positive(nameof(keyValueHeads), keyValueHeads);
        Positive(nameof(vocabulary), vocabulary);
        Positive(nameof(contextLength), contextLength);
        Require(dim % heads == 0, $"{heads} heads do not divide a width of {dim}");
        Require(heads % keyValueHeads == 0, $"{keyValueHeads} key/value heads do not divide {heads} query heads");
        Require(dim / heads % 2 == 0, $"the head size {dim / heads} is odd, and rotary embedding turns pairs");
        Require(double.IsFinite(ropeTheta) && ropeTheta > 1, $"the rotary base {Text(ropeTheta)} is not a number above 1");
        Require(double.IsFinite(normEpsilon) && normEpsilon > 0, $"the norm epsilon {Text(normEpsilon)} is not a positive number");

        Dim = dim;
        HiddenDim = hiddenDim;
        Layers = layers;
        Heads = heads;
        KeyValueHeads = keyValueHeads;
        Vocabulary = vocabulary;
        ContextLength = contextLength;
        RopeTheta = ropeTheta;
        NormEpsilon = normEpsilon;

        foreach (LlamaTensorShape shape in LlamaCheckpoint.Shapes(this))
        {
            bool fits = shape.Count <= Array.MaxLength;
            Require(fits, $"the tensor {shape.Name} would hold {shape.Count} numbers, at most {Array.MaxLength} fit");
        }
    }

    /// <summary>Width of the residual stream.</summary>
    public int Dim { get; }

    /// <summary>Width of the feed-forward block.</summary>
    public int HiddenDim { get; }

    /// <summary>Number of transformer blocks.</summary>
    public int Layers { get; }

    /// <summary>Number of query heads.</summary>
    public int Heads { get; }

    /// <summary>Number of key and value heads; each serves Heads / KeyValueHeads consecutive query heads.</summary>
    public int KeyValueHeads { get; }

    /// <summary>Number of tokens.</summary>
    public int Vocabulary { get; }

    /// <summary>Largest number of positions.</summary>
    public int ContextLength { get; }

    /// <summary>Base of the rotary frequencies θ^(−2i/HeadSize), in radians a position for the pair i of a head.</summary>
    public double RopeTheta { get; }

    /// <summary>What is added to the mean square before its root is taken.</summary>
    public double NormEpsilon { get; }

    /// <summary>Width of one head.</summary>
    public int HeadSize => Dim / Heads;

    /// <summary>Width of all keys, and of all values, of one position.</summary>
    public int KeyValueDim => KeyValueHeads * HeadSize;

    private static void Positive(string name, int value) => Require(value > 0, $"{name} is {value}, it must be positive");

    private static void Require(bool condition, string cause)
    {
        if (!condition)
        {
            throw new MPCacheException(
                $"These numbers describe no Llama model: {cause}",
                "Use a checkpoint or configuration of a Llama-architecture model");
        }
    }

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}
