using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Lowering;

/// <summary>
/// Openings that can wait. Whoever shuffles needs a value at the party that moves first alone, and whoever scatters places shares: a value
/// that is only shuffled, gathered or scattered, perhaps in parts, is not opened to both parties first. It stays a share, or with the party
/// that holds it, until its user says what it needs; what else needs a part of it opens that part.
/// </summary>
internal sealed partial class Lower
{
    private static readonly HashSet<string> Consumers = new(StringComparer.Ordinal) { "shuffle", "gather", "scatter", "locate" };

    private static readonly HashSet<string> Parts = new(StringComparer.Ordinal) { "slice", "permute", "index", "broadcast" };

    private readonly HashSet<int> postponed = [];
    private readonly Dictionary<int, Withheld> withheld = [];

    /// <summary>What has not been opened to both.</summary>
    /// <param name="Value">A share, or a value that one party holds.</param>
    /// <param name="Type">What it will be when it is opened, before low bits are discarded.</param>
    /// <param name="Truncate">Low bits that the opening discards.</param>
    /// <param name="Gate">The gate's name in the plan.</param>
    private sealed record Withheld(Value Value, TensorType Type, int Truncate, string Gate);

    /// <summary>Finds the values of a block whose opening can wait: made by a gate here, and used by nothing but what can wait for it.</summary>
    private void Postpone(Block block)
    {
        HashSet<int> escaping =
        [
            .. block.Yields, .. block.Ops.Where(o => o.Body is not null).SelectMany(o => o.Operands.Concat(o.Blocks.SelectMany(Inner))),
        ];
        ILookup<int, Op> users = block.Ops.Where(o => o.Body is null).SelectMany(o => o.Operands.Distinct().Select(v => (v, o)))
            .ToLookup(p => p.v, p => p.o);
        foreach (Op op in block.Ops.Reverse().Where(o => o.Body is null && o.Results.Length == 1))
        {
            int id = op.Result.Id;
            bool waits = !escaping.Contains(id) && op.Result.Tensor.Form == Form.Masked && users[id].Any()
                && users[id].All(user => Waits(user, id));
            // Parts are worth it only if some part is consumed as it is; a truncation that is none of the opening's needs the value.
            bool made = Opens(op) || (Passes(op) && op.Operands.Length == 1) || (op.Kind == "concat"
                && users[id].All(u => Consumes(u, id) || postponed.Contains(u.Results.Length == 1 ? u.Result.Id : -1)));
            if (waits && made && Reaches(users, id))
            {
                postponed.Add(id);
            }
        }

        // A part of what is opened anyway is no part of a share.
        foreach (Op op in block.Ops.Where(o => o.Results.Length == 1 && Passes(o) && !postponed.Contains(o.Operands[0])))
        {
            postponed.Remove(op.Result.Id);
        }
    }

    private static IEnumerable<int> Inner(Block body) =>
        body.Ops.SelectMany(o => o.Operands.Concat(o.Blocks.SelectMany(Inner))).Concat(body.Yields);

    private bool Passes(Op op) => Parts.Contains(op.Kind) || op.Kind is "reshape" or "relabel" || aliases.Contains(op.Results[0].Id);

    private static bool Consumes(Op user, int value) => Consumers.Contains(user.Kind) && user.Operands[0] == value;

    /// <summary>Whether a user can take a value that is not open: by consuming it, or by passing on parts.</summary>
    private bool Waits(Op user, int value) =>
        Consumes(user, value) || Passes(user) || (user.Kind == "concat" && postponed.Contains(user.Result.Id));

    private bool Reaches(ILookup<int, Op> users, int id) => users[id].Any(u =>
        Consumes(u, id) || (u.Kind == "concat" && postponed.Contains(u.Result.Id)) || (Passes(u) && Reaches(users, u.Result.Id)));

