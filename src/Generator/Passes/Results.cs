using System.Collections.Generic;
using System.Linq;
using MPCache.Generator.Ir;

namespace MPCache.Generator.Passes;

/// <summary>
/// Checks what leaves the program: every result is a value just revealed, and every revealed value is a result, so that the signature
/// declares all that a party learns.
/// </summary>
internal static class Results
{
    /// <param name="function">An entry point after inlining.</param>
    /// <exception cref="CompileError">A result is not revealed, or a revealed value is no result.</exception>
    public static void Check(Function function)
    {
        Dictionary<int, Op> definitions = function.Body.Ops
            .SelectMany(op => op.Results.Select(r => (r.Id, Op: op))).ToDictionary(d => d.Id, d => d.Op);
        foreach (int result in function.Body.Yields)
        {
            if (definitions.TryGetValue(result, out Op? definition) && definition.Kind == "if")
            {
                throw new CompileError(
                    "MPC4001",
                    "this result leaves the program from a branch; let the branches leave the value, and end it behind them with "
                    + ".Reveal(Party.Client) or .Reveal(Party.Server)",
                    definition.Site);
            }

            if (definition?.Kind != "reveal")
            {
                throw new CompileError(
                    "MPC4001",
                    "this result leaves the program, but nobody may learn it; end it with .Reveal(Party.Client) or .Reveal(Party.Server)",
                    definition?.Site ?? -1);
            }
        }

        HashSet<int> results = [.. function.Body.Yields];
        foreach (Op reveal in function.Body.Walk().Where(op => op.Kind == "reveal" && !results.Contains(op.Result.Id)))
        {
            throw new CompileError(
                "MPC4001",
                "this value is revealed, but the entry point does not return it as it is; return it, or drop the Reveal",
                reveal.Site);
        }
    }
}
