using System;
using System.Collections.Generic;
using System.Linq;

namespace MPCache.Execution;

/// <summary>Receives the values of the author's expressions in a plain execution.</summary>
/// <param name="site">The expression's number in the program's site table.</param>
/// <param name="outer">The outer loop's iteration, 0 outside of loops.</param>
/// <param name="inner">The inner loop's iteration.</param>
/// <param name="value">The value, in the shape that the author sees.</param>
public delegate void PlainObserver(int site, long outer, long inner, Tensor value);

/// <summary>The arguments of one plain execution of a compiled program, and its results: everything is known, nothing is shared.</summary>
public sealed class PlainFrame
{
    /// <summary>The dimensions, in the interface's order.</summary>
    public required long[] Dimensions { get; init; }

    /// <summary>The inputs, in the interface's order.</summary>
    public required Tensor[] Inputs { get; init; }

    /// <summary>The public real numbers, in the interface's order.</summary>
    public required double[] Reals { get; init; }

    /// <summary>The weights, in the interface's order.</summary>
    public required PlainResident[] Residents { get; init; }

    /// <summary>The states, in the interface's order; the execution extends them.</summary>
    public required PlainState[] States { get; init; }

    /// <summary>The outputs, in the interface's order, whoever learns them.</summary>
    public required Tensor[] Outputs { get; init; }

    /// <summary>Who sees the value of every expression; null for nobody.</summary>
    public PlainObserver? Observer { get; init; }

    /// <summary>Tells the observer a value.</summary>
    /// <param name="site">The expression's number in the program's site table.</param>
    /// <param name="outer">The outer loop's iteration, 0 outside of loops.</param>
    /// <param name="inner">The inner loop's iteration.</param>
    /// <param name="value">The value.</param>
    public void Observe(int site, long outer, long inner, Tensor value) => Observer?.Invoke(site, outer, inner, value);
}

/// <summary>The author's record of weights, its tensors by name.</summary>
/// <param name="schema">The class.</param>
/// <param name="record">The record.</param>
public sealed class PlainResident(ResidentSchema schema, object record)
{
    /// <summary>The tensor of a property.</summary>
    /// <exception cref="ArgumentException">There is no such property.</exception>
    public Tensor this[string field] => (schema.Fields.FirstOrDefault(f => f.Name == field)
        ?? throw new ArgumentException($"{schema.Name} has no '{field}'", nameof(field))).Value(record);
}

/// <summary>One tensor of a state in plain numbers, which grows by rows or is replaced.</summary>
/// <param name="empty">The tensor without rows, [0, …].</param>
public sealed class PlainStateTensor(Tensor empty)
{
    /// <summary>The tensor with all rows so far.</summary>
    public Tensor Value { get; private set; } = empty;

    /// <summary>Whether the tensor says which rows a selection chose.</summary>
    internal bool HoldsSelection { get; private set; }

    /// <summary>Appends rows.</summary>
    /// <returns>The tensor with all rows so far.</returns>
    public Tensor Append(Tensor rows) => Value = Value.Append(rows);

    /// <summary>The selection that the tensor keeps: each row's slot, from 1, or 0.</summary>
    /// <param name="count">How many rows it chooses.</param>
    public Selection Chosen(int count) => Selection.FromSlots(Value, count);

    /// <summary>Keeps a selection in the place of what was kept.</summary>
    /// <returns>Each row's slot, from 1, or 0.</returns>
    public Tensor Keep(Selection selection)
    {
        ArgumentNullException.ThrowIfNull(selection);
        HoldsSelection = true;
        return Value = selection.ToSlots();
    }

    /// <summary>Replaces all rows.</summary>
    /// <returns>The tensor as it is now.</returns>
    public Tensor Assign(Tensor rows) => Value = rows;

    /// <summary>Another one that begins with what this one has.</summary>
    internal PlainStateTensor Copy() => new(Value) { HoldsSelection = HoldsSelection };
}

/// <summary>A state in plain numbers.</summary>
public sealed class PlainState
{
    private Dictionary<string, PlainStateTensor[]> fields;

    /// <summary>An empty state.</summary>
    /// <param name="fields">For each field its name, how many tensors it has, and the sizes of one row.</param>
    public PlainState(IEnumerable<(string Name, int Tensors, IReadOnlyList<int> Row)> fields)
    {
        this.fields = fields.ToDictionary(
            f => f.Name,
            f => Enumerable.Range(0, f.Tensors).Select(_ => new PlainStateTensor(Tensor.Zeros([0, .. f.Row]))).ToArray());
    }

    /// <summary>Rows held, the same in every tensor between calls.</summary>
    public int Rows => fields.Values.First()[0].Value.Size(0);

    /// <summary>The tensors of a property: one, or as many as its array has.</summary>
    /// <exception cref="ArgumentException">There is no such property.</exception>
    public IReadOnlyList<PlainStateTensor> this[string field] => fields.TryGetValue(field, out PlainStateTensor[]? tensors)
        ? tensors
        : throw new ArgumentException($"this state has no '{field}'", nameof(field));

    /// <summary>Takes over what another state of the same class holds; tensors are shared, because they do not change.</summary>
    internal void Become(PlainState other) =>
        fields = other.fields.ToDictionary(f => f.Key, f => f.Value.Select(t => t.Copy()).ToArray());

    /// <summary>A state that holds the same.</summary>
    internal PlainState Copy()
    {
        PlainState copy = new([]);
        copy.Become(this);
        return copy;
    }
}
