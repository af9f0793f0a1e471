using MPCache.Bench.Running;

namespace MPCache.Bench.Compiler.Running;

/// <summary>How long a stage of the generator's runs took.</summary>
/// <param name="Name">The stage.</param>
/// <param name="Seconds">Seconds a run.</param>
internal sealed record StageTime(string Name, Timing Seconds);
