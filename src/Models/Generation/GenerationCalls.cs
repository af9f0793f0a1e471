using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MPCache.Contract;
using MPCache.Models.Policies;
using MPCache.Models.Transformers;
using MPCache.Models.Weights;
using MPCache.Sessions;

namespace MPCache.Models.Generation;

/// <summary>
/// The calls of one generation, which all its roles make in the same order: weights, states, and what the cache policy says. Calls are
/// announced some way ahead, so that their randomness is dealt and rehearsed while earlier ones run. How many are announced depends
/// on public numbers alone, the lengths and the policy's; a generation that ends early leaves announced calls behind and with them ends
/// the session.
/// </summary>
internal sealed class GenerationCalls
{
    private const int Ahead = 4;

    /// <summary>What is prepared of later calls waits in memory: no more than this, in bytes, unless one call alone has more.</summary>
    private const long MostAhead = 64 << 20;

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
    /// <param name="lengths">Of the prompt, its chunks and the completion.</param>
    /// <param name="cancellation">Ends the session.</param>
    public static async Task<GenerationCalls> StartAsync(
        ISession session, LlamaConfig config, LlamaWeights? record, CachePolicy policy, GenerationLengths lengths,
        CancellationToken cancellation)
    {
        PolicyCall[] schedule = [.. policy.Schedule(config, lengths).Select(c => c with { Program = c.Program.For(session.Network) })];
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
    /// <param name="tokens">The tokens that they read; null at the server.</param>
    /// <param name="cancellation">Ends the session.</param>
    public async Task<CallResult> NextAsync(IReadOnlyList<int>? tokens, CancellationToken cancellation)
    {
        int read = 0;
        while (true)
        {
            await AnnounceAsync(cancellation).ConfigureAwait(false);
            PolicyCall call = schedule[made++];
            Input input = tokens is null ? Input.Of(call.Reads) : Input.Of(PlainGeneration.Tokens(tokens.Skip(read).Take(call.Reads)));
            CallResult result = await session.CallAsync(call.Program, Request(call, input), cancellation).ConfigureAwait(false);
            read += call.Reads;
            if (call.GivesToken)
            {
                return result;
            }
        }
    }

    private async Task AnnounceAsync(CancellationToken cancellation)
    {
        for (; announced < schedule.Count && IsDue(); announced++)
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

    /// <summary>Whether the next call is to be announced: the one that is made next always, and the one behind it.</summary>
    private bool IsDue() => announced <= made + 1
        || (announced <= made + Ahead && schedule.Take(announced + 1).Skip(made + 1).Sum(Prepared) <= MostAhead);

    /// <summary>Bytes that wait for a call once it has been prepared.</summary>
    private long Prepared(PolicyCall call)
    {
        IReadOnlyDictionary<string, long> sizes = LlamaPrograms.CallDimensions(call, config);
        PlanTotals plan = call.Program.Interface.Plan.Evaluate(name => sizes[name]);
        return plan.Prepared + plan.Tape;
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
