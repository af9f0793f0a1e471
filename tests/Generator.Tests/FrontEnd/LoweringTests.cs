using System.Collections.Immutable;
using System.Linq;
using System.Threading.Tasks;
using MPCache.Generator.FrontEnd;
using MPCache.Generator.Tests.TestSupport;
using Xunit;

namespace MPCache.Generator.Tests.FrontEnd;

/// <summary>The texts of methods that together use every construct of the language.</summary>
public class LoweringTests
{
    [Fact]
    public Task Straight_line_with_dimensions_and_owners() => Verify("""
        namespace Sample.Policies;

        [Dim("tokens", Max = 4096, Typical = 512)]
        public static partial class GroupedQueryAttention
        {
            [EntryPoint(FractionBits = 18, Networks = Network.Lan | Network.Wan)]
            [Dim("queries", Max = 64)]
            public static Tensor Decode(
                [Shape("groups, queries, dim"), Range(-8, 8), Owned(Party.Client)] Tensor query,
                [Shape("groups, tokens, dim"), Range(-8, 8.5)] Tensor keys,
                [Shape("groups, tokens, dim"), Range(-8, 8), Owned(Party.Server)] Tensor values)
            {
                Tensor scores = MatMul(query, keys.Transpose()) * InverseSqrt(query.Size(^1));
                return MatMul(Softmax(scores), values).Reveal(Party.Client);
            }
        }
        """);

    [Fact]
    public Task Operators_of_tensors_and_numbers() => Verify("""
        public static class Arithmetic
        {
            private const int Two = 2;
            private static readonly float Eps = 1e-5f;
            private static readonly float Half = 1f / Two;

            [Protocol]
            public static Tensor Mix(Tensor x, Tensor y, float scale, int count, double exact = 0.1)
            {
                Tensor sum = x + y;
                sum = sum - x * y;
                sum += -x;
                sum *= scale;
                sum = 1 - sum;
                sum = 2f + sum - 0.044715f;
                sum = Eps * sum + Half;
                float mixed = -scale * count + (float)exact / (count - 1);
                int size = (count + x.Size(0) * 2 - y.Size(^2)) / 3 % Two;
                size = Math.Max(size, Math.Min(count, -size));
                size++;
                return sum + mixed * size + MathF.Sqrt(2f) * MathF.Sqrt(Half);
            }
        }
        """);

    [Fact]
    public Task Functions_of_the_language() => Verify("""
        public static class Everything
        {
            [Protocol]
            public static Tensor Use(Tensor x, Tensor y, Tensor table, Tensor tokens, int position)
            {
                Tensor z = Linear(x, y).Permute(0, 2, 1).Reshape(x.Size(0), 2 * position, 4);
                z = z.Slice(-1, position, length: 2)[position + 1].Append(y);
                z = Concat(b: y, a: z, axis: 0);
                z = z.Sum(-1) + z.Mean(0) + z.Max(axis: 1) + z.Min(-1) + ArgMax(z);
                z = Softmax(z, CausalMask(z.Size(0), z.Size(1)));
                z = Exp(z) * RSqrt(z) + Reciprocal(z) - Silu(z) + Gelu(z) + Relu(z);
                z = Maximum(z, Minimum(x, y));
                z = Select(Less(x, y), z, Tensor.Zeros(position, 3) + Tensor.Scalar(0.25f));
                z = Embedding(table, tokens) + RotaryEmbedding(z, position, 10000f);
                return z.Within(low: -64, high: 64.5);
            }
        }
        """);

    [Fact]
    public Task Loops_carry_what_they_assign() => Verify("""
        public static class Loops
        {
            [Protocol]
            public static Tensor Run(Tensor x, Tensor y, int layers, Tensor w)
            {
                Tensor scratch;
                Tensor product = x * y;
                for (int layer = 0; layer < layers; layer++)
                {
                    scratch = x + product;
                    Tensor inner = scratch;
                    for (int i = layer + 1; i <= w.Size(0); ++i)
                    {
                        inner += w[i];
                    }

                    x = inner.Within(-4, 4);
                    y *= x;
                }

                for (int step = 1; step < 3; step += 1)
                {
                    scratch = y * step;
                    y = scratch;
                }

                return x + y;
            }
        }
        """);

    [Fact]
    public Task Independent_iterations() => Verify("""
        public static class Stacks
        {
            [Protocol]
            public static Tensor Run(Tensor x, Tensor y, int count)
            {
                Tensor rows = Tensor.Stack(count, i => x[i] * y);
                return Tensor.Stack(item: j =>
                {
                    Tensor sum = rows[j];
                    for (int step = 0; step < count; step++)
                    {
                        sum = (sum + x[step]).Within(-4, 4);
                    }

                    Tensor inner = Tensor.Stack(3, (int k) =>
                    {
                        int place = j * 3 + k;
                        return sum.Slice(0, place, 1);
                    });
                    return inner;
                }, count: x.Size(0) + 1);
            }
        }
        """);

