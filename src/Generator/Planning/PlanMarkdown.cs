using System.Collections.Generic;
using System.Text;
using MPCache.Contract;

namespace MPCache.Generator.Planning;

/// <summary>The plan as a page that a reviewer reads: flights with what they open and why that tells nothing, then the tape.</summary>
internal static class PlanMarkdown
{
    public static string Print(Plan plan)
    {
        StringBuilder text = new();
        text.Append("# ").Append(plan.Program).Append("\n\nBytes are payload; every message adds ").Append(Wire.HeaderBytes).Append(".\n");
        List<TapeNode> tape = [];
        Nodes(text, plan.Nodes, "", tape);
        text.Append("\n## Tape\n\n| slot | gate | expression | bytes |\n| --- | --- | --- | --- |\n");
        foreach (TapeNode node in tape)
        {
            text.Append($"| {node.Slot} | {node.Gate} | {Cell(node.Expression)} | {node.Bytes} |\n");
        }

        return text.ToString();
    }

    private static void Nodes(StringBuilder text, IReadOnlyList<PlanNode> nodes, string path, List<TapeNode> tape)
    {
        foreach (PlanNode node in nodes)
        {
            switch (node)
            {
                case FlightNode flight:
                    text.Append(
                        $"\n## Flight {flight.Id}{path}\n\n"
                            + "| gate | expression | server → client | client → server | why it tells nothing |\n"
                            + "| --- | --- | --- | --- | --- |\n");
                    foreach (PlanEntry e in flight.Entries)
                    {
                        text.Append($"| {e.Gate} | {Cell(e.Expression)} | {e.ServerToClient} | {e.ClientToServer} | {e.Argument} |\n");
                    }

                    break;
                case TapeNode t:
                    tape.Add(t);
                    break;
                case LoopNode loop:
                    Nodes(text, loop.Body, $"{path} · each {loop.Index} in {loop.Low} … {loop.High}", tape);
                    break;
                case IfNode choice:
                    Nodes(text, choice.Then, $"{path} · if {choice.Condition}", tape);
                    Nodes(text, choice.Otherwise, $"{path} · if {choice.Condition.Negation}", tape);
                    break;
                case FitNode fit:
                    text.Append($"\n{Cell(fit.Expression)} is computed by {fit.Pieces} polynomials of degree {fit.Degree}, ")
                        .Append($"off by at most {fit.Error}.\n");
                    break;
                case ChoiceNode choice:
                    text.Append($"\n{Cell(choice.Expression)}: {choice.Chosen}. {choice.Reason}.\n");
                    break;
                case CheckNode check:
                    text.Append($"\nThe session checks that {check.Left} {Sign(check)} {check.Right} ({Cell(check.Expression)}).\n");
                    break;
            }
        }
    }

    private static string Sign(CheckNode check) => check.Comparison == CheckNode.Equal ? "=" : "≤";

    private static string Cell(string expression) =>
        expression.Length == 0 ? "" : "`" + expression.Replace("|", "\\|").Replace("`", "'") + "`";
}
