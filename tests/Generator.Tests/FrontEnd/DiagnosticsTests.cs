using MPCache.Generator.Tests.TestSupport;
using Xunit;

namespace MPCache.Generator.Tests.FrontEnd;

/// <summary>What the language refuses, each at the exact token.</summary>
public class DiagnosticsTests
{
    [Theory]
    [InlineData("[|while|] (true) { }")]
    [InlineData("[|foreach|] (int i in new[] { 1, 2 }) { } return x;")]
    [InlineData("[|do|] { x = x + y; } while (n > 3); return x;")]
    [InlineData("[|switch|] (n) { default: break; } return x;")]
    [InlineData("[|throw|] new Exception();")]
    [InlineData("[|try|] { x = y; } finally { } return x;")]
    [InlineData("Tensor [|Twice|](Tensor a) => a + a; return x;")]
    [InlineData("[|using|] var r = new System.IO.MemoryStream(); return x;")]
    [InlineData("for (int i = 0; i < n; i++) { [|return|] x; } return y;")]
    [InlineData("for (int i = 0; i < n; i++) { [|break|]; } return y;")]
    [InlineData("for (int i = 0; i < n; i++) { x = y; [|continue|]; } return y;")]
    [InlineData("if (n > 3) { [|return|] y; } return x;")]
    [InlineData("if (n > 3) { x = y; } else { if (Settings.Enabled) { [|return|] x; } } return y;")]
    public void Statements(string body) => InBody("MPC1001", body);

    [Theory]
    [InlineData("Tensor[] xs = [|new Tensor[1]|]; return x;")]
    [InlineData("return [|x as object as Tensor ?? y|];")]
    [InlineData("int k = [|n << 1|]; return x * k;")]
    [InlineData("float g = [|f % 2|]; return x * g;")]
    [InlineData("int k = [|(int)f|]; return x[k];")]
    [InlineData("Func<Tensor> t = [|() => x|]; return x;")]
    [InlineData("return x.Reshape([|new int[n]|]);")]
    [InlineData("ReadOnlySpan<float> v = [|x.Values|]; return x;")]
    [InlineData("return x * [|x.Rank|];")]
    [InlineData("return x * [|x.Shape|][0];")]
    [InlineData("return x * [|float.PositiveInfinity|];")]
    [InlineData("return x * ([|float.NaN|] + f);")]
    [InlineData("return x * [|Settings.Mutable|];")]
    [InlineData("return x * [|Settings.Computed|];")]
    [InlineData("return x * [|w.Epsilon|];", "MPC1017")]
    public void Expressions(string body, string id = "MPC1002") => InBody(id, body);

    [Theory]
    [InlineData("return [|Plain|](x);")]
    [InlineData("return P.[|Plain|](x) + y;")]
    [InlineData("[|WriteLine|](n); return x;")]
    [InlineData("Console.[|WriteLine|](n); return x;")]
    [InlineData("return x * MathF.[|Exp|](f);")]
    [InlineData("return x * MathF.[|Sqrt|](f);")]
    [InlineData("return x * Math.[|Max|](f, 2f);")]
    [InlineData("return x + Tensor.[|From|](new float[] { 1 }, 1);")]
    [InlineData("return [|Entry|](x);")]
    public void Calls(string body) => InBody("MPC1003", body);

    [Theory]
    [InlineData("if ([|x == y|]) { return y; } return x;")]
    [InlineData("if ([|x.Values[0] > 0|]) { x = y; } return x;")]
    [InlineData("return [|x.Values[0] > 0 && n > 1|] ? x : y;")]
    [InlineData("while ([|x.Values[0] > 0|]) { x = y; } return x;")]
    [InlineData("return x * ([|x.Values[0] > 0|] ? 1f : 2f);")]
    public void Branches_on_secrets(string body) => InBody("MPC1004", body);

    [Theory]
    [InlineData("if ([|f > 3|]) { x = y; } return x;")]
    [InlineData("return [|x.Size(0) > 1 && f > 1|] ? x : y;")]
    [InlineData("if ([|Settings.Mutable > 3|]) { x = y; } return x;")]
    [InlineData("(Tensor a, Tensor b) = [|f < 1|] ? (x, y) : (y, x); return a + b;")]
    public void Conditions_that_nothing_decides(string body) => InBody("MPC1005", body);

