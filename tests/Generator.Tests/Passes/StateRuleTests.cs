using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using MPCache.Generator.Ir;
using MPCache.Generator.Tests.TestSupport;
using Xunit;

namespace MPCache.Generator.Tests.Passes;

/// <summary>States: every access knows how many rows a tensor has then, or is refused.</summary>
public sealed class StateRuleTests
{
    [Theory]
    [InlineData("cache.Rows = x; Tensor y = cache.Rows;", "y", "[new, 2]")]
    [InlineData("cache.Rows = cache.Rows.Append(x); Tensor y = cache.Rows;", "y", "[new + tokens, 2]")]
    [InlineData("cache.Rows = x; cache.Rows = cache.Rows.Append(x); Tensor y = cache.Rows;", "y", "[2*new, 2]")]
    [InlineData("cache.Rows = cache.Rows.Append(x).Append(x); Tensor y = cache.Rows;", "y", "[2*new + tokens, 2]")]
    [InlineData("cache.Rows = cache.Rows.Append(x); cache.Rows = cache.Rows.Slice(0, 1, 3); Tensor y = cache.Rows;", "y", "[3, 2]")]
    [InlineData("Tensor y = cache.Rows; cache.Rows = x;", "y", "[tokens, 2]")]
    [InlineData("Tensor z = cache.Rows; cache.Rows = x; cache.Rows = z; Tensor y = cache.Rows;", "y", "[tokens, 2]")]
    public void A_state_is_what_it_was_assigned_or_has_grown_to(string body, string value, string shape)
    {
        Function tensors = Parser.Parse(Programs.CompileAll(Source($"{body} return {value}.Reveal(Party.Client);"))["Sample.Run"]
            .Texts.Single(t => t.FileName == "1-tensor.ir").Text);
        Assert.Equal(shape, tensors.Find("reveal").Result.Tensor.ToString());
    }

    [Theory]
    [InlineData("cache.Rows = x.Reshape(2 * x.Size(0));", "MPC2002")]
    [InlineData("cache.Rows = Concat(1, x, x);", "MPC2002")]
    [InlineData("cache.Keys[0] = x.Reshape(1, x.Size(0), 2);", "MPC2002")]
    [InlineData("cache.Rows = cache.Rows.Append(Concat(1, x, x));", "MPC2002")]
    [InlineData("Tensor before = cache.Rows; cache.Rows = cache.Rows.Append(x); cache.Rows = before.Append(x);", "MPC1019")]
    [InlineData("Tensor before = cache.Rows; cache.Rows = x; cache.Rows = before.Append(x);", "MPC1019")]
    [InlineData("Tensor a = cache.Rows.Append(x); Tensor b = cache.Rows.Append(x); cache.Rows = a; cache.Rows = b;", "MPC1019")]
    [InlineData("cache.Rows = (x * 100f).Within(-100, 100);", "MPC3002")]
    public void What_does_not_fit_or_is_stale_is_refused(string body, string id) => Refused(id, body);

    [Theory]
    [InlineData("for (int i = 0; i < n; i++) { cache.Keys[i] = cache.Keys[i].Append(x); }")]
    [InlineData("for (int i = 0; i < n; i++) { cache.Keys[i] = x; cache.Keys[i] = cache.Keys[i].Append(x); }")]
    [InlineData("for (int i = 0; i < n; i++) { cache.Keys[2 * i + 1] = x; }")]
    [InlineData("""
        for (int i = 0; i < skipped; i++) { cache.Keys[i] = cache.Keys[i].Append(x); }
        for (int i = 0; i < pairs; i++)
        {
            cache.Keys[skipped + 2 * i] = cache.Keys[skipped + 2 * i].Append(x);
            cache.Keys[skipped + 2 * i + 1] = cache.Keys[skipped + 2 * i + 1].Append(x);
        }
        for (int i = 0; i < n; i++) { cache.Keys[skipped + 2 * pairs + i] = cache.Keys[skipped + 2 * pairs + i].Append(x); }
        """)]
    [InlineData("cache.Keys[0] = x; for (int i = 0; i < n; i++) { cache.Keys[i + 1] = cache.Keys[i + 1].Append(x); }")]
    [InlineData("cache.Keys[0] = x; cache.Keys[1] = x; Tensor y = (cache.Keys[0] + cache.Keys[1]).Within(-8, 8); cache.Keys[0] = y;")]
    [InlineData("cache.Keys[n] = x; cache.Keys[n + 1] = cache.Keys[n].Append(x);")]
    public void Tensors_of_their_own_are_accepted(string body) =>
        Assert.Empty(Programs.Run(Programs.Compile(Source(body + " return x.Reveal(Party.Client);"))).Diagnostics);

