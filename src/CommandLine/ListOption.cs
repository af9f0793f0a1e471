using System;
using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Linq;

namespace MPCache.Cli;

/// <summary>Options whose values are read by the program's own rules, alone or separated by commas.</summary>
internal static class ListOption
{
    /// <summary>Values separated by commas.</summary>
    /// <param name="name">The option's name.</param>
    /// <param name="help">What its value is called in the help.</param>
    /// <param name="description">What it is for.</param>
    /// <param name="otherwise">The list where none is given.</param>
    /// <param name="read">Reads one value; throws where it is wrong.</param>
    public static Option<IReadOnlyList<T>> Create<T>(
        string name, string help, string description, string otherwise, Func<string, T> read)
    {
        return new Option<IReadOnlyList<T>>(name)
        {
            Description = description,
            HelpName = help,
            DefaultValueFactory = _ => Items(otherwise),
            CustomParser = result => Read(result, name, Items),
        };

        IReadOnlyList<T> Items(string words) => [.. words.Split(',').Select(word => read(word.Trim()))];
    }

    /// <summary>Reads an option's word; what is wrong with it becomes the parser's error.</summary>
    public static T? Read<T>(ArgumentResult result, string name, Func<string, T> read)
    {
        ArgumentNullException.ThrowIfNull(result);
        try
        {
            return read(result.Tokens[0].Value);
        }
        catch (MPCacheException e)
        {
            result.AddError($"{name}: {e.Message}");
            return default;
        }
    }
}
