using System.Collections.Generic;
using System.CommandLine;
using System.Linq;
using MPCache.Models.Policies;

namespace MPCache.Cli.Commands;

/// <summary>Options that say which cached tokens a generation keeps and attends to.</summary>
internal static class PolicyOptions
{
    /// <summary>One policy with its options.</summary>
    public static Option<CachePolicy> Policy() => new("--policy")
    {
        Description = "Which cached tokens are kept and attended to: a name, or in quotes a name and options, as in "
            + "'mpcache static=0.3 levels=1'. Names: " + string.Join(", ", CachePolicy.Names),
        HelpName = "POLICY",
        DefaultValueFactory = _ => CachePolicy.Read("full"),
        CustomParser = result =>
        {
            try
            {
                return CachePolicy.Read(result.Tokens[0].Value);
            }
            catch (MPCacheException e)
            {
                result.AddError($"--policy: {e.Message}");
                return null;
            }
        },
    };

    /// <summary>Several policies to hold against each other.</summary>
    public static Option<IReadOnlyList<CachePolicy>> Compare() => new("--compare")
    {
        Description = "Generate with each of these policies, separated by commas, and show them side by side; the first is what the "
            + "others are held against, as in full,mpcache,'mpcache levels=1'",
        HelpName = "POLICIES",
        DefaultValueFactory = _ => [],
        CustomParser = result =>
        {
            try
            {
                CachePolicy[] policies = [.. result.Tokens[0].Value.Split(',').Select(p => CachePolicy.Read(p.Trim()))];
                if (policies.Select(p => p.Write()).Distinct().Count() == policies.Length)
                {
                    return policies;
                }

                result.AddError("--compare names a policy twice. Give each once");
            }
            catch (MPCacheException e)
            {
                result.AddError($"--compare: {e.Message}");
            }

            return [];
        },
    };
}
