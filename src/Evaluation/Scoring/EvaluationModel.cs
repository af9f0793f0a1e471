using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using MPCache.Models.Generation;
using MPCache.Models.Transformers;
using MPCache.Models.Weights;

namespace MPCache.Evaluation.Scoring;

/// <summary>The model that is evaluated.</summary>
/// <param name="Config">Its dimensions.</param>
/// <param name="Weights">Its weights.</param>
/// <param name="Tokenizer">Its tokenizer.</param>
public sealed record EvaluationModel(LlamaConfig Config, LlamaWeights Weights, Tokenizer Tokenizer)
{
    /// <summary>A hash of dimensions, weights and tokenizer: what tells models apart, wherever they lie.</summary>
    /// <returns>16 hexadecimal digits.</returns>
    public string Fingerprint()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(ModelCard.Write(Config)));
        foreach (Tensor tensor in (IEnumerable<Tensor>)
            [
                Weights.Embedding, Weights.AttentionNorm, Weights.Query, Weights.Key, Weights.Value, Weights.Output,
                Weights.FeedForwardNorm, Weights.Gate, Weights.Up, Weights.Down, Weights.FinalNorm, Weights.Classifier,
            ])
        {
            hash.AppendData(MemoryMarshal.AsBytes(tensor.Values));
        }

        for (int token = 0; token < Tokenizer.VocabularySize; token++)
        {
            hash.AppendData(Tokenizer.Bytes(Tokenizer.BeginOfText, token).Span);
        }

        return Convert.ToHexString(hash.GetHashAndReset())[..16];
    }
}
