using MPCache.Contract;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Emission;

/// <summary>An entry point, compiled for one network.</summary>
/// <param name="Profile">The network.</param>
/// <param name="Suffix">What its names have behind those of the entry point's first variant, which has nothing.</param>
/// <param name="Tensors">The tensor IR, of which the plain run is written.</param>
/// <param name="Program">What is public of it.</param>
/// <param name="Plan">Its plan.</param>
/// <param name="Fingerprint">SHA-256 of its protocol.</param>
internal sealed record Variant(Profile Profile, string Suffix, Function Tensors, Interface Program, Plan Plan, string Fingerprint);
