using System;

namespace MPCache;

/// <summary>
/// Marks a class of tensors that lives between calls and grows: a key-value cache. Entry points take it as a parameter and assign its
/// properties, as in <c>cache.Keys = cache.Keys.Append(rows)</c>. Several entry points share one state, so the
/// <see cref="ShapeAttribute">shape</see> and <see cref="RangeAttribute">range</see> of each property are declared, never inferred.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class StateAttribute : Attribute;
