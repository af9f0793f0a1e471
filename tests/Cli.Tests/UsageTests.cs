using System;
using System.Threading.Tasks;
using MPCache.Cli.Tests.TestSupport;
using Xunit;

namespace MPCache.Cli.Tests;

/// <summary>Command lines that are wrong by themselves, and help.</summary>
public sealed class UsageTests
{
    [Theory]
    [InlineData("no command is given", "")]
    [InlineData("'foo' is no command or option", "foo")]
    [InlineData("'--bogus' is no command or option|'mpcache deal --help'", "deal|--bogus")]
    [InlineData("--tokens 0|at least 1", "demo|--tokens|0")]
    [InlineData("--tokens -3|at least 1", "generate|--tokens|-3")]
    [InlineData("--tokens many|at least 1", "demo|--tokens|many")]
    [InlineData("the prompt is empty|Give --prompt", "demo|--prompt|")]
    [InlineData("the prompt is empty|Give --prompt", "generate|--prompt|")]
    [InlineData("'--prompt'", "demo|--prompt")]
    [InlineData("needs its tokenizer|--tokenizer", "demo|--model|m.bin")]
    [InlineData("needs its model|--model", "demo|--tokenizer|t.bin")]
    [InlineData("'nowhere' is no address|host:port", "deal|--listen|nowhere")]
    [InlineData("'127.0.0.1:99999' is no address", "serve|--listen|127.0.0.1:99999")]
    [InlineData("'a:b:c' is no address", "generate|--server|a:b:c")]
    [InlineData("--network: 'moon' is no network|latency=20ms,bandwidth=200Mbit", "demo|--network|moon")]
    [InlineData("--network: 'latency=5' is no network", "generate|--network|latency=5")]
    [InlineData("a bandwidth of 0 Mbit/s|between 0.001 and 1000000", "serve|--network|latency=5ms,bandwidth=0Mbit")]
    [InlineData("--patience 0", "generate|--patience|0")]
    [InlineData("--sessions 0", "serve|--sessions|0")]
    [InlineData("--dealer-pin is no SHA-256|the dealer prints", "serve|--dealer-pin|abcd")]
    [InlineData("--server-pin is no SHA-256|the server prints", "generate|--server-pin|abcd")]
    [InlineData("lacks hidden", "generate|--shape|dim=8")]
    [InlineData("does not read 'depth=8'", "generate|--shape|depth=8")]
    [InlineData("3 heads do not divide", "generate|--shape|dim=8,hidden=8,layers=1,heads=3,groups=1,vocabulary=8,context=8,theta=10000")]
    [InlineData("--policy: there is no cache policy 'fullest'|Use one of full, h2o, mpcache", "demo|--policy|fullest")]
    [InlineData("--policy: there is no cache policy ''", "generate|--policy|")]
    [InlineData("static of the policy mpcache is '9', not a ratio|static=0.5", "demo|--policy|mpcache static=9")]
    [InlineData("static of the policy mpcache is '-0.1'", "generate|--policy|mpcache static=-0.1")]
    [InlineData("budget of the policy h2o is '0'", "demo|--policy|h2o budget=0")]
    [InlineData("cluster of the policy mpcache is 65, more than 64", "demo|--policy|mpcache cluster=65")]
    [InlineData("bound of the policy mpcache is 'loose', not linear or exact", "generate|--policy|mpcache bound=loose")]
    [InlineData("levels of the policy mpcache is 3|levels=0", "generate|--policy|mpcache levels=3")]
    [InlineData("the policy tova has no option sinks|Its options are budget", "demo|--policy|tova sinks=4")]
    [InlineData("the policy full has no option budget|Leave it out", "demo|--policy|full budget=1")]
    [InlineData("'budget' is no option of the policy tova", "demo|--policy|tova budget")]
    [InlineData("'budget=0.2' is no option of the policy tova, or is given twice", "demo|--policy|tova budget=0.1 budget=0.2")]
    [InlineData("'static=0.5' is no command or option", "demo|--policy|mpcache|static=0.5")]
    [InlineData("--policy and --compare exclude each other|Name all policies", "demo|--policy|full|--compare|full,tova")]
    [InlineData("--compare names a policy twice", "demo|--compare|full,mpcache,mpcache static=0.5")]
    [InlineData("--compare: there is no cache policy ''", "demo|--compare|full,")]
    [InlineData("'--compare' is no command or option", "generate|--compare|full,tova")]
    [InlineData("'--out' is required", "corpus|--seed|3")]
    [InlineData("--tokens 0 is not a whole number from 1", "corpus|--out|c|--tokens|0")]
    [InlineData("--seed -1 is not a whole number", "corpus|--out|c|--seed|-1")]
    [InlineData("'--out' is required", "evaluate|--samples|3")]
    [InlineData("--samples 0 is not a whole number from 1", "evaluate|--out|e|--samples|0")]
    [InlineData("--threads many is not a whole number", "evaluate|--out|e|--threads|many")]
    [InlineData("--seed -1 is not a whole number", "evaluate|--out|e|--seed|-1")]
    [InlineData("--lengths: '12x' is no number of tokens|256,512", "evaluate|--out|e|--lengths|256,12x")]
    [InlineData("--tasks: There is no task 'riddle'|Use one of needle", "evaluate|--out|e|--tasks|needle,riddle")]
    [InlineData("--policies: there is no cache policy 'best'", "evaluate|--out|e|--policies|best")]
    [InlineData("--policies names a policy twice", "evaluate|--out|e|--policies|full,full")]
    public async Task WrongCommandLineIsOneLineAndExitCodeTwo(string words, string args)
    {
        Outcome outcome = await RunningCommand.RunAsync(args.Length == 0 ? [] : args.Split('|'));

        outcome.Fails(2, words.Split('|'));
        Assert.Contains("--help", outcome.Error, StringComparison.Ordinal);
        Assert.Empty(outcome.Out);
    }

    [Theory]
    [InlineData("--help", "demo", "deal", "serve", "generate")]
    [InlineData(
        "demo|--help", "--model", "--tokenizer", "--prompt", "--tokens", "--json", "--network", "the dealer are not shaped", "--policy",
        "--compare", "mpcache")]
    [InlineData("deal|--help", "--listen", "--certificate")]
    [InlineData("serve|--help", "--dealer", "--listen", "--model", "--certificate", "--dealer-pin", "--network")]
    [InlineData(
        "generate|--help", "--dealer", "--server", "--tokenizer", "--prompt", "--tokens", "--json", "--server-pin", "--dealer-pin",
        "--network", "--policy", "toptokens")]
    [InlineData("corpus|--help", "--out", "--seed", "--tokens")]
    [InlineData(
        "evaluate|--help", "--model", "--tokenizer", "--policies", "--tasks", "tracking", "--lengths", "--samples", "--private",
        "--threads", "--seed", "--out")]
    public async Task HelpNamesEveryOption(string args, params string[] words)
    {
        Outcome outcome = (await RunningCommand.RunAsync(args.Split('|'))).Succeeds();

        Assert.Empty(outcome.Error);
        Assert.All(words, word => Assert.Contains(word, outcome.Out, StringComparison.Ordinal));
    }
}
