using System.Collections.Generic;
using System.Linq;
using MPCache.Contract;
using MPCache.Execution;
using MPCache.Randomness;

namespace MPCache.Sessions;

/// <summary>What is public of weights and states once their sizes are known.</summary>
internal static class SchemaBinding
{
    /// <summary>The ledger's entry for a record at its owner; its shapes are held against the declared ones.</summary>
    /// <exception cref="MPCacheException">A tensor is missing or has another shape than declared.</exception>
    public static ResidentEntry Describe(uint call, ResidentSchema schema, object record)
    {
        DimensionBinding dimensions = new(schema.Name);
        List<(string, long)> integers = [];
        foreach (IntegerField integer in schema.Integers)
        {
            int value = integer.Value(record);
            integers.Add((integer.Name, value));
            dimensions.Set(integer.Name, value, "its property");
        }

        List<LedgerTensor> tensors = [];
        foreach (ResidentField field in schema.Fields)
        {
            Tensor tensor = field.Value(record)
                ?? throw new MPCacheException($"{schema.Name}.{field.Name} is null", "Set every tensor of the record");
            dimensions.Unify(DimensionBinding.ParseShape(field.Shape), tensor.Shape, field.Name);
            tensors.Add(new LedgerTensor(field.Name, tensor.Shape.ToArray()));
        }

        dimensions.Solve();
        return new ResidentEntry(call, schema.Name, tensors, integers);
    }

    /// <summary>A record's tensors as their owner holds them.</summary>
    /// <exception cref="MPCacheException">A weight is outside of its declared range.</exception>
    public static ResidentStore Encode(ResidentSchema schema, object record) => new(
    [
        .. schema.Fields.Select(field =>
        {
            Tensor value = field.Value(record);
            return new ResidentTensor
            {
                Name = field.Name,
                Shape = value.Shape.ToArray(),
                Scale = WeightScale.FractionBits(field.Low, field.High),
                Weights = WeightEncoding.Encode(schema, field, value),
            };
        }),
    ]);

    /// <summary>The ledger's entry for an empty state.</summary>
    /// <exception cref="MPCacheException">A dimension is missing, or a field does not grow along the class's dimension.</exception>
    public static StateEntry Describe(uint call, StateSchema schema, IReadOnlyDictionary<string, long> sizes)
    {
        DimensionBinding dimensions = new(schema.Name);
        foreach ((string name, long value) in sizes)
        {
            dimensions.Set(name, value, "the arguments");
        }

        List<(string, int, IReadOnlyList<int>)> fields = [];
        foreach (StateField field in schema.Fields)
        {
            IReadOnlyList<Expr> shape = DimensionBinding.ParseShape(field.Shape);
            int leading = field.IsArray ? 1 : 0;
            if (shape.Count <= leading || shape[leading].AsSymbol != schema.Grows)
            {
                throw new MPCacheException(
                    $"{schema.Name}.{field.Name} has the shape [{field.Shape}], which does not grow along {schema.Grows}",
                    $"Declare {schema.Grows} as its {(field.IsArray ? "second" : "first")} axis");
            }

            long tensors = field.IsArray ? shape[0].Evaluate(dimensions.Value) : 1;
            int[] row = [.. shape.Skip(leading + 1).Select(e => checked((int)e.Evaluate(dimensions.Value)))];
            if (tensors is < 1 or > ushort.MaxValue || row.Any(s => s < 1))
            {
                throw new MPCacheException(
                    $"{schema.Name}.{field.Name} has {tensors} tensors with rows of {MPCache.Shapes.Text(row)}",
                    "Give every dimension at least the size 1");
            }

            fields.Add((field.Name, checked((int)tensors), row));
        }

        return new StateEntry(call, schema.Name, fields);
    }

    /// <summary>A store that knows shapes alone.</summary>
    public static ResidentStore Shapes(ResidentEntry entry) => new(
        [.. entry.Tensors.Select(t => new ResidentTensor { Name = t.Name, Shape = [.. t.Shape], Scale = 0 })]);

    /// <summary>An empty store for a state.</summary>
    public static StateStore Store(StateEntry entry) =>
        StateStore.Empty(entry.Fields.Select(f => (f.Name, f.Tensors, MPCache.Shapes.Product([.. f.Row]))));
}
