using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using MPCache.Execution;
using MPCache.Models.Generation;
using MPCache.Models.Policies;
using MPCache.Models.Transformers;
using MPCache.Models.Weights;
using MPCache.Sessions;
using MPCache.TestSupport;

namespace MPCache.Models.Tests.Policies;

/// <summary>
/// A generation that reads given tokens whatever it answers, so that after a difference the next steps can be compared too: the calls of a
/// policy's schedule, one after the other.
/// </summary>
internal static class GivenTokens
{
    /// <summary>Runs in one session.</summary>
    /// <param name="session">A session that has done nothing yet.</param>
    /// <param name="model">The model; a client makes use of its dimensions alone.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="prompt">The prompt; a server makes use of its length alone.</param>
    /// <param name="given">What is read after the prompt.</param>
    /// <returns>The most likely token after the prompt and after each given one; empty at a server.</returns>
    public static async Task<int[]> RunAsync(
        ISession session, LlamaCheckpoint model, CachePolicy policy, IReadOnlyList<int> prompt, IReadOnlyList<int> given)
    {
        LlamaConfig config = model.Config;
        ResidentHandle weights = await session.ShareAsync(
            LlamaWeightsSchema.Instance, session.Party == Party.Client ? null : CheckpointWeights.From(model));
        List<StateHandle> states = [];
        Dictionary<string, long> sizes = new(policy.StateSizes(config))
        {
            ["layers"] = config.Layers, ["groups"] = config.KeyValueHeads, ["size"] = config.HeadSize,
            ["repeat"] = config.Heads / config.KeyValueHeads,
        };
        foreach (StateSchema schema in policy.States)
        {
            states.Add(await session.CreateStateAsync(schema, sizes));
        }

        List<int> answers = [];
        int[] all = [.. prompt, .. given];
        int read = 0;
        foreach (PolicyCall call in policy.Schedule(config, new GenerationLengths(prompt.Count, given.Count + 1)))
        {
            CompiledProgram called = call.Program.For(session.Network);
            ProgramInterface program = called.Interface;
            CallResult result = await session.CallAsync(called, new CallRequest
            {
                Inputs = call.Reads > 0 ? [Put(session, all[read..(read += call.Reads)])] : [],
                Residents = program.Residents.Count > 0 ? [weights] : [],
                States = [.. call.States.Select(state => states[state])],
                Reals = [.. program.Reals.Select(real => real.Name == "theta" ? config.RopeTheta : call.Reals[real.Name])],
                Integers = [.. program.Integers.Select(name => call.Sizes.TryGetValue(name, out long size) ? size : config.Layers)],
            });
            if (call.GivesToken && session.Party != Party.Server)
            {
                answers.Add((int)result.Outputs[0].Value.Values[0]);
            }
        }

        return [.. answers];
    }

    /// <summary>Runs between two parties, with a dealer in memory.</summary>
    public static async Task<int[]> BetweenPartiesAsync(
        LlamaCheckpoint model, CachePolicy policy, IReadOnlyList<int> prompt, IReadOnlyList<int> given, Network network = Network.Lan)
    {
        await using TwoParties parties = await TwoParties.StartAsync(LlamaPrograms.All, new SessionSettings { Programs = network });
        (_, int[] answers) = await parties.BothAsync(session => RunAsync(session, model, policy, prompt, given));
        return answers;
    }

    private static Input Put(ISession session, IReadOnlyList<int> tokens) => session.Party == Party.Server
        ? Input.Of(tokens.Count)
        : Input.Of(Tensor.From([.. tokens.Select(token => (float)token)], tokens.Count));
}
