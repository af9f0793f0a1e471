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
        Define(op, $"Execution::Local.Room(run, {Count(op)}, {like})");
        foreach (Part part in parts)
        {
            Combine("Execution::Local.CombineInto<TRole>(run", part.Combination, part.Strides, $", {Name(op.Result.Id)}, {Int(part.Start)}");
        }
    }

    private void Combine(string call, Combination combination, ImmutableArray<Expr> target, string place)
    {
        (Combination joined, ImmutableArray<Expr> strides) = combination.Join(target);
        string where = place.Length == 0 ? "" : $"{place}, {List(strides)}";
        string plus = joined.Plus is null ? "" : $", {joined.Plus}";
        string head = $"{call}{where}, {joined.Ring ?? 64}, {List(joined.Sizes)}, ";
        string[] summands = [.. joined.Summands.Select(Text)];
        if (summands.Length == 1)
        {
            writer.Line($"{head}[{summands[0]}]{plus});");
            return;
        }

        writer.Line(head + "[");
        foreach (string summand in summands.Take(summands.Length - 1))
        {
            writer.Line($"    {summand},");
        }

        writer.Line($"    {summands.Last()}]{plus});");
    }

    private string Text(Summand summand) =>
        $"new({Name(summand.Value)}, {summand.Factor}, {Int(summand.Start)}, {List(summand.Strides)}{(summand.ToShares ? ", toShares: true" : "")})";

    private string List(IEnumerable<Expr> numbers) => $"[{string.Join(", ", numbers.Select(Int))}]";
}
