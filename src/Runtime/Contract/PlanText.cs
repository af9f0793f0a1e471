using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace MPCache.Contract;

/// <summary>
/// The plan as text, one node a line: what the generator writes into the program and the runtime reads.
/// Lines: <c>flight ID</c> and its <c>entry</c> lines, <c>tape</c>, <c>prepared</c>, <c>loop … end</c>, <c>if … else … end</c>,
/// <c>check</c>, <c>fit</c>, <c>choice</c>; fields are separated by tabs.
/// </summary>
public static class PlanText
{
    /// <summary>Writes a plan.</summary>
    public static string Print(Plan plan)
    {
        StringBuilder text = new();
        text.Append("plan\t").Append(plan.Program).Append('\n');
        Print(text, plan.Nodes);
        return text.ToString();
    }

    /// <summary>Reads a plan.</summary>
    /// <exception cref="FormatException">The text is no plan.</exception>
    public static Plan Parse(string text)
    {
        Queue<string[]> lines = new(text.Split('\n').Select(l => l.TrimEnd('\r')).Where(l => l.Length > 0).Select(l => l.Split('\t')));
        string[] head = lines.Dequeue();
        if (head[0] != "plan")
        {
            throw new FormatException("a plan starts with 'plan'");
        }

        return new Plan(head[1], Nodes(lines));
    }

    private static void Print(StringBuilder text, IReadOnlyList<PlanNode> nodes)
    {
        foreach (PlanNode node in nodes)
        {
            switch (node)
            {
                case FlightNode flight:
                    Line(text, "flight", flight.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
                    foreach (PlanEntry e in flight.Entries)
                    {
                        Line(text, "entry", e.Gate, e.Expression, e.ServerToClient.ToString(), e.ClientToServer.ToString(), e.Argument);
                    }

                    break;
                case TapeNode tape:
                    Line(text, "tape", tape.Slot.ToString(System.Globalization.CultureInfo.InvariantCulture), tape.Gate, tape.Expression,
                        tape.Bytes.ToString());
                    break;
                case PreparedNode prepared:
                    Line(text, "prepared", prepared.Gate, prepared.Expression, prepared.Bytes.ToString());
                    break;
                case LoopNode loop:
                    Line(text, "loop", loop.Index, loop.Low.ToString(), loop.High.ToString());
                    Print(text, loop.Body);
                    Line(text, "end");
                    break;
                case IfNode choice:
                    Line(text, "if", choice.Condition.ToString());
                    Print(text, choice.Then);
                    Line(text, "else");
                    Print(text, choice.Otherwise);
                    Line(text, "end");
                    break;
                case FitNode fit:
                    Line(text, "fit", fit.Function, fit.Expression, fit.Degree.ToString(System.Globalization.CultureInfo.InvariantCulture),
                        fit.Pieces.ToString(System.Globalization.CultureInfo.InvariantCulture), fit.Error);
                    break;
                case ChoiceNode choice:
                    Line(text, "choice", choice.Expression, choice.Chosen, choice.Reason);
                    break;
                case CheckNode check:
                    string[] sides = [check.Left.ToString(), check.Right.ToString(), check.Expression];
                    Line(text, "check", check.Comparison == CheckNode.Equal ? sides : [.. sides, check.Comparison]);
                    break;
            }
        }
    }

    private static void Line(StringBuilder text, string kind, params string[] fields) =>
        text.Append(string.Join("\t", fields.Prepend(kind).Select(f => f.Replace('\t', ' ').Replace('\n', ' ')))).Append('\n');

    private static List<PlanNode> Nodes(Queue<string[]> lines)
    {
        List<PlanNode> nodes = [];
        while (lines.Count > 0)
        {
            string[] line = lines.Dequeue();
            switch (line[0])
            {
                case "flight":
                    List<PlanEntry> entries = [];
                    while (lines.Count > 0 && lines.Peek()[0] == "entry")
                    {
                        string[] e = lines.Dequeue();
                        entries.Add(new PlanEntry(e[1], e[2], ExprParser.Parse(e[3]), ExprParser.Parse(e[4]), e[5]));
                    }

                    nodes.Add(new FlightNode(int.Parse(line[1], System.Globalization.CultureInfo.InvariantCulture), entries));
                    break;
                case "tape":
                    nodes.Add(new TapeNode(
                        int.Parse(line[1], System.Globalization.CultureInfo.InvariantCulture), line[2], line[3],
                        ExprParser.Parse(line[4])));
                    break;
                case "prepared":
                    nodes.Add(new PreparedNode(line[1], line[2], ExprParser.Parse(line[3])));
                    break;
                case "loop":
                    nodes.Add(new LoopNode(line[1], ExprParser.Parse(line[2]), ExprParser.Parse(line[3]), Nodes(lines)));
                    break;
                case "if":
                    nodes.Add(new IfNode(ConditionParser.Parse(line[1]), Nodes(lines), Nodes(lines)));
                    break;
                case "check":
                    nodes.Add(new CheckNode(
                        ExprParser.Parse(line[1]), ExprParser.Parse(line[2]), line[3], line.Length > 4 ? line[4] : CheckNode.Equal));
                    break;
                case "fit":
                    nodes.Add(new FitNode(
                        line[1], line[2], int.Parse(line[3], System.Globalization.CultureInfo.InvariantCulture),
                        int.Parse(line[4], System.Globalization.CultureInfo.InvariantCulture), line[5]));
                    break;
                case "choice":
                    nodes.Add(new ChoiceNode(line[1], line[2], line[3]));
                    break;
                case "else" or "end":
                    return nodes;
                default:
                    throw new FormatException($"'{line[0]}' is no line of a plan");
            }
        }

        return nodes;
    }
}