    [Fact]
    public Task Calls_by_name_position_and_default() => Verify("""
        public static partial class Calls
        {
            [EntryPoint]
            public static (Tensor Token, Tensor Score) Run([Shape("n, dim")] Tensor x, [Range(0, 1)] float mix, int first)
            {
                (Tensor a, Tensor b) = Parts(scale: mix, x: x);
                (b, a) = (a, b);
                var pair = Layer.Twice(a);
                Tensor c = pair.Item1 + pair.Second;
                Store(c);
                Parts(c);
                _ = Layer.Norm(c, first);
                return (c.Normed().Reveal(Party.Client), Layer.Norm(b).Reveal(to: Party.Server));
            }

            [Protocol]
            private static (Tensor, Tensor) Parts(Tensor x, float scale = 0.5f) => (x * scale, x);

            [Protocol]
            private static void Store(Tensor x)
            {
            }
        }

        public static class Layer
        {
            [Protocol]
            public static Tensor Norm(Tensor x) => x * RSqrt((x * x).Mean(-1) + 1e-5f);

            [Protocol]
            public static Tensor Norm(Tensor x, int rows) => Norm(x.Slice(0, 0, rows));

            [Protocol]
            public static Tensor Normed(this Tensor x) => Norm(x);

            [Protocol]
            public static (Tensor First, Tensor Second) Twice(Tensor x) => (x, x + x);
        }
        """);

    [Fact]
    public Task Weights_and_state() => Verify("""
        namespace Sample;

        [Resident(Party.Server)]
        public sealed record Weights(
            int Layers,
            [property: Shape("layers, dim, dim"), Range(-2, 2)] Tensor Query,
            [property: Shape("dim"), Range(0, 4)] Tensor Norm);

        [State(FractionBits = 12, RingBits = 40)]
        public sealed class Cache
        {
            public int HeadCount { get; init; }

            [Shape("layers, tokens, dim"), Range(-8, 8)]
            public Tensor[] Keys { get; } = [];

            [Shape("tokens"), Range(0, 1)]
            public Tensor Seen { get; set; } = Tensor.Zeros(0);
        }

        public static partial class Model
        {
            [EntryPoint]
            public static Tensor Step(Weights weights, Cache cache, [Shape("1, dim"), Range(-8, 8)] Tensor x)
            {
                Weights w = weights;
                for (int layer = 0; layer < w.Layers; layer++)
                {
                    cache.Keys[layer] = cache.Keys[layer].Append(Linear(x, w.Query[layer]));
                    x = (x + cache.Keys[layer].Mean(0) * w.Norm * cache.HeadCount).Within(-8, 8);
                }

                cache.Seen = cache.Seen.Append(Tensor.Scalar(1).Reshape(1));
                cache.Seen *= 0.5f;
                return x.Reveal(Party.Client);
            }
        }
        """);

    [Fact]
    public Task Conditions_known_at_compile_time() => Verify("""
        public static class Options
        {
            private const bool UseBias = true;
            private static readonly int Depth = 3;

            [Protocol]
            public static Tensor Run(Tensor x)
            {
                if (UseBias && Depth > 2)
                {
                    x += 1f;
                }
                else
                {
                    x = Missing(x);
                }

                if (!UseBias)
                {
                    return x;
                }

                if (Depth == 3)
                {
                    return Depth < 2 ? x : x * (UseBias ? 2f : 3f);
                }

                return x + x;
            }

            private static Tensor Missing(Tensor x) => x;
        }
        """);

    [Fact]
    public Task Conditions_of_the_session() => Verify("""
        public static class Options
        {
            private const bool UseBias = true;

            [Protocol]
            public static Tensor Run(Tensor x, Tensor y, int limit)
            {
                bool isShort = x.Size(0) <= limit;
                Tensor z;
                int rows = 1;
                if (isShort && !(limit == 3 || UseBias && limit != 4))
                {
                    Tensor own = x + y;
                    z = own;
                    rows = 2;
                }
                else
                {
                    z = x;
                    _ = y;
                }

                for (int i = 0; i < limit; i++)
                {
                    if (i % 2 > 0)
                    {
                        z = (z * y).Within(-1, 1);
                    }
                    else if (UseBias)
                    {
                        z += 1f;
                    }
                }

                return rows >= 2 ? z[rows] : z;
            }
        }
        """);

    [Fact]
    public Task Sites_are_one_line_without_comments() => Verify("""
        public static class Layout
        {
            [Protocol]
            public static Tensor Run(
                Tensor first, // the first
                Tensor second)
                => Maximum(
                    first, // kept
                    second * 2f)
                    + (first + second + first + second + first + second + first + second + first + second)
                    + Relu(first  /* "quoted" \ */  -   second);
        }
        """);

    private static async Task Verify(string source, [System.Runtime.CompilerServices.CallerMemberName] string name = "")
    {
        ImmutableArray<LoweredMethod> lowered = FrontEndTexts.Of(source);
        Assert.All(lowered, m => Assert.Empty(m.Diagnoses));
        Assert.All(lowered, m => Assert.NotNull(m.Text));
        await Verifier.Verify(string.Join("\n", lowered.Select(m => m.Text))).UseDirectory("FrontEnd").UseMethodName(name);
    }
}
