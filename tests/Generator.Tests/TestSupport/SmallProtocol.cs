using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text;
using MPCache.Contract;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Tests.TestSupport;

/// <summary>
/// Protocols of which only the flow matters, one operation a line: <c>3 open 1 2</c> makes %3 of %1 and %2; <c>5 for 3 (4) {</c> carries %3
/// around as %4, and <c>} 7</c> ends a step with %7; <c>5 if {</c> leaves what its branches do, <c>} 6 else {</c> and <c>} 7</c>. All reads
/// and writes of states are of the same one, but <c>state.order</c>, which reads one that nothing writes.
/// </summary>
internal static class SmallProtocol
{
    private static readonly TensorType Type = new([Expr.One], Form.Masked, new Number(8, 0, 0, 1));

    public static Function Parse(string text)
    {
        Queue<string> lines = new(text.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0));
        return new Function("F", Attributes.None, [], Block(lines, []), []);
    }

    public static string Print(Function function)
    {
        StringBuilder text = new();
        Print(text, function.Body, 0);
        return text.ToString();
    }

    public static Op Op(string kind, int result, params int[] operands) => new(kind, [new Value(result, Type)], [.. operands], Kind(kind));

    public static Op For(int result, int carried, Block body) =>
        new("for", [new Value(result, Type)], [carried], Attributes.Of(("index", "i0"), ("low", 0L), ("high", 3L)), -1, body);

    public static Op If(int result, Block then, Block otherwise) => new(
        "if", [new Value(result, Type)], [], Attributes.Of(("condition", new ConditionAttr(ConditionParser.Parse("n > 3")))), -1, then, otherwise);

    public static Value Value(int id) => new(id, Type);

    private static Attributes Kind(string kind) => kind switch
    {
        "open" => Attributes.Of(("from", "both")),
        "input" => Attributes.Of(("owner", "Client")),
        "reveal" => Attributes.Of(("to", "Client")),
        "state.append" or "state.assign" or "state.keep" or "state.read" => Attributes.Of(("object", "cache"), ("field", "Rows")),
        "state.order" => Attributes.Of(("object", "cache"), ("field", "Chosen")),
        _ => Attributes.None,
    };

    private static Block Block(Queue<string> lines, ImmutableArray<Value> parameters)
    {
        ImmutableArray<Op>.Builder ops = ImmutableArray.CreateBuilder<Op>();
        while (lines.Count > 0)
        {
            string[] words = lines.Dequeue().Split(' ');
            if (words[0] == "}")
            {
                return new Block(parameters, ops.ToImmutable(), Ids(words.Skip(1).TakeWhile(w => w != "else")));
            }

            int result = Id(words[0]);
            ops.Add(words[1] == "if" ? If(result, Block(lines, []), Block(lines, []))
                : words[1] == "for" ? For(result, Id(words[2]), Block(lines, [Value(Id(words[3].Trim('(', ')')))]))
                : Op(words[1], result, [.. Ids(words.Skip(2))]));
        }

        return new Block(parameters, ops.ToImmutable(), []);
    }

    private static int Id(string word) => int.Parse(word, CultureInfo.InvariantCulture);

    private static ImmutableArray<int> Ids(IEnumerable<string> words) => [.. words.Select(Id)];

    private static void Print(StringBuilder text, Block block, int depth)
    {
        foreach (Op op in block.Ops)
        {
            string operands = string.Concat(op.Operands.Select(o => FormattableString.Invariant($" {o}")));
            text.Append(' ', 2 * depth).Append(CultureInfo.InvariantCulture, $"{op.Result.Id} {op.Kind}{operands}");
            if (op.Otherwise is not null)
            {
                text.Append(" {\n");
                Print(text, op.Body!, depth + 1);
                text.Append(' ', 2 * depth).Append(CultureInfo.InvariantCulture, $"}} {op.Body!.Yields[0]} else {{\n");
                Print(text, op.Otherwise, depth + 1);
                text.Append(' ', 2 * depth).Append(CultureInfo.InvariantCulture, $"}} {op.Otherwise.Yields[0]}");
            }
            else if (op.Body is not null)
            {
                text.Append(CultureInfo.InvariantCulture, $" ({op.Body.Parameters[0].Id}) {{\n");
                Print(text, op.Body, depth + 1);
                text.Append(' ', 2 * depth).Append(CultureInfo.InvariantCulture, $"}} {op.Body.Yields[0]}");
            }

            text.Append('\n');
        }
    }
}
