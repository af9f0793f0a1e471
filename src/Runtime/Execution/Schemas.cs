using System;
using System.Collections.Generic;

namespace MPCache.Execution;

/// <summary>A tensor of a resident record: weights that one party knows and shares once a session.</summary>
/// <param name="Name">The property's name.</param>
/// <param name="Shape">The declared shape's text.</param>
/// <param name="Low">Smallest value allowed.</param>
/// <param name="High">Largest value allowed.</param>
/// <param name="Value">Reads the property from a record.</param>
public sealed record ResidentField(string Name, string Shape, double Low, double High, Func<object, Tensor> Value);

/// <summary>A public integer of a resident record or a state class; it names a session dimension.</summary>
/// <param name="Name">The dimension's name, the property's in camel case.</param>
/// <param name="Value">Reads the property.</param>
public sealed record IntegerField(string Name, Func<object, int> Value);

/// <summary>What the generator knows of a <see cref="ResidentAttribute"/> class.</summary>
/// <param name="Name">The class's full name.</param>
/// <param name="Owner">Who knows the weights.</param>
/// <param name="Fields">Its tensors in declaration order.</param>
/// <param name="Integers">Its public integers.</param>
public sealed record ResidentSchema(string Name, Party Owner, IReadOnlyList<ResidentField> Fields, IReadOnlyList<IntegerField> Integers);

/// <summary>A tensor of a state class, or an array of them: what a session keeps between calls.</summary>
/// <param name="Name">The property's name.</param>
/// <param name="Shape">The declared shape's text; for an array of tensors the first dimension counts them.</param>
/// <param name="IsArray">Whether the property is an array of tensors.</param>
/// <param name="Low">Smallest value allowed.</param>
/// <param name="High">Largest value allowed.</param>
public sealed record StateField(string Name, string Shape, bool IsArray, double Low, double High);

/// <summary>What the generator knows of a <see cref="StateAttribute"/> class.</summary>
/// <param name="Name">The class's full name.</param>
/// <param name="Grows">The dimension along which it grows: the first of each tensor.</param>
/// <param name="FractionBits">The fields' scale.</param>
/// <param name="RingBits">The fields' ring.</param>
/// <param name="Fields">Its tensors in declaration order.</param>
public sealed record StateSchema(string Name, string Grows, int FractionBits, int RingBits, IReadOnlyList<StateField> Fields);