    [Theory]
    [InlineData("if (n > 3) { x = y; }")]
    [InlineData("Tensor z; if (x.Size(0) == n && !(n < 2) || Settings.Enabled) { z = x; } else { z = y; } x = z;")]
    [InlineData("bool isLong = x.Size(0) > n; if (!isLong) { x = y; }")]
    [InlineData("int k = 1; if (n > 3) { k = 2; } x = x[k];")]
    [InlineData("int k = n > 3 ? 1 : 2; x = x[k];")]
    [InlineData("Selection s = TopK(x, n); if (s.Count < s.Rows) { x = Gather(y, s); }")]
    [InlineData("for (int i = 0; i < n; i++) { if (i % 2 == 0) { x = x + y; } }")]
    [InlineData("if (n > 3) { for (int i = 0; i < n; i++) { x = x + y; } } else if (n > 2) { x = y; }")]
    public void Conditions_of_the_session(string body) => Assert.Empty(Programs.Run(Programs.Compile(Source(body + " return x;"))).Diagnostics);

    [Theory]
    [InlineData("return x[[|(int)y.Values[0]|]];")]
    [InlineData("int k = [|(int)y.Values[0]|]; return x.Slice(0, k, 1);")]
    [InlineData("return x.Slice(0, 0, Math.Max([|(int)y.Values[0]|], n));")]
    [InlineData("return x + [|x.Values[0]|];")]
    public void Secrets_as_numbers(string body) => InBody("MPC1006", body);

    [Theory]
    [InlineData("return x.Map(v => [|f|] * v, -1, 1);")]
    [InlineData("return x.Map(v => v + [|n|], -1, 1);")]
    [InlineData("float g = 2 * f; return x.Map(v => v + [|g|], -1, 1);")]
    [InlineData("return x.Map(v => v * [|Settings.Mutable|], -1, 1);")]
    [InlineData("return x.Map(v => [|MathF.Cbrt(v)|], -1, 1);")]
    [InlineData("return x.Map(v => [|MathF.Pow(v, v)|], 0.5, 1);")]
    [InlineData("return x.Map(v => [|v % 2|], -1, 1);")]
    [InlineData("return x.Map(v => [|(int)v|], -1, 1);")]
    [InlineData("return x.Map([|MathF.Exp|], -1, 1);")]
    [InlineData("return x.Map(v => v, [|1, -1|]);", "MPC3001")]
    [InlineData("return x.Map(v => v, -1, [|f|]);", "MPC1015")]
    [InlineData("return x.Map(v => 2 + [|1 / v|], -1, 1);", "MPC3010")]
    [InlineData("return x.Map(v => [|MathF.Log(v)|], 0, 1);", "MPC3010")]
    [InlineData("return x.Map(v => [|MathF.Sqrt(v - 0.5f)|], 0, 1);", "MPC3010")]
    [InlineData("return x.Map(v => [|MathF.Exp(v * v)|], 0, 10);", "MPC3010")]
    public void Functions_of_the_authors_own(string body, string id = "MPC1030") => InBody(id, body);

    [Theory]
    [InlineData("[|for|] (int i = 0; i < n; i += 2) { x = y; } return x;")]
    [InlineData("[|for|] (int i = n; i < 3; i--) { x = y; } return x;")]
    [InlineData("[|for|] (int i = 0, j = 1; i < n; i++) { x = y; } return x;")]
    [InlineData("[|for|] (float i = 0; i < n; i++) { x = y; } return x;")]
    [InlineData("[|for|] (; ; ) { x = y; }")]
    [InlineData("int k; [|for|] (k = 0; k < n; k++) { x = y; } return x;")]
    [InlineData("for (int i = 0; [|i != n|]; i++) { x = y; } return x;")]
    [InlineData("for (int i = 0; [|n > i|]; i++) { x = y; } return x;")]
    [InlineData("for (int i = 0; [|i < n && i < 3|]; i++) { x = y; } return x;")]
    [InlineData("[|for|] (int i = 0; ; i++) { x = y; }")]
    public void Loop_forms(string body) => InBody("MPC1007", body);

