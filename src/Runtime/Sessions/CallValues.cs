using System;
using System.Globalization;
using MPCache.Execution;

namespace MPCache.Sessions;

/// <summary>Tensors to the raw ring elements of a call's inputs, and its outputs back to tensors.</summary>
internal static class CallValues
{
    /// <summary>Checks and encodes the inputs that a role owns.</summary>
    /// <param name="binding">The call.</param>
    /// <param name="request">Its arguments.</param>
    /// <param name="self">The party; null in the clear, which owns all.</param>
    /// <returns>Raw elements at the owner, null elsewhere.</returns>
    /// <exception cref="MPCacheException">A value is missing or outside of its range.</exception>
    public static ulong[]?[] Encode(CallBinding binding, CallRequest request, Party? self)
    {
        ulong[]?[] raw = new ulong[]?[request.Inputs.Count];
        for (int i = 0; i < raw.Length; i++)
        {
            ProgramInput declared = binding.Interface.Inputs[i];
            string name = $"{binding.Interface.Name}: {declared.Name}";
            bool own = self is null || self == declared.Owner;
            Tensor? value = request.Inputs[i].Value;
            if (own != (value is not null))
            {
                string owner = declared.Owner == Party.Server ? "server" : "client";
                throw own
                    ? new MPCacheException($"{name} is given by its shape alone where its values are known", "Pass Input.Of(values)")
                    : new MPCacheException($"{name} belongs to the {owner}, not to this party", "Pass Input.Of(shape)");
            }

            raw[i] = value is null ? null
                : declared.Classes is null ? EncodeNumbers(declared, value, name)
                : EncodeClasses(declared, value, binding.Size(declared.Classes), name);
        }

        return raw;
    }

    /// <summary>Decodes the outputs that a role learned.</summary>
    /// <exception cref="InvalidOperationException">The program did not deliver what its interface promises.</exception>
    public static Revealed[] Decode(CallBinding binding, ulong[]?[] outputs, Party? self)
    {
        Revealed[] revealed = new Revealed[outputs.Length];
        for (int i = 0; i < outputs.Length; i++)
        {
            ProgramOutput declared = binding.Interface.Outputs[i];
            string name = outputs.Length == 1
                ? $"the output of {binding.Interface.Name}"
                : string.Create(CultureInfo.InvariantCulture, $"output {i} of {binding.Interface.Name}");
            bool known = self is null || self == declared.To;
            int[] shape = binding.Sizes(declared.Shape);
            if (known != (outputs[i] is not null) || (known && outputs[i]!.Length != Shapes.Product(shape)))
            {
                throw new InvalidOperationException($"The program delivers {name} differently than its interface says.");
            }

            revealed[i] = new Revealed(name, declared.To, known ? DecodeNumbers(declared, outputs[i]!, shape) : null);
        }

        return revealed;
    }

    private static ulong[] EncodeNumbers(ProgramInput declared, Tensor value, string name)
    {
        ReadOnlySpan<float> numbers = value.Values;
        for (int i = 0; i < numbers.Length; i++)
        {
            if (!(numbers[i] >= declared.Low && numbers[i] <= declared.High))
            {
                throw new MPCacheException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{name} is {numbers[i]} at {Shapes.IndexText(i, value.Shape)}, outside of [{declared.Low}, {declared.High}]"),
                    "Give values of the declared range, or declare a wider one");
            }
        }

        ulong[] raw = new ulong[numbers.Length];
        FixedPoint.Encode.ToRaw(numbers, declared.Scale, declared.Ring, name, raw);
        return raw;
    }

    /// <summary>Class numbers as one-hot rows.</summary>
    private static ulong[] EncodeClasses(ProgramInput declared, Tensor value, int classes, string name)
    {
        ReadOnlySpan<float> numbers = value.Values;
        ulong[] raw = new ulong[checked(numbers.Length * classes)];
        for (int i = 0; i < numbers.Length; i++)
        {
            if (!(numbers[i] >= 0 && numbers[i] < classes) || numbers[i] != MathF.Truncate(numbers[i]))
            {
                throw new MPCacheException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{name} is {numbers[i]} at {Shapes.IndexText(i, value.Shape)}, not a whole number from 0 to {classes - 1}"),
                    "Give the numbers of classes");
            }

            raw[(i * classes) + (int)numbers[i]] = 1UL << declared.Scale;
        }

        return raw;
    }

    private static Tensor DecodeNumbers(ProgramOutput declared, ulong[] raw, int[] shape)
    {
        float[] numbers = new float[raw.Length];
        FixedPoint.Encode.ToSingle(raw, declared.Ring, declared.Scale, numbers);
        return Tensor.From(numbers, shape);
    }
}
