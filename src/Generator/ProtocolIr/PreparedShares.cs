using System;
using System.Collections.Generic;
using System.Linq;
using MPCache.Generator.Ir;

namespace MPCache.Generator.ProtocolIr;

/// <summary>
/// Whose client half was sent before the call. Of products with the server's weights the client has no share while the call runs: they may be
/// moved, mapped and added to by the server, and then only opened from the server's side. That opening in turn needs a client half that does
/// not depend on anything of the call.
/// </summary>
internal static class PreparedShares
{
    /// <exception cref="InvalidOperationException">The function breaks a rule; the message names operation and rule.</exception>
    public static void Verify(Function function)
    {
        // Of the second, the client has its half while the call runs as well.
        HashSet<int> absent = [];
        HashSet<int> known = [];
        foreach (Op op in function.Body.Walk().Where(o => o.Body is null))
        {
            bool local = op.Kind.StartsWith("local.", StringComparison.Ordinal) || op.Kind == "serverlinear.add";
            bool fromServer = op.Kind == "open" && op.Attributes.Text("from") == "server";
            int[] missing = [.. op.Operands.Where(absent.Contains)];
            Require(missing.Length == 0 || fromServer || (local && missing.Length == op.Operands.Length), op,
                "of a product with the server's weights the client has no share that this could use");
            Require(!fromServer || op.Operands.All(o => absent.Contains(o) || known.Contains(o)), op,
                "the client's half of what the server opens alone must be known before the call");
            if (op.Kind is "serverlinear.linear" or "serverlinear.scale" or "serverlinear.lookup" || (local && missing.Length > 0))
            {
                absent.Add(op.Result.Id);
            }
            else if ((op.Kind == "local.additive" && op.Attributes.Has("counts"))
                || (local && op.Operands.Length > 0 && op.Operands.All(known.Contains)))
            {
                known.Add(op.Result.Id);
            }
        }
    }

    private static void Require(bool condition, Op op, string rule)
    {
        if (!condition)
        {
            throw new InvalidOperationException($"{op.Kind}: {rule}");
        }
    }
}
