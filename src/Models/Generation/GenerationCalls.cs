using System.Threading;
using System.Threading.Tasks;
using MPCache.Models.Transformers;
using MPCache.Models.Weights;
using MPCache.Sessions;

namespace MPCache.Models.Generation;

/// <summary>
/// The calls of one generation, which both parties make in the same order: weights, cache, prefill, decoding steps. Steps are announced
/// some way ahead, so that their randomness is dealt and rehearsed while earlier ones run. How many are announced depends on the public
/// number of steps alone; a generation that ends early leaves announced calls behind and with them ends the session.
/// </summary>
internal sealed class GenerationCalls
{
    private const int Ahead = 4;

    private readonly ISession session;
    private readonly LlamaConfig config;
    private readonly ResidentHandle weights;
    private readonly StateHandle cache;
    private readonly int prompt;
    private readonly int steps;
    private int announced;

    private GenerationCalls(ISession session, LlamaConfig config, ResidentHandle weights, StateHandle cache, int prompt, int steps)
    {
        this.session = session;
        this.config = config;
        this.weights = weights;
        this.cache = cache;
        this.prompt = prompt;
        this.steps = steps;
    }

    /// <summary>Shares the weights, creates the cache and announces the first calls.</summary>
    /// <param name="session">The session.</param>
    /// <param name="config">The model's dimensions.</param>
    /// <param name="record">The weights at the server; null at the client.</param>
    /// <param name="prompt">Tokens of the prompt.</param>
    /// <param name="count">Tokens to generate.</param>
    /// <param name="cancellation">Ends the session.</param>
    public static async Task<GenerationCalls> StartAsync(
        ISession session, LlamaConfig config, LlamaWeights? record, int prompt, int count, CancellationToken cancellation)
    {
        ResidentHandle weights = await session.ShareAsync(LlamaWeightsSchema.Instance, record, cancellation).ConfigureAwait(false);
        StateHandle cache = await session.CreateStateAsync(
            KeyValueCacheSchema.Instance, LlamaPrograms.CacheDimensions(config), cancellation).ConfigureAwait(false);
        GenerationCalls calls = new(session, config, weights, cache, prompt, count - 1);
        await session.AnnounceAsync(Llama.PrefillProgram, new CallAnnouncement
        {
            Dimensions = LlamaPrograms.CallDimensions(Llama.PrefillProgram, config, prompt, 0),
            Residents = [weights],
            States = [cache],
            Reals = [config.RopeTheta],
        }, cancellation).ConfigureAwait(false);
        await calls.AnnounceAsync(Ahead, cancellation).ConfigureAwait(false);
        return calls;
    }

    /// <summary>Reads the prompt.</summary>
    /// <param name="input">The tokens at the client, their number at the server.</param>
    /// <param name="cancellation">Ends the session.</param>
    public Task<CallResult> PrefillAsync(Input input, CancellationToken cancellation) =>
        Llama.PrefillAsync(session, weights, cache, input, config.RopeTheta, cancellation);

    /// <summary>Makes a decoding step.</summary>
    /// <param name="step">The step, from 1.</param>
    /// <param name="input">The newest token at the client, its shape at the server.</param>
    /// <param name="cancellation">Ends the session.</param>
    public async Task<CallResult> DecodeAsync(int step, Input input, CancellationToken cancellation)
    {
        await AnnounceAsync(step + Ahead, cancellation).ConfigureAwait(false);
        return await Llama.DecodeAsync(session, weights, cache, input, prompt + step - 1, config.RopeTheta, cancellation).ConfigureAwait(false);
    }

    private async Task AnnounceAsync(int until, CancellationToken cancellation)
    {
        while (announced < until && announced < steps)
        {
            await session.AnnounceAsync(Llama.DecodeProgram, new CallAnnouncement
            {
                Dimensions = LlamaPrograms.CallDimensions(Llama.DecodeProgram, config, 1, prompt + announced),
                Residents = [weights],
                States = [cache],
                Reals = [config.RopeTheta],
            }, cancellation).ConfigureAwait(false);
            announced++;
        }
    }
}
