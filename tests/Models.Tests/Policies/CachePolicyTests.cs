using System;
using System.Globalization;
using System.Linq;
using CsCheck;
using MPCache.Models.Generation;
using MPCache.Models.Policies;
using MPCache.Models.Weights;
using Xunit;

namespace MPCache.Models.Tests.Policies;

/// <summary>The text of a policy: what it may say, and what a wrong one is answered before anything is sent.</summary>
public sealed class CachePolicyTests
{
    private static readonly LlamaConfig Config = new(64, 172, 5, 8, 4, 512, 8192);

    [Theory]
    [InlineData("nonesuch", "there is no cache policy 'nonesuch'", "full")]
    [InlineData("", "there is no cache policy ''", "full")]
    [InlineData("full keep=0.5", "the policy full has no option keep", "Leave it out")]
    [InlineData("tova window=3", "the policy tova has no option window", "budget")]
    [InlineData("mpcache budget=0.5", "the policy mpcache has no option budget", "keep-coarse")]
    [InlineData("mpcache keep=0.5 keep=0.5", "'keep=0.5'", "each once")]
    [InlineData("mpcache keep", "'keep'", "cluster=16")]
    [InlineData("mpcache =3", "'=3'", "cluster=16")]
    [InlineData("mpcache keep=", "keep of the policy mpcache is ''", "keep=0.2")]
    [InlineData("mpcache keep=0", "keep of the policy mpcache is '0'", "keep=0.2")]
    [InlineData("mpcache static=0.0", "static of the policy mpcache is '0.0'", "static=0.5")]
    [InlineData("mpcache keep-coarse=1.5", "keep-coarse of the policy mpcache is '1.5'", "keep-coarse=0.5")]
    [InlineData("mpcache observed=-0.1", "observed of the policy mpcache is '-0.1'", "observed=0.2")]
    [InlineData("mpcache alpha=half", "alpha of the policy mpcache is 'half'", "alpha=0.6")]
    [InlineData("mpcache keep=0,5", "keep of the policy mpcache is '0,5'", "keep=0.2")]
    [InlineData("mpcache cluster=0", "cluster of the policy mpcache is '0'", "cluster=16")]
    [InlineData("mpcache cluster=65", "cluster of the policy mpcache is 65", "64")]
    [InlineData("mpcache cluster=99999999999", "cluster of the policy mpcache is '99999999999'", "cluster=16")]
    [InlineData("mpcache levels=3", "levels of the policy mpcache is 3", "levels=2")]
    [InlineData("mpcache levels=two", "levels of the policy mpcache is 'two'", "levels=2")]
    [InlineData("mpcache share=3", "share of the policy mpcache is '3'", "share=2")]
    [InlineData("mpcache share=0", "share of the policy mpcache is '0'", "share=2")]
    [InlineData("mpcache bound=tight", "bound of the policy mpcache is 'tight'", "bound=linear")]
    [InlineData("mpcache lag=1", "lag of the policy mpcache is 1, not 0", "levels=1 share=1")]
    [InlineData("mpcache lag=2 levels=1 share=1", "lag of the policy mpcache is 2, not 0", "levels=1 share=1")]
    [InlineData("mpcache lag=1 levels=1 share=1 bound=exact", "lag of the policy mpcache is 1, not 0", "bound=linear")]
    [InlineData("mpcache pool=2", "pool of the policy mpcache is 2, not an odd number up to 63", "pool=7")]
    [InlineData("mpcache pool=65", "pool of the policy mpcache is 65, not an odd number up to 63", "pool=1")]
    [InlineData("mpcache window=-1", "window of the policy mpcache is '-1'", "window=0")]
    [InlineData("mpcache skip=-1", "skip of the policy mpcache is '-1'", "skip=0")]
    [InlineData("streaming budget=0", "budget of the policy streaming is '0'", "budget=0.3")]
    [InlineData("streaming sinks=4.5", "sinks of the policy streaming is '4.5'", "sinks=4")]
    [InlineData("h2o recent=2", "recent of the policy h2o is '2'", "recent=0.5")]
    [InlineData("snapkv window=0", "window of the policy snapkv is '0'", "window=16")]
    [InlineData("quest page=0", "page of the policy quest is '0'", "page=16")]
    [InlineData("quest page=65", "page of the policy quest is 65", "64")]
    [InlineData("toptokens budget=all", "budget of the policy toptokens is 'all'", "budget=0.3")]
    public void A_wrong_text_is_refused_with_cause_and_cure(string text, string cause, string cure)
    {
        MPCacheException e = Assert.Throws<MPCacheException>(() => CachePolicy.Read(text));
        Assert.Contains(cause, e.Message, System.StringComparison.Ordinal);
        Assert.Contains(cure, e.Message[cause.Length..], System.StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mpcache skip=5", 100, "skip=5 leaves none of 5 layers", "Skip fewer layers")]
    [InlineData("mpcache skip=2000000000", 100, "skip=2000000000", "Skip fewer layers")]
    [InlineData("mpcache", 5121, "observed=0.2 of 5121 tokens are 1025 queries, more than 1024", "smaller share")]
    [InlineData("mpcache static=0.1 window=16", 100, "static=0.1 of 100 tokens are 10, fewer than the window of 16", "larger share to static")]
    [InlineData("quest skip=5", 100, "skip=5 leaves none of 5 layers", "Skip fewer layers")]
    [InlineData("snapkv", 50, "0.3 of 50 tokens are 15, fewer than the window of 16", "larger budget")]
    [InlineData("snapkv budget=0.9", 10, "0.9 of 10 tokens are 9, fewer than the window of 16", "larger budget")]
    [InlineData("streaming", 13, "0.3 of 13 tokens are 4, which 4 sinks use up", "fewer sinks")]
    [InlineData("streaming budget=0.1 sinks=500", 400, "0.1 of 400 tokens are 40, which 500 sinks use up", "fewer sinks")]
    public void A_policy_that_does_not_fit_is_refused_before_anything_is_sent(string text, int prompt, string cause, string cure)
    {
        GenerationRequest request = new([.. Enumerable.Repeat(1, prompt)], 4, _ => false) { Policy = CachePolicy.Read(text) };
        MPCacheException e = Assert.Throws<MPCacheException>(() => request.Lengths(Config));
        Assert.Contains(cause, e.Message, System.StringComparison.Ordinal);
        Assert.Contains(cure, e.Message, System.StringComparison.Ordinal);
    }

    [Fact]
    public void A_prompt_is_read_in_chunks_of_which_the_last_one_has_the_queries_that_count()
    {
        (from name in Gen.OneOf<string>([.. CachePolicy.Names])
         from prompt in Gen.Int[60, 1000]
         from chunk in Gen.Int[1, 300]
         select (name, prompt, chunk)).Sample((name, prompt, chunk) =>
        {
            PolicyCall[] calls = [.. CachePolicy.Read(name).Schedule(Config, new GenerationLengths(prompt, 1, chunk))];
            Assert.Equal(prompt, calls.Sum(call => call.Reads));
            Assert.Equal([.. Enumerable.Repeat(false, calls.Length - 1), true], calls.Select(call => call.GivesToken));
            int read = 0;
            foreach (PolicyCall call in calls)
            {
                Assert.Equal(read, call.Sizes["tokens"]);
                read += call.Reads;
            }

            int least = name switch { "mpcache" => (prompt + 4) / 5, "snapkv" => 16, _ => 1 };
            Assert.InRange(calls[^1].Reads, least, Math.Max(least, chunk));
            Assert.All(calls[..^1], call => Assert.InRange(call.Reads, 1, chunk));
            // No chunk is read that a longer one could have taken in.
            Assert.InRange(calls.Length, 1, 1 + ((prompt - calls[^1].Reads + chunk - 1) / chunk));
        });
    }

    [Fact]
    public void What_is_written_reads_as_the_same_policy()
    {
        (from name in Gen.OneOf<string>([.. CachePolicy.Names])
         from first in Gen.Int[1, 100]
         from second in Gen.Int[1, 100]
         from third in Gen.Int[1, 64]
         from fourth in Gen.Int[0, 2]
         from given in Gen.Bool.Array[13]
         select (name, first, second, third, fourth, given)).Sample((name, first, second, third, fourth, given) =>
        {
            string[] options = name switch
            {
                "mpcache" =>
                [
                    $"static={Share(first)}", $"observed={Share(second)}", $"pool={Text((2 * fourth) + 1)}", $"window={Text(fourth)}",
                    $"levels={Text(fourth)}",
                    $"keep-coarse={Share(second)}", $"keep={Share(first)}", $"cluster={Text(third)}", $"alpha={Share(second)}", given[11] ? "bound=exact" : "bound=linear",
                    $"share={Text(1 + (fourth % 2))}", $"skip={Text(fourth)}", "lag=0",
                ],
                "streaming" => [$"budget={Share(first)}", $"sinks={Text(third)}"],
                "h2o" => [$"budget={Share(first)}", $"recent={Share(second)}"],
                "snapkv" => [$"budget={Share(first)}", $"window={Text(third)}"],
                "quest" => [$"budget={Share(first)}", $"page={Text(third)}", $"skip={Text(fourth)}"],
                "full" => [],
                _ => [$"budget={Share(first)}"],
            };
            string[] written = [.. options.Where((_, i) => given[i])];

            // In any order and with any number of spaces; what is written names every option.
            string text = CachePolicy.Read($" {name}  {string.Join("  ", written.Reverse())} ").Write();
            Assert.Equal(text, CachePolicy.Read(text).Write());
            Assert.Equal(name, text.Split(' ')[0]);
            Assert.Equal(options.Select(o => o.Split('=')[0]), text.Split(' ').Skip(1).Select(o => o.Split('=')[0]));
            Assert.All(written, option => Assert.Contains(option, text.Split(' ')));

            // The schedules agree too: what is read is what was written.
            PolicyCall[] Calls(string of) => [.. CachePolicy.Read(of).Schedule(Config, new GenerationLengths(400, 3))];
            if (name is not ("snapkv" or "streaming") || first >= 20)
            {
                Assert.Equal(
                    Calls($"{name} {string.Join(' ', written)}").Select(Describe), Calls(text).Select(Describe));
            }
        }, iter: 300);

        static string Describe(PolicyCall call) => call.Program.Interface.Name
            + string.Concat(call.Sizes.OrderBy(s => s.Key).Select(s => $" {s.Key}={Text(s.Value)}"))
            + string.Concat(call.Reals.Select(r => $" {r.Key}={r.Value.ToString(CultureInfo.InvariantCulture)}"))
            + string.Concat(call.Attended.Select(a => $" {Text(a)}"));
    }

    [Fact]
    public void A_lagged_policy_is_written_as_one() =>
        Assert.EndsWith(" lag=1", CachePolicy.Read("mpcache levels=1 share=1 lag=1").Write(), System.StringComparison.Ordinal);

    private static string Share(int percent) => Ratio.Parse(percent == 100 ? "1" : $"0.{percent:00}").ToString();

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
