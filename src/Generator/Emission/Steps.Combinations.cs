using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MPCache.Contract;
using MPCache.Generator.Fusion;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Emission;

/// <content>Chains of local operations, as one pass over memory each.</content>
internal sealed partial class Steps
{
    private void Combine(Op op, ImmutableArray<Part> parts)
    {
        if (parts.Length == 1)
        {
            Combine($"var {Name(op.Result.Id)} = Execution::Local.Combine<TRole>(run", parts[0].Combination, parts[0].Strides, "");
            return;
        }

        string like = Name(parts[0].Combination.Summands[0].Value);
        writer.Line($"var {Name(op.Result.Id)} = Execution::Local.Room(run, {Count(op)}, {like});");
        foreach (Part part in parts)
        {
            Combine("Execution::Local.CombineInto<TRole>(run", part.Combination, part.Strides, $", {Name(op.Result.Id)}, {Names.Int(part.Start)}");
        }
    }

    private void Combine(string call, Combination combination, ImmutableArray<Expr> target, string place)
    {
        (Combination joined, ImmutableArray<Expr> strides) = combination.Join(target);
        string where = place.Length == 0 ? "" : $"{place}, {List(strides)}";
        string plus = joined.Plus is null ? "" : $", {joined.Plus}";
        string head = $"{call}{where}, {joined.Ring ?? 64}, {List(joined.Sizes)}, ";
        if (joined.Summands.Length == 1)
        {
            writer.Line($"{head}[{Text(joined.Summands[0])}]{plus});");
            return;
        }

        writer.Line(head + "[");
        for (int i = 0; i < joined.Summands.Length; i++)
        {
            bool last = i == joined.Summands.Length - 1;
            writer.Line($"    {Text(joined.Summands[i])}{(last ? $"]{plus});" : ",")}");
        }
    }

    private string Text(Summand summand) =>
        $"new({Name(summand.Value)}, {summand.Factor}, {Names.Int(summand.Start)}, {List(summand.Strides)}{(summand.ToShares ? ", toShares: true" : "")})";

    private static string List(IEnumerable<Expr> numbers) => $"[{string.Join(", ", numbers.Select(Names.Int))}]";
}
