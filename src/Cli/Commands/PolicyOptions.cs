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
    public static Option<IReadOnlyList<CachePolicy>> Compare() => Several(
        "--compare",
        "Generate with each of these policies, separated by commas, and show them side by side; the first is what the others are held "
            + "against, as in full,mpcache,'mpcache levels=1'",
        null);

    /// <summary>A list of policies, each named once.</summary>
    /// <param name="name">The option's name.</param>
    /// <param name="description">What they are for.</param>
    /// <param name="otherwise">The list where none is given; null for none.</param>
    public static Option<IReadOnlyList<CachePolicy>> Several(string name, string description, string? otherwise)
    {
        return new Option<IReadOnlyList<CachePolicy>>(name)
        {
            Description = otherwise is null ? description : $"{description}; {otherwise} unless stated",
            HelpName = "POLICIES",
            DefaultValueFactory = _ => otherwise is null ? [] : Read(otherwise),
            CustomParser = result =>
            {
                try
                {
                    CachePolicy[] policies = Read(result.Tokens[0].Value);
                    if (policies.Select(p => p.Write()).Distinct().Count() == policies.Length)
                    {
                        return policies;
                    }

                    result.AddError($"{name} names a policy twice. Give each once");
                }
                catch (MPCacheException e)
                {
                    result.AddError($"{name}: {e.Message}");
                }

                return [];
            },
        };

        static CachePolicy[] Read(string policies) => [.. policies.Split(',').Select(p => CachePolicy.Read(p.Trim()))];
    }
}
