using System.Linq;
using MPCache.Models.Policies;

namespace MPCache.Cli.Reports;

/// <summary>A policy's name for people.</summary>
internal static class PolicyName
{
    /// <summary>The name, and those of its options that are not as they are unless stated.</summary>
    public static string Brief(CachePolicy policy)
    {
        string[] standard = CachePolicy.Read(policy.Name).Write().Split(' ');
        return string.Join(' ', policy.Write().Split(' ').Where((option, i) => i == 0 || option != standard[i]));
    }

    /// <summary>The same as part of a file's name.</summary>
    public static string File(CachePolicy policy) => Brief(policy).Replace(' ', '_').Replace('=', '-');
}
