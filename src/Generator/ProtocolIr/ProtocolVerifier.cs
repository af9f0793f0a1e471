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
        ["serverlinear.add"] = ([Form.Additive], Form.Additive),
        ["truncate.reduce"] = ([Form.Masked], Form.Masked),
        ["extend.start"] = ([Form.Masked], Form.Additive),
        ["wide.multiply"] = ([Form.Additive, Form.Masked, Form.Masked], Form.Additive),
        ["wide.squares"] = ([Form.Additive, Form.Masked], Form.Additive),
        ["compare.digits"] = ([Form.Masked], Form.XorBit),
        ["compare.combine"] = ([Form.MaskedBit], Form.XorBit),
        ["select.choose"] = ([Form.MaskedBit, Form.Masked], Form.Additive),
        ["champion.choose"] = ([Form.MaskedBit, Form.Masked], Form.Additive),
        ["octaves.spread"] = ([Form.Masked], Form.Unshared),
        ["coarse.hashes"] = ([Form.Masked], Form.XorBit),
        ["coarse.digits"] = ([Form.MaskedBit], Form.XorBit),
        ["coarse.occupied"] = ([Form.MaskedBit], Form.XorBit),
        ["bittoring.count"] = ([Form.MaskedBit], Form.Additive),
        ["bittoring.combine"] = ([Form.MaskedBit], Form.Additive),
        ["exponential.lookup"] = ([Form.Masked], Form.Additive),
        ["exponential.scale"] = ([Form.Additive, Form.Masked, Form.Masked], Form.Additive),
        ["piecewise.lookup"] = ([Form.Masked], Form.Additive),
        ["piecewise.combine"] = ([Form.Additive, Form.Masked, Form.Masked], Form.Additive),
        ["state.read"] = ([], Form.Masked),
        ["state.append"] = ([Form.Masked], Form.Masked),
        ["state.assign"] = ([Form.Masked], Form.Masked),
        ["permutation"] = ([], Form.Permutation),
        ["state.order"] = ([], Form.Permutation),
        ["state.positions"] = ([Form.Permutation], Form.Positions),
        ["state.keep"] = ([Form.Permutation, Form.Positions], Form.Positions),
        ["everyrow"] = ([Form.Permutation], Form.Positions),
        ["locate"] = ([Form.HeldByClient, Form.Permutation], Form.Positions),
        ["order.pairs"] = ([Form.Masked], Form.Unshared),
        ["order.rank"] = ([Form.Comparisons], Form.Ranking),
        ["order.undecided"] = ([Form.Ranking], Form.Positions),
        ["order.refine"] = ([Form.Ranking, Form.Positions, Form.Comparisons], Form.Ranking),
        ["order.kept"] = ([Form.Ranking], Form.Positions),
        ["local.public"] = ([Form.Public], Form.Masked),
        ["local.where"] = ([Form.Masked, Form.Public], Form.Masked),
        ["local.causal"] = ([], Form.Public),
        ["local.iota"] = ([], Form.Public),
        ["local.constant"] = ([], Form.Public),
    };

    private static readonly HashSet<Form> Held = [Form.HeldByServer, Form.HeldByClient];

    /// <summary>What takes nothing from the dealer. Everything else, local operations aside, has a slot of its own.</summary>
    private static readonly HashSet<string> Maskless = new(StringComparer.Ordinal)
    {
        "reveal", "state.read", "state.append", "state.assign", "everyrow", "locate", "remask.gather", "remask.scatter", "order.rank",
        "order.undecided", "order.refine", "order.kept", "octaves.spread", "state.order", "state.positions", "state.keep", "serverlinear.add",
    };

    private readonly Dictionary<int, Value> defined = [];
    private readonly HashSet<int> ids = [];
    private readonly HashSet<int> slots = [];

    /// <exception cref="InvalidOperationException">The function breaks a rule; the message names operation and rule.</exception>
    public static void Verify(Function function)
    {
        ProtocolVerifier verifier = new();
        verifier.Walk(function.Body);
        foreach (int yield in function.Body.Yields)
        {
            Require(verifier.FormOf(yield, "yield") == Form.Revealed, "yield", $"%{yield} leaves the program without a reveal");
        }

        OrderRules.Verify(function);
        PreparedShares.Verify(function);
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
            Define(parameter, "parameter");
        }

        foreach (Op op in block.Ops)
        {
            Form[] operands = op.Operands.Select(o => FormOf(o, op.Kind)).ToArray();
            if (op.Kind == "if")
            {
                Branches(op);
            }
            else if (op.Body is not null)
            {
                Loop(op, operands);
            }
            else if (op.Kind != "check")
            {
                Verify(op, operands);
            }

            foreach (Value result in op.Results)
            {
                Define(result, op.Kind);
            }
        }
    }

    private Form FormOf(int id, string kind) => defined.TryGetValue(id, out Value? value)
        ? value.Tensor.Form
        : throw new InvalidOperationException($"{kind}: %{id} is used before it is defined");

    private void Define(Value value, string kind)
    {
        Require(ids.Add(value.Id), kind, $"{value} is defined twice");
        defined[value.Id] = value;
    }

    /// <summary>What a loop carries keeps its form, or a share would become a value on the way. What a step makes ends with it.</summary>
    private void Loop(Op op, Form[] operands)
    {
        Block body = op.Body!;
        Require(operands.Length == body.Parameters.Length && operands.Length == op.Results.Length && operands.Length == body.Yields.Length,
            op.Kind, "what goes in, around and out differs in number");
        Require(operands.All(f => f is Form.Masked or Form.Ranking), op.Kind,
            $"a loop carries masked values and standings, not ({string.Join(", ", operands)})");
        Form[] yields = Yields(body);
        Require(operands.SequenceEqual(body.Parameters.Select(p => p.Tensor.Form)) && operands.SequenceEqual(yields)
            && operands.SequenceEqual(op.Results.Select(r => r.Tensor.Form)), op.Kind, "what a loop carries changes its form");
    }

    /// <summary>Either branch leaves masked values, as many as there are results. What a branch makes else ends with it.</summary>
    private void Branches(Op op)
    {
        Require(op.Otherwise is not null && op.Operands.IsEmpty && op.Blocks.All(b => b.Parameters.IsEmpty), op.Kind,
            "a condition has two branches, and nothing goes in");
        foreach (Form[] yields in op.Blocks.Select(Yields))
        {
            Require(yields.Length == op.Results.Length, op.Kind, "what the branches leave differs in number");
            Require(yields.Concat(op.Results.Select(r => r.Tensor.Form)).All(f => f == Form.Masked), op.Kind,
                $"branches leave masked values, not ({string.Join(", ", yields)})");
        }
    }

    /// <summary>Verifies a block, and gives the forms of what leaves it; everything else in it ends with it.</summary>
    private Form[] Yields(Block block)
    {
        HashSet<int> outside = [.. defined.Keys];
        Walk(block);
        Form[] yields = block.Yields.Select(y => FormOf(y, "yield")).ToArray();
        foreach (int inside in defined.Keys.Where(id => !outside.Contains(id)).ToArray())
        {
            defined.Remove(inside);
        }

        return yields;
    }

    private void Verify(Op op, Form[] operands)
    {
        Form made = op.Result.Tensor.Form;
        if (Alternatives(op, operands) is Form alternative)
        {
            Require(made == alternative, op.Kind, $"makes {alternative}, not {made}");
        }
        else if (Signatures.TryGetValue(op.Kind, out (Form[] Reads, Form Makes) signature))
        {
            Require(operands.SequenceEqual(signature.Reads), op.Kind,
                $"reads ({string.Join(", ", signature.Reads)}), not ({string.Join(", ", operands)})");
            Require(made == signature.Makes, op.Kind, $"makes {signature.Makes}, not {made}");
        }
        else
        {
            Require(Linear(op) && op.Kind != "local.additive", op.Kind, $"does not read ({string.Join(", ", operands)}) in protocols");
            Require(operands.Length > 0 && operands.All(f => f == made) && (made is Form.Masked or Form.Additive or Form.Public
                    || (Held.Contains(made) && operands.Length == 1)), op.Kind,
                $"a linear map keeps the form, it does not make {made} of ({string.Join(", ", operands)})");
        }

        if (op.Attributes.Has("slot"))
        {
            Require(slots.Add(op.Attributes.Int("slot")), op.Kind,
                $"slot {op.Attributes.Int("slot")} is used twice: a mask opens one value");
            Require(op.Attributes.Int("slot") is > 0 and <= ushort.MaxValue, op.Kind, "slots fit 16 bits");
        }

        Require(op.Attributes.Has("slot") || Maskless.Contains(op.Kind) || Linear(op), op.Kind, "has no mask of its own");
    }

    /// <summary>
    /// Operations that read several forms, with the form that they make then: whoever moves first must hold what is shuffled; rows at
    /// positions that are known only while running become shares whatever they were; what is compared or looked up may have a mask of the
    /// dealer's alone.
    /// </summary>
    private static Form? Alternatives(Op op, Form[] operands)
    {
        bool fromServer = op.Kind is "opento" or "shuffle" or "tell" && op.Attributes.Text("from") == "server";
        Form first = operands.Length > 0 ? operands[0] : Form.None;
        Form second = operands.Length > 1 ? operands[1] : Form.None;
        Form? makes = (op.Kind, first, second) switch
        {
            ("opento", Form.Additive, Form.None) => fromServer ? Form.HeldByClient : Form.HeldByServer,
            ("shuffle", Form.Masked or Form.HeldByServer, Form.Permutation) when fromServer => Form.HeldByClient,
            ("shuffle", Form.Masked or Form.HeldByClient, Form.Permutation) when !fromServer => Form.HeldByServer,
            ("tell", Form.HeldByServer, Form.None) when fromServer => Form.Masked,
            ("tell", Form.HeldByClient, Form.None) when !fromServer => Form.Masked,
            ("remask.gather", Form.Masked or Form.HeldByClient, Form.Positions) => Form.Additive,
            ("remask.scatter", Form.Masked or Form.Additive, Form.Positions) => Form.Additive,
            ("local.additive", Form.Masked or Form.HeldByServer or Form.HeldByClient, Form.None) => Form.Additive,
            ("compare.digits", Form.Unshared, Form.None) => Form.XorBit,
            ("piecewise.lookup", Form.Unshared, Form.None) => Form.Additive,
            ("piecewise.combine", Form.Additive, Form.Masked) when operands.Length == 3 && operands[2] == Form.Unshared => Form.Additive,
            ("order.reveal", Form.XorBit, Form.None or Form.Positions) => Form.Comparisons,
            _ => null,
        };
        return operands.Length <= 2 || op.Kind == "piecewise.combine" ? makes : null;
    }

    private static bool Linear(Op op) => op.Kind.StartsWith("local.", StringComparison.Ordinal);
}