    [Theory]
    [InlineData("for (int i = 0; i < [|(int)x.Values[0]|]; i++) { y = y + y; } return y;")]
    [InlineData("for (int i = 0; [|x.Values[0] > i|]; i++) { y = y + y; } return y;")]
    [InlineData("for (int i = 0; i < [|x.Size(0)|]; i++) { x = x.Append(y); } return x;")]
    [InlineData("for (int i = 0; i < [|i + 1|]; i++) { x = y; } return x;")]
    public void Loop_bounds(string body) => InBody("MPC1008", body);

    [Theory]
    [InlineData("int k = 0; for (int i = 0; i < n; i++) { [|k|] = i; x = x[k]; } return x;")]
    [InlineData("float g = 1; for (int i = 0; i < n; i++) { [|g|] *= 2; x = x * g; } return x;")]
    [InlineData("for (int i = 0; i < n; i++) { [|i|]++; x = y; } return x;")]
    public void Numbers_in_loops(string body) => InBody("MPC1009", body);

    [Theory]
    [InlineData("float g = 1; if (n > 3) { [|g|] = 2; } return x * g;")]
    [InlineData("float g; if (n > 3) { [|g|] = 2; } else { g = f; } return x * g;")]
    [InlineData("return x * ([|n > 3 ? 2f : f|]);")]
    [InlineData("Selection s = TopK(x, 1); if (n > 3) { [|s|] = TopK(y, 1); } return Gather(x, s);")]
    [InlineData("bool b = n > 3; if (n < 9) { [|b|] = n > 4; } return b ? x : y;")]
    public void Numbers_in_branches(string body) => InBody("MPC1009", body);

    [Fact]
    public void Circles_of_protocols() => MarkedSource.Rejects("MPC1010", """
        public static partial class A
        {
            [EntryPoint]
            public static Tensor Entry([Shape("n"), Range(0, 1)] Tensor x) => Ping(x).Reveal(Party.Client);

            [Protocol]
            public static Tensor Ping(Tensor x) => x + B.Pong(x);

            [Protocol]
            public static Tensor Self(Tensor x) => [|Self|](x);
        }
        """, """
        public static class B
        {
            [Protocol]
            public static Tensor Pong(Tensor x) => A.[|Ping|](x) + x;
        }
        """);

    [Fact]
    public void Entry_points_of_a_class_that_cannot_be_extended() => MarkedSource.Rejects("MPC1011", """
        public static class Closed
        {
            [EntryPoint]
            public static Tensor [|Run|]([Shape("n"), Range(0, 1)] Tensor x) => x.Reveal(Party.Client);
        }

        public partial struct Value
        {
            [EntryPoint]
            public static Tensor [|Run|]([Shape("n"), Range(0, 1)] Tensor x) => x.Reveal(Party.Client);
        }

        public class Outer
        {
            public static partial class Inner
            {
                [EntryPoint]
                public static Tensor [|Run|]([Shape("n"), Range(0, 1)] Tensor x) => x.Reveal(Party.Client);
            }
        }

        public partial class Generic<T>
        {
            [EntryPoint]
            public static Tensor [|Run|]([Shape("n"), Range(0, 1)] Tensor x) => x.Reveal(Party.Client);
        }

        public partial class Instance
        {
            [EntryPoint]
            public Tensor [|Run|]([Shape("n"), Range(0, 1)] Tensor x) => x.Reveal(Party.Client);

            [Protocol]
            public Tensor [|Step|](Tensor x) => x;

            [Protocol]
            public static Tensor [|Typed|]<T>(Tensor x) => x;

            [Protocol]
            public static extern Tensor [|Elsewhere|](Tensor x);
        }
        """);

    [Fact]
    public void Entry_parameters_without_shape() => MarkedSource.Rejects("MPC1012", """
        public static partial class A
        {
            [EntryPoint]
            public static Tensor Run(Tensor [|x|], [Range(0, 1)] Tensor [|y|], [Shape("")] Tensor z) => (x + y + z).Reveal(Party.Client);
        }
        """);

