using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using Xunit;

namespace MPCache.Cli.Tests.TestSupport;

/// <summary>The JSON report of a generation.</summary>
internal sealed class Report
{
    private readonly JsonElement root;

    private Report(JsonElement root) => this.root = root;

    public string Prompt => root.GetProperty("prompt").GetString()!;

    public string Completion => root.GetProperty("completion").GetString()!;

    public int[] Tokens => Numbers("tokens");

    public int[] PlainTokens => Numbers("plainTokens");

    public bool HasPlainTokens => root.GetProperty("plainTokens").ValueKind == JsonValueKind.Array;

    public string Policy => root.GetProperty("policy").GetString()!;

    public static Report Read(string path)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        return new Report(document.RootElement.Clone());
    }

    /// <summary>The reports of a comparison, one a policy.</summary>
    public static Report[] ReadAll(string path)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        return [.. document.RootElement.EnumerateArray().Select(e => new Report(e.Clone()))];
    }

    /// <summary>A number by the names that lead to it.</summary>
    public double Number(params string[] path) => path.Aggregate(root, (e, name) => e.GetProperty(name)).GetDouble();

    /// <summary>A list of whole numbers.</summary>
    public int[] Numbers(string name) => [.. root.GetProperty(name).EnumerateArray().Select(t => t.GetInt32())];

    /// <summary>A count of a phase, which is planned as it is measured.</summary>
    public long Cost(string phase, string cost)
    {
        JsonElement pair = Phase(phase).GetProperty(cost);
        long planned = pair.GetProperty("planned").GetInt64();
        Assert.Equal(planned, pair.GetProperty("measured").GetInt64());
        return planned;
    }

    public int Steps(string phase) => Phase(phase).GetProperty("steps").GetInt32();

    /// <summary>Asserts what holds for every report of a run of so many tokens.</summary>
    /// <param name="tokens">How many.</param>
    /// <param name="policy">The policy with all its options.</param>
    /// <param name="summaries">Calls that summarise the prompt's clusters.</param>
    /// <param name="updates">Calls that summarise later ones.</param>
    /// <param name="compared">Whether the report is one of a comparison.</param>
    /// <param name="ended">Whether a further step ended the text.</param>
    public void IsConsistent(int tokens, string policy = "full", int summaries = 0, int updates = 0, bool compared = false, bool ended = false)
    {
        string[] alone = ["prompt", "completion", "policy", "tokens", "plainTokens", "phases"];
        string[] more = ["keptOfPrompt", "attendedByLayer", "tokensAsFirst", "tokensAsPlain", "reading", "aToken", "ratioToFirst"];
        Assert.Equal(compared ? [.. alone, .. more] : alone, root.EnumerateObject().Select(p => p.Name));
        Assert.Equal(policy, Policy);
        string[] phases =
        [
            "setup", "prefill", "decode", .. summaries > 0 ? ["summaries"] : Array.Empty<string>(),
            .. updates > 0 ? ["updates"] : Array.Empty<string>(),
        ];
        Assert.Equal(phases, root.GetProperty("phases").EnumerateArray().Select(p => p.GetProperty("name").GetString()));
        if (summaries > 0)
        {
            Assert.Equal(summaries, Steps("summaries"));
        }

        if (updates > 0)
        {
            Assert.Equal(updates, Steps("updates"));
        }

        Assert.Equal(tokens, Tokens.Length);
        Assert.Equal(1, Steps("setup"));
        Assert.Equal(1, Steps("prefill"));
        Assert.Equal(ended ? tokens : tokens - 1, Steps("decode"));
        Assert.Equal(1, Cost("setup", "rounds"));
        Assert.Equal(0, Cost("setup", "clientToServerBytes"));
        Assert.Equal(0, Cost("setup", "dealerBytes"));
        Assert.True(Cost("setup", "serverToClientBytes") > 0);
        foreach (string cost in (string[])["rounds", "serverToClientBytes", "clientToServerBytes", "dealerBytes"])
        {
            Assert.True(Cost("prefill", cost) > 0);
            Assert.Equal(ended || tokens > 1, Cost("decode", cost) > 0);
        }

        foreach (JsonElement phase in root.GetProperty("phases").EnumerateArray())
        {
            Assert.True(phase.GetProperty("offlineSeconds").GetDouble() >= 0);
            Assert.True(phase.GetProperty("onlineSeconds").GetDouble() >= 0);
        }
    }

    private JsonElement Phase(string name) =>
        root.GetProperty("phases").EnumerateArray().Single(p => p.GetProperty("name").GetString() == name);
}
