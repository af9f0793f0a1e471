using MPCache.Contract;
using MPCache.Execution;
using MPCache.Models.Transformers;
using Xunit;

namespace MPCache.Models.Tests.Transformers;

/// <summary>What a further layer adds to a decoding step.</summary>
public sealed class LlamaFlightsTests
{
    /// <summary>For a local network a layer's flights grow with the logarithm of the cache, over a wide area they do not.</summary>
    [Theory]
    [InlineData(Network.Lan, 128, 38)]
    [InlineData(Network.Lan, 512, 41)]
    [InlineData(Network.Lan, 4096, 47)]
    [InlineData(Network.Wan, 128, 30)]
    [InlineData(Network.Wan, 512, 30)]
    [InlineData(Network.Wan, 4096, 30)]
    public void A_layer_takes_as_many_flights(Network network, int tokens, int flights)
    {
        CompiledProgram program = Llama.DecodeProgram.For(network);
        Assert.Equal(flights, Costs(program, tokens, 6).Flights - Costs(program, tokens, 5).Flights);
    }

    private static PlanTotals Costs(CompiledProgram program, int tokens, int layers) => program.Interface.Plan.Evaluate(name => name switch
    {
        "layers" => layers,
        "tokens" or "position" => tokens,
        "dim" => 64,
        "hidden" => 172,
        "groups" => 4,
        "repeat" => 2,
        "size" => 8,
        _ => 512,
    });
}
