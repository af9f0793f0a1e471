using System.Collections.Generic;
using System.Linq;
using MPCache.Bench.Decoding.Models;
using MPCache.Contract;
using MPCache.Execution;
using MPCache.Models.Policies;

namespace MPCache.Bench.Decoding.Running;

/// <summary>A prompt that is read into an empty cache.</summary>
/// <param name="Shape">The model.</param>
/// <param name="Tokens">Its tokens.</param>
/// <param name="Chunk">The most that one call reads.</param>
internal sealed record PromptCase(ModelShape Shape, int Tokens, int Chunk)
{
    /// <summary>The calls in order, with the rows that each reads.</summary>
    /// <exception cref="MPCacheException">The prompt is longer than the programs take.</exception>
    public IReadOnlyList<(CompiledProgram Program, int Rows, IReadOnlyDictionary<string, long> Sizes)> Calls =>
    [
        .. CachePolicy.Read("full").Schedule(Shape.Config, new GenerationLengths(Tokens, 1, Chunk)).Select(call =>
        {
            CompiledProgram program = Shape.Prefill(call.GivesToken);
            Dictionary<string, long> sizes = new(call.Sizes) { ["position"] = call.Sizes["tokens"] };
            return (program, call.Reads, StepDimensions.Of(Shape, program, sizes));
        }),
    ];

    /// <summary>What the plans say together.</summary>
    public PlanTotals Planned => Calls.Aggregate(
        default(PlanTotals), (sum, call) => sum + call.Program.Interface.Plan.Evaluate(name => call.Sizes[name]));
}
