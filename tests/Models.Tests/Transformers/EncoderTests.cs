using System;
using System.Linq;
using System.Threading.Tasks;
using MPCache.Models.Transformers;
using MPCache.Programs.Tests.Harness;
using Xunit;

namespace MPCache.Models.Tests.Transformers;

/// <summary>The encoder against a reference of its own, in plain, in the clear and between two parties.</summary>
public sealed class EncoderTests
{
    private const double Error = 0.05;

    [Fact]
    public void Plain_scores_are_those_of_the_reference()
    {
        EncoderWeights weights = Weights(new Draw(1));
        foreach (int[] text in new int[][] { [3], [1, 4, 1, 5], [9, 2, 6, 5, 3, 5] })
        {
            double[] expected = Reference(weights, text);
            float[] actual = Encoder.Score(weights, Text(text)).Values.ToArray();
            Assert.All(expected.Zip(actual), p => Assert.Equal(p.First, p.Second, 1e-4));
            Assert.Equal(Array.IndexOf(expected, expected.Max()), Encoder.Classify(weights, Text(text)).Values[0]);
        }
    }

    [Fact]
    public async Task Scores_and_class_are_those_of_the_reference_between_two_parties()
    {
        EncoderWeights weights = Weights(new Draw(2));
        await using Trial trial = await Trial.StartAsync(Encoder.ScoreProgram, Encoder.ClassifyProgram);
        await trial.ShareAsync(EncoderWeightsSchema.Instance, weights);
        foreach (int[] text in new int[][] { [3], [1, 4, 1, 5, 9], [2, 6, 5, 3, 5, 8] })
        {
            double[] expected = Reference(weights, text);
            await trial.AgreeAsync(
                Rows.ToTensor([expected]), Error, side => Encoder.ScoreAsync(side.Session, side.Weights[0], side.Client(Text(text))));

            // No class hangs on a rounding.
            double[] order = [.. expected.OrderDescending()];
            Assert.True(order[0] - order[1] > 2 * Error);
            Tensor best = Tensor.From([Array.IndexOf(expected, order[0])], 1, 1);
            await trial.AgreeAsync(
                best, 0, side => Encoder.ClassifyAsync(side.Session, side.Weights[0], side.Client(Text(text))));
        }
    }

    [Fact]
    public async Task A_text_longer_than_the_positions_is_refused_before_anything_is_sent()
    {
        await using Trial trial = await Trial.StartAsync(Encoder.ScoreProgram);
        await trial.ShareAsync(EncoderWeightsSchema.Instance, Weights(new Draw(3)));
        foreach (MPCacheException failure in await trial.FailAsync(
            side => Encoder.ScoreAsync(side.Session, side.Weights[0], side.Client(Text([.. Enumerable.Repeat(1, 7)])))))
        {
            Assert.Contains("weights.Positions.Slice(0, 0, text.Size(0))", failure.Message, StringComparison.Ordinal);
        }
    }

    private static Tensor Text(int[] tokens) => Tensor.From([.. tokens.Select(t => (float)t)], tokens.Length);

    private static EncoderWeights Weights(Draw draw) => new()
    {
        Heads = 2,
        Tokens = draw.Within(-2, 2, 10, 8),
        Positions = draw.Within(-1, 1, 6, 8),
        EmbeddingGain = draw.Within(0.5, 1.5, 8),
        EmbeddingBias = draw.Within(-0.5, 0.5, 8),
        Query = draw.Within(-0.5, 0.5, 2, 8, 8),
        QueryBias = draw.Within(-0.5, 0.5, 2, 8),
        Key = draw.Within(-0.5, 0.5, 2, 8, 8),
        Value = draw.Within(-0.5, 0.5, 2, 8, 8),
        ValueBias = draw.Within(-0.5, 0.5, 2, 8),
        Output = draw.Within(-0.5, 0.5, 2, 8, 8),
        OutputBias = draw.Within(-0.5, 0.5, 2, 8),
        AttentionGain = draw.Within(0.5, 1.5, 2, 8),
        AttentionBias = draw.Within(-0.5, 0.5, 2, 8),
        Up = draw.Within(-0.5, 0.5, 2, 12, 8),
        UpBias = draw.Within(-0.5, 0.5, 2, 12),
        Down = draw.Within(-0.5, 0.5, 2, 8, 12),
        DownBias = draw.Within(-0.5, 0.5, 2, 8),
        FeedForwardGain = draw.Within(0.5, 1.5, 2, 8),
        FeedForwardBias = draw.Within(-0.5, 0.5, 2, 8),
        Classifier = draw.Within(-1, 1, 3, 8),
        ClassifierBias = draw.Within(-1, 1, 3),
    };

    private static double[] Reference(EncoderWeights w, int[] text)
    {
        double[][] tokens = Rows.Of(w.Tokens);
        double[][] positions = Rows.Of(w.Positions);
        double[][] x = Rows.LayerNorm(
            Rows.Add([.. text.Select(t => tokens[t])], positions), Rows.Vector(w.EmbeddingGain), Rows.Vector(w.EmbeddingBias));
        for (int layer = 0; layer < w.Query.Size(0); layer++)
        {
            double[][] query = Rows.Linear(x, Rows.Of(w.Query, layer), Rows.Vector(w.QueryBias, layer));
            double[][] key = Rows.Linear(x, Rows.Of(w.Key, layer));
            double[][] value = Rows.Linear(x, Rows.Of(w.Value, layer), Rows.Vector(w.ValueBias, layer));
            double[][] mixed = Rows.Linear(
                Attend(query, key, value, w.Heads), Rows.Of(w.Output, layer), Rows.Vector(w.OutputBias, layer));
            double[][] y = Rows.LayerNorm(Rows.Add(x, mixed), Rows.Vector(w.AttentionGain, layer), Rows.Vector(w.AttentionBias, layer));
            double[][] hidden = Rows.Linear(y, Rows.Of(w.Up, layer), Rows.Vector(w.UpBias, layer));
            double[][] fed = Rows.Linear(
                [.. hidden.Select(r => r.Select(Rows.Gelu).ToArray())], Rows.Of(w.Down, layer), Rows.Vector(w.DownBias, layer));
            x = Rows.LayerNorm(Rows.Add(y, fed), Rows.Vector(w.FeedForwardGain, layer), Rows.Vector(w.FeedForwardBias, layer));
        }

        double[] mean = [.. Enumerable.Range(0, x[0].Length).Select(i => x.Average(r => r[i]))];
        return Rows.Linear([mean], Rows.Of(w.Classifier), Rows.Vector(w.ClassifierBias))[0];
    }

    private static double[][] Attend(double[][] query, double[][] key, double[][] value, int heads)
    {
        int size = query[0].Length / heads;
        return [.. query.Select(q => Enumerable.Range(0, heads).SelectMany(head =>
        {
            Range part = (head * size)..((head + 1) * size);
            double[] shares = Rows.Softmax([.. key.Select(k => Rows.Dot(q[part], k[part]) / Math.Sqrt(size))]);
            return Enumerable.Range(head * size, size).Select(i => value.Select((v, t) => shares[t] * v[i]).Sum());
        }).ToArray())];
    }
}
