using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Contract;

namespace MPCache.Execution;

/// <summary>
/// What a program's plan asks of the sizes of a call: parts lie within their tensors, sizes fit each other. Every role holds them before it
/// begins, the dealer too, so that none computes with what is not there.
/// </summary>
internal static class PlanChecks
{
    /// <summary>Evaluates the checks on the way that a call takes.</summary>
    /// <param name="program">The program.</param>
    /// <param name="value">The value of each dimension.</param>
    /// <exception cref="MPCacheException">A check does not hold; the message names the author's expression, the value and what is allowed.
    /// </exception>
    public static void Hold(ProgramInterface program, Func<string, long> value) => Hold(program, program.Plan.Nodes, value);

    private static void Hold(ProgramInterface program, IReadOnlyList<PlanNode> nodes, Func<string, long> value)
    {
        foreach (PlanNode node in nodes)
        {
            switch (node)
            {
                case CheckNode check when check.Violation(value) is string violation:
                    throw new MPCacheException(
                        $"{program.Name}: {violation}",
                        check.Comparison == CheckNode.Equal ? "Give arguments whose sizes fit each other"
                            : "Give sizes for which it is so, or let an 'if' on the sizes keep the others from it");
                case IfNode choice:
                    Hold(program, choice.Taken(value), value);
                    break;
                case LoopNode loop when HasChecks(loop.Body):
                    long high = loop.High.Evaluate(value);
                    for (long i = loop.Low.Evaluate(value); i < high; i++)
                    {
                        long at = i;
                        Hold(program, loop.Body, name => name == loop.Index ? at : value(name));
                    }

                    break;
            }
        }
    }

    private static bool HasChecks(IReadOnlyList<PlanNode> nodes) => nodes.Any(node => node switch
    {
        CheckNode => true,
        LoopNode loop => HasChecks(loop.Body),
        IfNode choice => HasChecks(choice.Then) || HasChecks(choice.Otherwise),
        _ => false,
    });
}
