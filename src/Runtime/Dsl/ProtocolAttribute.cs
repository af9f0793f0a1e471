using System;

namespace MPCache;

/// <summary>
/// Marks a static method over <see cref="Tensor"/> that compiled programs may call: a layer, an attention policy, a cache update. It is
/// inlined into the <see cref="EntryPointAttribute">entry point</see> that calls it, with that entry point's precision, also from another
/// file or another assembly.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ProtocolAttribute : Attribute;
