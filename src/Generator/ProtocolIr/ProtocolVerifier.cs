using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Generator.Ir;

namespace MPCache.Generator.ProtocolIr;

/// <summary>
/// Holds a lowered function against the rules of what may be opened: shares are opened under a fresh mask each, in their own slot; gates
/// read masked values only; nothing leaves but through a reveal of a masked value; masks are never shared by two openings.
/// </summary>
internal sealed class ProtocolVerifier
{
    /// <summary>The forms an operation reads and makes. Local operations keep the form of what they read.</summary>
    private static readonly Dictionary<string, (Form[] Reads, Form Makes)> Signatures = new(StringComparer.Ordinal)
    {
        ["input"] = ([], Form.Masked),
        ["open"] = ([Form.Additive], Form.Masked),
        ["openbits"] = ([Form.XorBit], Form.MaskedBit),
        ["reveal"] = ([Form.Masked], Form.Revealed),
        ["product.multiply"] = ([Form.Masked, Form.Masked], Form.Additive),
        ["product.matmul"] = ([Form.Masked, Form.Masked], Form.Additive),
        ["serverlinear.linear"] = ([Form.Masked], Form.Additive),
        ["serverlinear.scale"] = ([Form.Masked], Form.Additive),
        ["serverlinear.lookup"] = ([Form.Masked], Form.Additive),
        ["truncate.reduce"] = ([Form.Masked], Form.Masked),
        ["extend.start"] = ([Form.Masked], Form.Additive),
        ["compare.digits"] = ([Form.Masked], Form.XorBit),
        ["compare.combine"] = ([Form.MaskedBit], Form.XorBit),
        ["select.choose"] = ([Form.MaskedBit, Form.Masked], Form.Additive),
        ["bittoring.combine"] = ([Form.MaskedBit], Form.Additive),
        ["exponential.lookup"] = ([Form.Masked], Form.Additive),
        ["exponential.scale"] = ([Form.Additive, Form.Masked, Form.Masked], Form.Additive),
        ["piecewise.lookup"] = ([Form.Masked], Form.Additive),
        ["piecewise.combine"] = ([Form.Additive, Form.Masked, Form.Masked], Form.Additive),
        ["state.read"] = ([], Form.Masked),
        ["state.append"] = ([Form.Masked], Form.Masked),
        ["local.additive"] = ([Form.Masked], Form.Additive),
        ["local.public"] = ([Form.Public], Form.Masked),
        ["local.where"] = ([Form.Masked, Form.Public], Form.Masked),
        ["local.causal"] = ([], Form.Public),
        ["local.iota"] = ([], Form.Public),
        ["local.constant"] = ([], Form.Public),
    };

    private readonly Dictionary<int, Value> defined = [];
    private readonly HashSet<int> slots = [];
    private readonly Dictionary<int, int> lows = [];

    /// <exception cref="InvalidOperationException">The function breaks a rule; the message names operation and rule.</exception>
    public static void Verify(Function function)
    {
        ProtocolVerifier verifier = new();
        verifier.Walk(function.Body);
        foreach (int yield in function.Body.Yields)
        {
            Require(verifier.defined[yield].Tensor.Form == Form.Revealed, "yield", $"%{yield} leaves the program without a reveal");
        }
    }

    private static void Require(bool condition, string kind, string rule)
    {
        if (!condition)
        {
            throw new InvalidOperationException($"{kind}: {rule}");
        }
    }

    private void Walk(Block block)
    {
        foreach (Value parameter in block.Parameters)
        {
            defined[parameter.Id] = parameter;
        }

        foreach (Op op in block.Ops)
        {
            Form[] operands = op.Operands.Select(o => defined.TryGetValue(o, out Value? value)
                ? value.Tensor.Form
                : throw new InvalidOperationException($"{op.Kind}: %{o} is used before it is defined")).ToArray();
            if (op.Body is not null)
            {
                Walk(op.Body);
            }
            else if (op.Kind != "check")
            {
                Verify(op, operands);
            }

            foreach (Value result in op.Results)
            {
                Require(!defined.ContainsKey(result.Id), op.Kind, $"{result} is defined twice");
                defined[result.Id] = result;
            }
        }
    }

    private void Verify(Op op, Form[] operands)
    {
        Form made = op.Result.Tensor.Form;
        if (Signatures.TryGetValue(op.Kind, out (Form[] Reads, Form Makes) signature))
        {
            Require(operands.SequenceEqual(signature.Reads), op.Kind,
                $"reads ({string.Join(", ", signature.Reads)}), not ({string.Join(", ", operands)})");
            Require(made == signature.Makes, op.Kind, $"makes {signature.Makes}, not {made}");
        }
        else
        {
            Require(op.Kind.StartsWith("local.", StringComparison.Ordinal), op.Kind, "is no operation of protocols");
            Require(operands.All(f => f == made) && made is Form.Masked or Form.Additive or Form.Public, op.Kind,
                $"a linear map keeps the form, it does not make {made} of ({string.Join(", ", operands)})");
        }

        if (made == Form.Additive && op.Attributes.Has("low"))
        {
            lows[op.Result.Id] = op.Attributes.Int("low");
        }

        if (op.Attributes.Has("slot"))
        {
            Require(slots.Add(op.Attributes.Int("slot")), op.Kind,
                $"slot {op.Attributes.Int("slot")} is used twice: a mask opens one value");
            Require(op.Attributes.Int("slot") is > 0 and <= ushort.MaxValue, op.Kind, "slots fit 16 bits");
        }

        Require(op.Kind is not ("open" or "openbits" or "input") || op.Attributes.Has("slot"), op.Kind, "has no mask of its own");
        if (op.Kind == "open")
        {
            Require(Low(op.Operands[0]) == op.Attributes.Int("truncate"), op.Kind, "the truncated bits of the mask are in no correction");
        }
    }

    /// <summary>The low mask bits that the gate behind a share has dealt.</summary>
    private int Low(int share) => lows.TryGetValue(share, out int low) ? low : 0;
}
