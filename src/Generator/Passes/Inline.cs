using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Passes;

/// <summary>
/// Replaces calls of protocols by their bodies. Sites of the callee join the function's table, so that every operation still cites
/// the author's own expression. What a callee's parameter declares (shape, range) becomes an <c>expect</c> operation on the argument.
/// </summary>
internal sealed class Inline
{
    private readonly IReadOnlyDictionary<string, string> protocols;
    private readonly Dictionary<string, Function> parsed = [];
    private readonly List<Site> sites;
    private int nextId;
    private int scopes;

    private Inline(IReadOnlyDictionary<string, string> protocols, Function entry)
    {
        this.protocols = protocols;
        sites = entry.Sites.ToList();
        nextId = entry.NextId;
    }

    public static Function Apply(Function entry, IReadOnlyDictionary<string, string> protocols)
    {
        Inline pass = new(protocols, entry);
        Dictionary<int, int> map = [];
        foreach (Parameter parameter in entry.Parameters)
        {
            map[parameter.Value.Id] = parameter.Value.Id;
        }

        Block body = pass.Copy(entry.Body, map, 0, keepIds: true);
        return entry with { Body = body, Sites = pass.sites.ToImmutableArray() };
    }

    private Block Copy(Block block, Dictionary<int, int> map, int siteOffset, bool keepIds)
    {
        ImmutableArray<Value> parameters = block.Parameters.Select(p => Define(p, map, keepIds)).ToImmutableArray();
        ImmutableArray<Op>.Builder ops = ImmutableArray.CreateBuilder<Op>();
        foreach (Op op in block.Ops)
        {
            ImmutableArray<int> operands = op.Operands.Select(o => map[o]).ToImmutableArray();
            int site = op.Site < 0 ? -1 : op.Site + siteOffset;
            if (op.Kind == "call")
            {
                Call(op, operands, site, map, ops);
                continue;
            }

            Op copy = op.WithBlocks(b => Copy(b, map, siteOffset, keepIds));
            ops.Add(copy with
            {
                Results = op.Results.Select(r => Define(r, map, keepIds)).ToImmutableArray(),
                Operands = operands,
                Site = site,
            });
        }

        return new Block(parameters, ops.ToImmutable(), block.Yields.Select(y => map[y]).ToImmutableArray());
    }

    private void Call(Op call, ImmutableArray<int> arguments, int site, Dictionary<int, int> map, ImmutableArray<Op>.Builder ops)
    {
        string target = call.Attributes.Text("target");
        if (!parsed.TryGetValue(target, out Function? callee))
        {
            if (!protocols.TryGetValue(target, out string? text))
            {
                throw new CompileError("MPC1018", $"the protocol '{target}' has no body here", site);
            }

            callee = parsed[target] = Parser.Parse(text);
        }

        int offset = sites.Count;
        sites.AddRange(callee.Sites);
        Dictionary<int, int> inner = [];
        int scope = scopes++;
        for (int i = 0; i < callee.Parameters.Length; i++)
        {
            Parameter parameter = callee.Parameters[i];
            inner[parameter.Value.Id] = arguments[i];
            if (parameter.Value.Type is UnknownType && (parameter.Attributes.Has("shape") || parameter.Attributes.Has("low")))
            {
                Value expected = new(nextId++, IrType.Unknown);
                ops.Add(new Op("expect", [expected], [arguments[i]],
                    parameter.Attributes.Without("kind").With("name", parameter.Name).With("scope", (long)scope), site));
                inner[parameter.Value.Id] = expected.Id;
            }
        }

        Block body = Copy(callee.Body, inner, offset, keepIds: false);
        ops.AddRange(body.Ops);
        for (int i = 0; i < call.Results.Length; i++)
        {
            map[call.Results[i].Id] = body.Yields[i];
        }
    }

    private Value Define(Value value, Dictionary<int, int> map, bool keepIds)
    {
        Value defined = keepIds ? value : value with { Id = nextId++ };
        map[value.Id] = defined.Id;
        return defined;
    }
}