    [Fact]
    public void Parameter_types() => MarkedSource.Rejects("MPC1013", """
        public static partial class A
        {
            [Protocol]
            public static Tensor Run(
                bool [|flag|], Tensor[] [|xs|], ref Tensor [|y|], string [|s|], long [|n|], params int[] [|axes|]) => y;

            [Protocol]
            public static void Out(out Tensor [|y|])
            {
                y = Tensor.Scalar(1);
            }
        }
        """);

    [Fact]
    public void Result_types() => MarkedSource.Rejects("MPC1014", """
        public static partial class A
        {
            [Protocol]
            public static [|int|] Size(Tensor x) => x.Size(0);

            [Protocol]
            public static [|(Tensor, float)|] Pair(Tensor x) => (x, 1f);

            [EntryPoint]
            public static [|Cache|] Several(Cache c) => c;
        }

        [State]
        public class Cache
        {
        }
        """);

    [Theory]
    [InlineData("return x.Sum([|n|]);")]
    [InlineData("return x.Permute(0, [|n|]);")]
    [InlineData("return x * x.Size([|n|]);")]
    [InlineData("return x * x.Size(^[|n|]);")]
    [InlineData("return x.Within(-1, [|f|]);")]
    [InlineData("int axis = 1; return Concat([|axis|], x, y);")]
    public void Arguments_that_must_be_constant(string body) => InBody("MPC1015", body);

    [Theory]
    [InlineData("[|w.Query|] = x; return x;")]
    [InlineData("[|w|] = w; return x;")]
    [InlineData("[|Settings.Shared|] = x; return x;")]
    [InlineData("[|c|] = c; return x;")]
    public void Assignments(string body) => InBody("MPC1016", body);

    [Fact]
    public void Weights_and_state_classes() => MarkedSource.Rejects("MPC1017", """
        [Resident(Party.Server)]
        public class Weights
        {
            [Shape("dim")]
            public Tensor [|Unbounded|] { get; set; } = null!;

            [Range(0, 1)]
            public Tensor [|Shapeless|] { get; set; } = null!;

            [Shape("layers, dim"), Range(0, 1)]
            public Tensor[] [|Array|] { get; set; } = null!;

            private Tensor Hidden { get; set; } = null!;

            public string Name { get; set; } = "";
        }

        [State]
        public record Cache([property: Shape("rows, dim"), Range(0, 1)] Tensor [|Rows|])
        {
            [Shape("tokens, dim"), Range(0, 1)]
            public Tensor[] [|Keys|] { get; } = [];
        }

        [State]
        public class [|Open|]<T>
        {
        }

        [State, Resident(Party.Server)]
        public class [|Both|]
        {
        }

        public class Owner
        {
            [Resident(Party.Client)]
            private class [|Nested|]
            {
            }
        }
        """);

    [Theory]
    [InlineData("Tensor[] keys = [|c.Keys|]; return x;")]
    [InlineData("return x * [|w.Epsilon|];")]
    public void Members_that_programs_cannot_use(string body) => InBody("MPC1017", body);

    [Fact]
    public void Shapes_that_do_not_parse() => MarkedSource.Rejects("MPC2001", """
        [Resident(Party.Server)]
        public record Weights([property: [|Shape("2 dim")|], Range(0, 1)] Tensor Query);

        public static partial class A
        {
            [Protocol, [|Dim("2n", Max = 4)|], [|Dim("n", Max = 4, Typical = 5)|], [|Dim("m", Max = -1)|]]
            public static Tensor Run([[|Shape("a,, b")|]] Tensor x, [[|Shape("heads, -1")|]] Tensor y, [[|Shape("f(a)")|]] Tensor z) => x;
        }
        """);

    [Fact]
    public void Names_of_generated_code_in_shapes() => MarkedSource.Rejects("MPC2001", """
        public static partial class A
        {
            [Protocol]
            public static Tensor Run([[|Shape("i0, n")|]] Tensor x, [[|Shape("2*frame")|]] Tensor y, [Shape("i, v, item0, running")] Tensor z) => x;
        }
        """);