    /// <summary>
    /// Whether a gate ends with an opening that can be taken back. Of products with the server's weights the client's half was sent before the
    /// call: while it runs the client has no share that it could pass on.
    /// </summary>
    private static bool Opens(Op op) => (Truncatable.Contains(op.Kind) && !op.Kind.StartsWith("weights.", StringComparison.Ordinal))
        || op.Kind is "extend" or "choose" or "bits.combine" or "gather" or "scatter";

    /// <summary>Takes back the opening, or the telling, with which a gate ends.</summary>
    private void Withhold(int id)
    {
        Value value = map[id];
        Op last = ops[ops.Count - 1];
        if (last.Results.Length != 1 || last.Result.Id != value.Id || last.Kind is not ("open" or "tell"))
        {
            return;
        }

        ops.RemoveAt(ops.Count - 1);
        map.Remove(id);
        Value source = ops.Last(o => o.Results.Any(r => r.Id == last.Operands[0])).Result;
        withheld[id] = last.Kind == "open"
            ? new Withheld(source, source.Tensor with { Form = Form.Masked }, last.Attributes.Int("truncate"), last.Attributes.Text("gate"))
            : new Withheld(source, value.Tensor, 0, "shuffle");
    }

    /// <summary>Passes on a part of what is not open.</summary>
    /// <returns>Whether that is all that there is to do.</returns>
    private bool Late(Op op)
    {
        if (op.Results[0].Tensor.Form != Form.Masked || op.Operands.Length == 0)
        {
            return false;
        }

        if (op.Kind == "concat" && postponed.Contains(op.Result.Id))
        {
            TensorType joined = op.Result.Tensor with { Form = Form.Additive };
            Value first = Share(op.Operands[0]);
            Value second = Share(op.Operands[1]);
            Value both = Emit("local.concat", [first.Id, second.Id],
                op.Attributes.With("shapeA", Shape(op, 0)).With("shapeB", Shape(op, 1)).With("ring", (long)joined.Number!.Ring), joined);
            withheld[op.Result.Id] = new Withheld(both, op.Result.Tensor, 0, "re-mask");
            return true;
        }

        // A part that nobody waits for is cut from the whole where that is open already.
        if (!Passes(op) || !withheld.TryGetValue(op.Operands[0], out Withheld? whole)
            || (map.ContainsKey(op.Operands[0]) && !postponed.Contains(op.Result.Id)))
        {
            return false;
        }

        Withheld part = whole with { Type = whole.Type with { Shape = op.Result.Tensor.Shape } };
        if (Parts.Contains(op.Kind))
        {
            TensorType type = whole.Value.Tensor with { Shape = op.Result.Tensor.Shape };
            string kind = op.Kind == "index" ? "slice" : op.Kind;
            Attributes attributes = op.Kind switch
            {
                "broadcast" => Attributes.Of(("from", Shape(op, 0)), ("to", new ListAttr(op.Result.Tensor.Shape))),
                "index" => Attributes.Of(("axis", 0L), ("start", op.Attributes.Expr("index")), ("length", 1L), ("shape", Shape(op, 0))),
                _ => op.Attributes.With("shape", Shape(op, 0)),
            };
            part = part with { Value = Emit("local." + kind, [whole.Value.Id], attributes.With("ring", (long)type.Number!.Ring), type) };
        }

        withheld[op.Result.Id] = part;
        if (!postponed.Contains(op.Result.Id))
        {
            Masked(op.Result.Id);
        }

        return true;
    }

    /// <summary>The value in masked form; opened here where it was not yet.</summary>
    private Value Masked(int id)
    {
        if (map.TryGetValue(id, out Value? value))
        {
            return value;
        }

        Withheld late = withheld[id];
        return map[id] = late.Value.Tensor.Form == Form.Additive
            ? Open(late.Value, late.Type, late.Truncate, late.Gate)
            : Tell(late.Value);
    }

    /// <summary>The value as a share of which no bits are left to discard.</summary>
    private Value Share(int id)
    {
        if (withheld.TryGetValue(id, out Withheld? late) && late is { Truncate: 0, Value.Tensor.Form: Form.Additive })
        {
            return late.Value;
        }

        return ToAdditive(Masked(id));
    }
}
