using System.Collections.Generic;
using System.Linq;
using MPCache.Bench.Decoding.Models;
using MPCache.Execution;
using MPCache.Models.Generation;

namespace MPCache.Bench.Decoding.Running;

/// <summary>The public numbers of a call.</summary>
internal static class StepDimensions
{
    /// <summary>The dimensions that a program names, the call's before the model's.</summary>
    /// <param name="shape">The model.</param>
    /// <param name="program">The program.</param>
    /// <param name="call">Of the call.</param>
    /// <exception cref="MPCacheException">One is larger than the program takes.</exception>
    public static IReadOnlyDictionary<string, long> Of(
        ModelShape shape, CompiledProgram program, IReadOnlyDictionary<string, long> call)
    {
        Dictionary<string, long> all = new(LlamaPrograms.ModelDimensions(shape.Config))
        {
            ["context"] = shape.Config.ContextLength,
            ["rows"] = 1,
            ["answers"] = 0,
        };
        foreach ((string name, long size) in call)
        {
            all[name] = size;
        }

        foreach ((string name, long max) in program.Interface.Dimensions)
        {
            if (all[name] > max)
            {
                throw new MPCacheException(
                    $"{name} is {all[name]}, {program.Interface.Name} takes at most {max}", "Give fewer tokens");
            }
        }

        return program.Interface.Dimensions.ToDictionary(d => d.Name, d => all[d.Name]);
    }

    /// <summary>The public real numbers that a program names.</summary>
    /// <param name="shape">The model.</param>
    /// <param name="program">The program.</param>
    /// <param name="call">Of the call.</param>
    public static IReadOnlyDictionary<string, double> Reals(
        ModelShape shape, CompiledProgram program, IReadOnlyDictionary<string, double> call) =>
        program.Interface.Reals.ToDictionary(r => r.Name, r => r.Name == "theta" ? shape.Config.RopeTheta : call[r.Name]);
}