    [Theory]
    [InlineData("for (int i = 0; i < n; i++) { cache.Keys[0] = cache.Keys[0].Append(x); }")]
    [InlineData("for (int i = 0; i < n; i++) { cache.Rows = cache.Rows.Append(x); }")]
    [InlineData("for (int i = 0; i < n; i++) { cache.Keys[i] = x; cache.Keys[i + 1] = x; }")]
    [InlineData("for (int i = 0; i < n; i++) { cache.Keys[2 * i] = x; cache.Keys[2 * i + 2] = x; }")]
    [InlineData("for (int i = 0; i < n; i++) { cache.Keys[2 * i] = x; cache.Keys[3 * i + 1] = x; }")]
    [InlineData("for (int i = 0; i < n; i++) { cache.Keys[i] = x; cache.Keys[n] = x; }")]
    [InlineData("for (int i = 0; i < n; i++) { cache.Keys[i * i] = x; }")]
    [InlineData("for (int i = 0; i < n; i++) { cache.Keys[n - i] = x; }")]
    [InlineData("for (int i = 0; i < n; i++) { for (int j = 0; j < n; j++) { cache.Keys[i + j] = x; } }")]
    [InlineData("for (int i = 0; i < n; i++) { cache.Keys[i] = x; } for (int i = 0; i < n; i++) { cache.Keys[i] = x; }")]
    [InlineData("for (int i = 0; i < n; i++) { cache.Keys[i] = x; } for (int i = 0; i < n; i++) { cache.Keys[skipped + i] = x; }")]
    [InlineData("for (int i = 0; i < n; i++) { cache.Keys[i] = x; } Tensor y = cache.Keys[0] + x;")]
    [InlineData("for (int i = 0; i < n; i++) { cache.Keys[i] = x; } Tensor y = cache.Keys[n] + x;")]
    [InlineData("cache.Keys[0] = x; for (int i = 0; i < n; i++) { cache.Keys[i] = cache.Keys[i].Append(x); }")]
    [InlineData("cache.Keys[0] = x; for (int i = 0; i < n; i++) { x = (x + cache.Keys[i].Sum(0)).Within(-8, 8); }")]
    [InlineData("cache.Keys[n] = x; cache.Keys[skipped] = cache.Keys[skipped].Append(x);")]
    [InlineData("cache.Keys[n] = x; for (int i = 0; i < n; i++) { cache.Keys[skipped + i] = x; }")]
    public void Where_a_tensor_may_have_grown_is_refused(string body) => Refused("MPC1022", body);

    private static void Refused(string id, string body)
    {
        ImmutableArray<Diagnostic> diagnostics =
            Programs.Run(Programs.Compile(Source(body + " return x.Reveal(Party.Client);"))).Diagnostics;
        Assert.Equal([id], diagnostics.Select(d => d.Id).Distinct());
        Assert.Matches("[;,] ", diagnostics[0].GetMessage());
    }

    private static string Source(string body) => $$"""
        [State]
        public sealed class Cache
        {
            [Shape("tokens, 2"), Range(-8, 8)]
            public Tensor Rows { get; set; } = Tensor.Zeros(0, 2);

            [Shape("layers, tokens, 2"), Range(-8, 8)]
            public Tensor[] Keys { get; set; } = [];
        }

        [Dim("tokens", Max = 64), Dim("new", Max = 8), Dim("layers", Max = 16)]
        public static partial class Sample
        {
            [EntryPoint]
            public static Tensor Run(
                Cache cache, [Owned(Party.Client), Shape("new, 2"), Range(-4, 4)] Tensor x, int n, int skipped, int pairs)
            {
                {{body}}
            }
        }
        """;
}
