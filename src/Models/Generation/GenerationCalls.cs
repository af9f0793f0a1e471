using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Models.Policies;
using MPCache.Models.Transformers;
using MPCache.Models.Weights;
using MPCache.Sessions;

namespace MPCache.Models.Generation;

/// <summary>
/// The calls of one generation, which all its roles make in the same order: weights, states, and what the cache policy says. Calls are
/// announced some way ahead, so that their randomness is dealt and rehearsed while earlier ones run. How many are announced depends
/// on public numbers alone: the policy's, and those of tokens; a generation that ends early leaves announced calls behind and with them ends the session.
/// </summary>
internal sealed class GenerationCalls
{
    private const int Ahead = 4;

    private readonly ISession session;
    private readonly LlamaConfig config;
    private readonly ResidentHandle weights;
    private readonly StateHandle[] states;
    private readonly IReadOnlyList<PolicyCall> schedule;
    private int announced;
    private int made;

    private GenerationCalls(
        ISession session, LlamaConfig config, ResidentHandle weights, StateHandle[] states, IReadOnlyList<PolicyCall> schedule)
    {
        this.session = session;
        this.config = config;
        this.weights = weights;
        this.states = states;
        this.schedule = schedule;
    }

    /// <summary>Shares the weights, creates the states and announces the first calls.</summary>
    /// <param name="session">The session.</param>
    /// <param name="config">The model's dimensions.</param>
    /// <param name="record">The weights; null at the client.</param>
    /// <param name="policy">The cache policy.</param>
    /// <param name="prompt">Tokens of the prompt.</param>
    /// <param name="count">Tokens to generate.</param>
    /// <param name="cancellation">Ends the session.</param>
    public static async Task<GenerationCalls> StartAsync(
        ISession session, LlamaConfig config, LlamaWeights? record, CachePolicy policy, int prompt, int count,
        CancellationToken cancellation)
    {
        IReadOnlyList<PolicyCall> schedule = policy.Schedule(config, prompt, count);
        ResidentHandle weights = await session.ShareAsync(LlamaWeightsSchema.Instance, record, cancellation).ConfigureAwait(false);
        StateHandle[] states = new StateHandle[policy.States.Count];
        for (int i = 0; i < states.Length; i++)
        {
            states[i] = await session.CreateStateAsync(
                policy.States[i], LlamaPrograms.CacheDimensions(config, policy), cancellation).ConfigureAwait(false);
        }

        GenerationCalls calls = new(session, config, weights, states, schedule);
        await calls.AnnounceAsync(cancellation).ConfigureAwait(false);
        return calls;
    }

    /// <summary>Makes the calls up to the next one that gives a token.</summary>
    /// <param name="input">The tokens that it reads at the client, their shape at the server.</param>
    /// <param name="cancellation">Ends the session.</param>
    public async Task<CallResult> NextAsync(Input input, CancellationToken cancellation)
    {
        while (true)
        {
            await AnnounceAsync(cancellation).ConfigureAwait(false);
            PolicyCall call = schedule[made++];
            CallResult result = await session.CallAsync(call.Program, Request(call, input), cancellation).ConfigureAwait(false);
            if (call.Reads > 0)
            {
                return result;
            }
        }
    }

    private async Task AnnounceAsync(CancellationToken cancellation)
    {
        for (; announced < schedule.Count && announced <= made + Ahead; announced++)
        {
            PolicyCall call = schedule[announced];
            await session.AnnounceAsync(call.Program, new CallAnnouncement
            {
                Dimensions = LlamaPrograms.CallDimensions(call, config),
                Residents = Residents(call),
                States = [.. call.States.Select(s => states[s])],
                Reals = Reals(call),
            }, cancellation).ConfigureAwait(false);
        }
    }

    private CallRequest Request(PolicyCall call, Input input) => new()
    {
        Inputs = call.Reads > 0 ? [input] : [],
        Residents = Residents(call),
        States = [.. call.States.Select(s => states[s])],
        Reals = Reals(call),
        Integers = [.. call.Program.Interface.Integers.Select(name => LlamaPrograms.CallDimensions(call, config)[name])],
    };

    private ResidentHandle[] Residents(PolicyCall call) => call.Program.Interface.Residents.Count > 0 ? [weights] : [];

    private double[] Reals(PolicyCall call) =>
        [.. call.Program.Interface.Reals.Select(r => r.Name == "theta" ? config.RopeTheta : call.Reals[r.Name])];
}
