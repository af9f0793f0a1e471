using System.Collections.Generic;
using MPCache.Generator.Ir;

namespace MPCache.Generator.FrontEnd;

/// <summary>An operation that a method of the language stands for, and the attributes it always has.</summary>
internal sealed record Intrinsic(string Kind, Attributes Attributes);

/// <summary>
/// The table of the language's methods. Arguments become operands in the order of the parameters, the receiver first, but for those that
/// shape the operation and must be constants: <c>axis</c>, <c>axes</c>, <c>low</c>, <c>high</c>, <c>to</c> and <c>fractionBits</c> become
/// attributes of the same name.
/// </summary>
internal static class Intrinsics
{
    private static readonly Dictionary<string, Intrinsic> Table = new()
    {
        ["Functions.MatMul"] = Of("matmul"),
        ["Functions.Linear"] = Of("linear"),
        ["Functions.Concat"] = Of("concat"),
        ["Functions.Embedding"] = Of("embedding"),
        ["Functions.Less"] = Of("less"),
        ["Functions.Select"] = Of("select"),
        ["Functions.ArgMax"] = Of("argmax", ("axis", -1)),
        ["Functions.RSqrt"] = Of("rsqrt"),
        ["Functions.Reciprocal"] = Of("reciprocal"),
        ["Functions.Exp"] = Of("exp"),
        ["Functions.Silu"] = Of("silu"),
        ["Functions.Gelu"] = Of("gelu"),
        ["Functions.Relu"] = Of("relu"),
        ["Functions.Maximum"] = Of("maximum"),
        ["Functions.Minimum"] = Of("minimum"),
        ["Functions.Softmax"] = Of("softmax"),
        ["Functions.TopK"] = Of("topk"),
        ["Functions.Shuffle"] = Of("shuffle"),
        ["Functions.Gather"] = Of("gather"),
        ["Functions.Scatter"] = Of("scatter"),
        ["Selection.InOrder"] = Of("inorder"),
        ["Functions.CausalMask"] = Of("causal"),
        ["Functions.InverseSqrt"] = Of("real.inversesqrt"),
        ["Functions.RotaryEmbedding"] = Of("rotary"),
        ["RangeAssertion.Within"] = Of("within"),
        ["Mapping.Map"] = Of("map"),
        ["Tensor.Rounded"] = Of("rounded"),
        ["Tensor.Zeros"] = Of("zeros"),
        ["Tensor.Scalar"] = Of("scalar"),
        ["Tensor.Stack"] = Of("stack"),
        ["Tensor.Size"] = Of("int.size"),
        ["Tensor.Reveal"] = Of("reveal"),
        ["Tensor.Transpose"] = Of("transpose"),
        ["Tensor.Permute"] = Of("permute"),
        ["Tensor.Reshape"] = Of("reshape"),
        ["Tensor.Slice"] = Of("slice"),
        ["Tensor.Append"] = Of("append"),
        ["Tensor.Sum"] = Of("sum"),
        ["Tensor.Mean"] = Of("mean"),
        ["Tensor.Max"] = Of("max"),
        ["Tensor.Min"] = Of("min"),
    };

    /// <summary>The names in the table, <c>Class.Method</c> within namespace MPCache.</summary>
    public static IEnumerable<string> Names => Table.Keys;

    /// <summary>The operation of a method of a class of the language, or null where it has none.</summary>
    public static Intrinsic? Find(string type, string method) =>
        Table.TryGetValue(type + "." + method, out Intrinsic? found) ? found : null;

    private static Intrinsic Of(string kind, params (string Name, Attr Value)[] attributes) => new(kind, Attributes.Of(attributes));
}
