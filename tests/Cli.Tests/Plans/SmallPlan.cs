using System.Collections.Generic;
using MPCache.Cli.Reports.Plans;
using MPCache.Contract;
using MPCache.Execution;

namespace MPCache.Cli.Tests.Plans;

/// <summary>A plan of four flights, small enough to be checked by hand; one flight is in a loop, one in a loop of that loop.</summary>
internal static class SmallPlan
{
    public const string Text =
        "plan\tSmall.Run\n"
        + "tape\t0\ttruncate.reduce\tx * y\t4*tokens\n"
        + "prepared\tproduct\tx * <w>\t8*tokens\n"
        + "flight\t0\n"
        + "entry\tinput\tx\t0\t8*tokens\tuniform mask that only the owner and the dealer know\n"
        + "loop\tlayer\t0\tlayers\n"
        + "flight\t1\n"
        + "entry\tproduct\tx * y\t8*tokens\t8*tokens\tuniform mask of 64 bits\n"
        + "entry\ttruncate\tx * y\t4*layer\t0\tuniform mask of 32 bits\n"
        + "loop\tstep\t0\t2\n"
        + "flight\t2\n"
        + "entry\tproduct\tx & y\t16\t16\tuniform mask of 64 bits\n"
        + "end\n"
        + "end\n"
        + "flight\t3\n"
        + "entry\treveal\tz\t8\t0\tmeant: the client learns the value\n";

    /// <summary>The same with conditions: in a loop, with flights in the branch taken, and without.</summary>
    public const string Branching = Text
        + "loop\tlayer\t0\tlayers\n"
        + "if\tlayer < tokens - 3\n"
        + "flight\t4\nentry\tproduct\tx\t8*tokens\t4*layer\targument\ntape\t1\tproduct\tx\t2*tokens\n"
        + "else\n"
        + "flight\t5\nentry\tproduct\ty\t16\t16\targument\n"
        + "end\nend\n"
        + "if\ttokens > 5\nflight\t6\nentry\treveal\tz\t8\t0\targument\nelse\nend\n"
        + "if\ttokens < 6\nflight\t7\nentry\treveal\tz\t8\t0\targument\n"
        + "else\nflight\t8\nentry\treveal\tz\t8\t0\targument\nflight\t9\nentry\treveal\tz\t8\t0\targument\nend\n";

    public static readonly IReadOnlyDictionary<string, long> Sizes = new Dictionary<string, long> { ["layers"] = 3, ["tokens"] = 5 };

    public static PlanCosts Costs(string text = Text, IReadOnlyDictionary<string, long>? sizes = null) => PlanCosts.Of(
        PlanText.Parse(text), [new ProgramDimension("layers", 16), new ProgramDimension("tokens", 64)], "small.run", sizes ?? Sizes);
}