    [Fact]
    public void Ranges_that_are_empty() => MarkedSource.Rejects("MPC3001", """
        [Resident(Party.Server)]
        public class Weights
        {
            [Shape("dim"), [|Range(1, -1)|]]
            public Tensor Query { get; set; } = null!;
        }

        public static partial class A
        {
            [Protocol]
            public static Tensor Run(
                [[|Range(2, 2)|]] Tensor x, [[|Range(double.NaN, 2)|]] Tensor y, [[|Range(0, double.PositiveInfinity)|]] float f)
                => x.Within([|3, 2|]) + y.Within([|high: -1, low: -1|]);
        }
        """);

    [Fact]
    public void Results_and_reveals_are_the_same() => MarkedSource.Rejects("MPC4001", """
        public static partial class A
        {
            [EntryPoint]
            public static Tensor Hidden([Shape("n"), Range(-1, 1), Owned(Party.Client)] Tensor x) => [|x * x|];

            [EntryPoint]
            public static Tensor After([Shape("n"), Range(-1, 1), Owned(Party.Client)] Tensor x) => [|x.Reveal(Party.Client) * 2f|];

            [EntryPoint]
            public static Tensor [|Input|]([Shape("n"), Range(-1, 1), Owned(Party.Client)] Tensor x) => x;

            [EntryPoint]
            public static (Tensor, Tensor) One([Shape("n"), Range(-1, 1), Owned(Party.Client)] Tensor x) =>
                (Told(x), [|x + 1f|]);

            [EntryPoint]
            public static Tensor Dropped([Shape("n"), Range(-1, 1), Owned(Party.Client)] Tensor x)
            {
                Tensor y = [|(x * 2f).Reveal(Party.Server)|];
                return Told(x);
            }

            [Protocol]
            public static Tensor Told(Tensor x) => x.Reveal(Party.Client);
        }
        """);

    [Fact]
    public void A_dimension_of_the_class_is_reported_at_the_method() => MarkedSource.Rejects("MPC2001", """
        [Dim("2n", Max = 4)]
        public static partial class A
        {
            [Protocol]
            public static Tensor [|Run|](Tensor x) => x;
        }
        """);

    private static void InBody(string id, string body) => MarkedSource.Rejects(id, Source(body));

    private static string Source(string body) => """
        using static System.Console;

        [Resident(Party.Server)]
        public sealed class Weights
        {
            [Shape("layers, dim"), Range(-1, 1)]
            public Tensor Query { get; set; } = null!;

            public int Layers { get; set; }

            public float Epsilon { get; set; }
        }

        [State]
        public sealed class Cache
        {
            [Shape("layers, tokens, dim"), Range(-1, 1)]
            public Tensor[] Keys { get; } = [];
        }

        public static class Settings
        {
            public const bool Enabled = true;

            public static float Mutable = 1;

            public static readonly float Computed = Environment.ProcessorCount;

            public static Tensor Shared { get; set; } = Tensor.Scalar(1);
        }

        public static partial class P
        {
            [EntryPoint]
            public static Tensor Entry([Shape("n"), Range(-1, 1), Owned(Party.Client)] Tensor x) => x.Reveal(Party.Client);

            public static Tensor Plain(Tensor x) => x;

            [Protocol]
            public static Tensor Run(Tensor x, Tensor y, int n, float f, Weights w, Cache c)
            {
        """ + body + "}}";

    [Fact]
    public void Loops_that_nest_too_deep() => MarkedSource.Rejects("MPC1001", """
        public static partial class A
        {
            [EntryPoint]
            public static Tensor Run([Owned(Party.Client), Shape("n"), Range(-1, 1)] Tensor x)
            {
                for (int a = 0; a < 2; a++)
                {
                    for (int b = 0; b < 2; b++)
                    {
                        for (int c = 0; c < 2; c++)
                        {
                            x = (x * [|x.Max(-1)|]).Within(-1, 1);
                        }
                    }
                }

                return x.Reveal(Party.Client);
            }
        }
        """);
}
