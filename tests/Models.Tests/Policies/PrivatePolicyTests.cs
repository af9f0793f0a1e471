using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading.Tasks;
using MPCache.Models.Generation;
using MPCache.Models.Policies;
using MPCache.Models.Tests.Reference;
using MPCache.Sessions;
using MPCache.TestSupport;
using Xunit;
using Xunit.Abstractions;

namespace MPCache.Models.Tests.Policies;

/// <summary>
/// Whole generations under every policy between two parties. The programs round: similarities to 4 fraction bits before they are compared,
/// scores to 12. So a selection between near ties may be another one, and with it a token whose best two logits are close. Every step reads
/// the plain run's token, so that one difference does not hide the next.
/// </summary>
public sealed class PrivatePolicyTests(ITestOutputHelper output)
{
    [SharedModelFact]
    public async Task Every_policy_tells_what_it_tells_in_plain_numbers()
    {
        // One prompt: the sweep reads all.
        Stories stories = Stories.Instance;
        await Compare([.. PolicyReferences.Standard.Select(text => (text, stories.Prompts[0]))], clear: false);
    }

    /// <summary>The same over a wide area, where steps are compiled for few flights.</summary>
    [SharedModelFact]
    public async Task So_do_the_programs_for_a_wide_area()
    {
        string[] policies = ["full", "mpcache static=1"];
        await Compare([.. policies.Select(text => (text, Stories.Instance.Prompts[0]))], clear: false, Network.Wan);
    }

    /// <summary>All policies and prompts, in the clear too; to be run by hand after a change of programs or gates.</summary>
    [SweepFact]
    public async Task Sweep()
    {
        Stories stories = Stories.Instance;
        int[][] prompts = [stories.Prompts[0][..179], .. stories.Prompts];
        await Compare(
            [.. prompts.SelectMany(prompt => PolicyReferences.Standard.Select(text => (text, prompt)))], SweepFactAttribute.Clear);
    }

    private async Task Compare((string Text, int[] Prompt)[] runs, bool clear, Network network = Network.Lan)
    {
        Stories stories = Stories.Instance;
        List<string> unexplained = [];
        int differences = 0;
        foreach ((string text, int[] prompt) in runs)
        {
            ReferenceGeneration plain = stories.Expected(text, prompt, Stories.Tokens);
            CachePolicy policy = CachePolicy.Read(text);
            long start = Stopwatch.GetTimestamp();
            int[] answers = await GivenTokens.BetweenPartiesAsync(stories.Model, policy, prompt, plain.Tokens[..^1], network);
            TimeSpan time = Stopwatch.GetElapsedTime(start);
            Tell($"{text} | {prompt.Length} | {Agreement(plain, answers)} | {time.TotalSeconds:0.0} s");
            for (int i = 0; i < answers.Length; i++)
            {
                if (answers[i] != plain.Tokens[i])
                {
                    differences++;
                    if (PolicyReferences.Gap(plain.Logits[i]) > PolicyReferences.NearTie)
                    {
                        unexplained.Add($"{text} after {prompt.Length}: step {i}");
                    }
                }
            }

            if (clear)
            {
                answers = await GivenTokens.RunAsync(
                    new ClearExecution(LlamaPrograms.All), stories.Model, policy, prompt, plain.Tokens[..^1]);
                Tell($"{text} | {prompt.Length} | in the clear {Agreement(plain, answers)}");
            }
        }

        output.WriteLine($"{differences} of {runs.Length * Stories.Tokens} tokens differ");
        Assert.Empty(unexplained);
        Assert.InRange(differences, 0, runs.Length * Stories.Tokens / 20);
    }

    private void Tell(string line)
    {
        output.WriteLine(line);
        SweepFactAttribute.Tell(line);
    }

    private static string Agreement(ReferenceGeneration plain, int[] answers)
    {
        int[] other = [.. Enumerable.Range(0, answers.Length).Where(i => answers[i] != plain.Tokens[i])];
        return $"{answers.Length - other.Length} of {answers.Length}"
            + string.Concat(other.Select(i => $", at {i} where the best two are {PolicyReferences.Gap(plain.Logits[i]):0.000} apart"));
    }
}
