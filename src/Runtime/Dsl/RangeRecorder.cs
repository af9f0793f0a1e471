using System;
using System.Collections.Generic;
using System.Numerics.Tensors;
using System.Threading;

namespace MPCache;

/// <summary>
/// A scope that records what the <see cref="RangeAssertion.Within"/> assertions of plain runs see, and what plain executions of programs
/// share and keep of what has a <see cref="RangeAttribute">range</see>: calibration. It follows the flow of control, into tasks as well,
/// and other flows do not see it; of nested scopes only the innermost records. Where there is none it costs nothing.
/// </summary>
/// <example>
/// <code>
/// using RangeRecorder recorder = RangeRecorder.Start(recordOnly: true);
/// Llama.Forward(weights, tokens);
/// foreach (RangeObservation seen in recorder.Observations) { Console.WriteLine(seen); }
/// </code>
/// </example>
public sealed class RangeRecorder : IDisposable
{
    private static readonly AsyncLocal<RangeRecorder?> Ambient = new();

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Expression, double Low, double High), int> _places = [];
    private readonly List<RangeObservation> _observations = [];
    private readonly RangeRecorder? _outer;

    private RangeRecorder(bool recordOnly, RangeRecorder? outer)
    {
        RecordOnly = recordOnly;
        _outer = outer;
    }

    /// <summary>The recorder of the current scope, where there is one.</summary>
    public static RangeRecorder? Current => Ambient.Value;

    /// <summary>Whether violations are recorded without being thrown.</summary>
    public bool RecordOnly { get; }

    /// <summary>
    /// What was seen so far, in the order in which the assertions were first met. Assertions with the same text and the same bounds are one
    /// entry.
    /// </summary>
    public IReadOnlyList<RangeObservation> Observations
    {
        get
        {
            lock (_lock)
            {
                return _observations.ToArray();
            }
        }
    }

    /// <summary>Opens a scope; disposing the recorder closes it and brings back the one outside.</summary>
    /// <param name="recordOnly">Record violations without throwing them.</param>
    /// <returns>The recorder.</returns>
    public static RangeRecorder Start(bool recordOnly = false)
    {
        RangeRecorder recorder = new(recordOnly, Ambient.Value);
        Ambient.Value = recorder;
        return recorder;
    }

    /// <summary>Closes the scope. What was recorded stays readable.</summary>
    public void Dispose()
    {
        if (Ambient.Value == this)
        {
            Ambient.Value = _outer;
        }
    }

    internal void Record(string expression, double low, double high, ReadOnlySpan<float> values)
    {
        if (values.IsEmpty)
        {
            return;
        }

        // Both keep a NaN, so that one shows up as a violation.
        float minimum = TensorPrimitives.Min(values);
        float maximum = TensorPrimitives.Max(values);

        lock (_lock)
        {
            if (_places.TryGetValue((expression, low, high), out int place))
            {
                RangeObservation seen = _observations[place];
                _observations[place] = seen with
                {
                    Minimum = MathF.Min(seen.Minimum, minimum),
                    Maximum = MathF.Max(seen.Maximum, maximum),
                };
            }
            else
            {
                _places.Add((expression, low, high), _observations.Count);
                _observations.Add(new RangeObservation(expression, low, high, minimum, maximum));
            }
        }
    }
}
